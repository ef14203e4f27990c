import type { Context } from "@troupe/actor-runtime";
import type { HashPool, HashTask } from "./hash-pool.ts";
import { poolClosed, queueFull } from "../pool-errors.ts";

const digestBytes = 20;

/** Parts of the owner's context. */
export interface InlineHashPoolOptions extends Pick<Context, "sha1" | "timers"> {
  /** Further pieces are refused. Default 4 096. */
  readonly maxQueued?: number;
}

/** A hash pool without threads, for the inline and simulated hosts: a piece for each turn of the event loop. */
export function inlineHashPool(options: InlineHashPoolOptions): HashPool {
  const { sha1, timers, maxQueued = 4_096 } = options;
  const waiting = new Set<(error: unknown) => void>();
  let isClosed = false;
  const hashLater = (hash: () => Uint8Array): Promise<Uint8Array> => {
    if (isClosed) return Promise.reject(poolClosed("hash"));
    if (waiting.size >= maxQueued) return Promise.reject(queueFull("hash", maxQueued));
    return new Promise((resolve, reject) => {
      waiting.add(reject);
      timers.soon(() => {
        if (waiting.delete(reject)) resolve(hash());
      });
    });
  };
  return {
    threads: 0,
    restarts: 0,
    abandoned: 0,
    get queued() {
      return waiting.size;
    },
    digest({ memory, offset, lengthBytes }) {
      return hashLater(() => sha1(new Uint8Array(memory, offset, lengthBytes)));
    },
    digestBlocks(task, blockBytes) {
      return hashLater(() => digestBlocks(sha1, task, blockBytes));
    },
    killThread: () => false,
    hangThread: () => {},
    close() {
      isClosed = true;
      for (const reject of waiting) reject(poolClosed("hash"));
      waiting.clear();
      return Promise.resolve();
    },
  };
}

/** `HashPool.digestBlocks` in the caller's thread. */
export function digestBlocks(
  sha1: Context["sha1"],
  { memory, offset, lengthBytes }: HashTask,
  blockBytes: number,
): Uint8Array {
  const piece = new Uint8Array(memory, offset, lengthBytes);
  const digests = new Uint8Array((1 + Math.ceil(lengthBytes / blockBytes)) * digestBytes);
  digests.set(sha1(piece));
  for (let begin = 0, to = digestBytes; begin < lengthBytes; begin += blockBytes) {
    digests.set(sha1(piece.subarray(begin, begin + blockBytes)), to);
    to += digestBytes;
  }
  return digests;
}
