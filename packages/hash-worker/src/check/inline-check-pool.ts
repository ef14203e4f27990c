import { nextTurn, type Context } from "@troupe/actor-runtime";
import type { CheckPool } from "./check-pool.ts";
import { CheckQueue } from "./check-queue.ts";
import { checkRun, type CheckDisk, type StartSha1 } from "./check-run.ts";
import { folderSource } from "./run-reader.ts";

/** Parts of the owner's context. */
interface InlineCheckPoolOptions extends Pick<Context, "sha1" | "timers"> {
  readonly disk: CheckDisk;
}

/** Approximate bytes per turn; at least a piece. */
const turnBytes = 1024 * 1024;

/** A check pool without threads, for the inline and simulated hosts: a run for each turn of the event loop. */
export function inlineCheckPool({ disk, sha1, timers }: InlineCheckPoolOptions): CheckPool {
  const source = folderSource(disk);
  const buffer = new Uint8Array(turnBytes);
  const startSha1 = startFrom(sha1);
  let running = 0;
  const queue = new CheckQueue(
    {
      free: () => 1 - running,
      async run(run) {
        running += 1;
        try {
          await nextTurn(timers);
          return await checkRun(source, startSha1, run, buffer);
        } finally {
          running -= 1;
        }
      },
    },
    () => turnBytes,
  );
  return {
    threads: 0,
    restarts: 0,
    abandoned: 0,
    get running() {
      return running;
    },
    get queued() {
      return queue.queued;
    },
    checkPieces: (request) => queue.add(request),
    killThread: () => false,
    close() {
      queue.close();
      return Promise.resolve();
    },
  };
}

/** Copies the parts, because the buffer is reused. */
function startFrom(sha1: Context["sha1"]): StartSha1 {
  return () => {
    const parts: Uint8Array[] = [];
    return {
      update: (bytes) => void parts.push(bytes.slice()),
      digest: () => sha1(...parts),
    };
  };
}
