// System calls of a program and its threads, as strace sees them. A traced program runs several times slower, and its
// sockets have more bytes for each read.

import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";

/** System calls of one name by one thread on things of one kind. */
export interface TracedCalls {
  /** Name of the thread in the kernel: `node-MainThread`, `engine`, `file-0`, `WorkerThread` for a thread of a pool. */
  readonly thread: string;
  readonly name: string;
  /** `files` are those below the folder that the caller named; `other` includes calls on nothing. */
  readonly on: "files" | "socket" | "other";
  readonly count: number;
  /** Sum of the results of reads and writes, else 0. */
  readonly bytes: number;
}

/** Calls whose result is a number of bytes. */
const transfers = /^(?:p?(?:read|write)(?:64|v|v2)?|recv(?:from|msg)|send(?:to|msg)|sendfile)$/;
/** `PID<THREAD> NAME(…) = RESULT`, the end missing before `<unfinished …>`. */
const begun = /^\d+<([^>]*)> (\w+)\((.*)$/;
const resumed = /^\d+<([^>]*)> <\.\.\. (\w+) resumed>/;

/** A program to trace. */
export interface TracedProgram {
  readonly line: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Calls on paths below it count as `files`. */
  readonly folder: string;
}

/**
 * Runs a program under strace until `until` settles, then stops it.
 *
 * @throws rejects without strace, naming its Debian package.
 */
export async function traceCalls(
  { line, environment, folder }: TracedProgram,
  until: (running: RunningProcess) => Promise<unknown>,
): Promise<readonly TracedCalls[]> {
  using place = temporaryFolder("traced-calls");
  const trace = join(place.path, "trace");
  const strace = ["strace", "-f", "-Y", "-y", "-s", "0", "-e", "signal=none", "-o", trace];
  const options = { debianPackage: "strace", ...(environment !== undefined && { environment }) };
  {
    await using running = await startProcess([...strace, ...line], options);
    await until(running);
    await running.stop(20_000);
  }
  const sums = new CallSums(folder);
  for await (const text of createInterface({ input: createReadStream(trace) })) sums.add(text);
  return sums.all();
}

class CallSums {
  readonly #folder: string;
  readonly #sums = new Map<string, { count: number; bytes: number }>();
  /** Kind of the unfinished call of a thread. */
  readonly #unfinished = new Map<string, TracedCalls["on"]>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  add(line: string): void {
    const [id = ""] = line.split(" ", 1);
    const [, thread = "", name = "", rest = ""] = begun.exec(line) ?? [];
    if (name !== "") {
      const on = this.#kindOf(rest);
      this.#unfinished.set(id, on);
      return this.#count({ thread, name, on }, 1, bytesOf(name, line));
    }
    const [, resumedThread = "", resumedName = ""] = resumed.exec(line) ?? [];
    if (resumedName === "") return;
    const on = this.#unfinished.get(id) ?? "other";
    this.#count({ thread: resumedThread, name: resumedName, on }, 0, bytesOf(resumedName, line));
  }

  all(): TracedCalls[] {
    return [...this.#sums].map(([key, sum]) => {
      const [thread = "", name = "", on = ""] = key.split("\t");
      return { thread, name, on: on as TracedCalls["on"], ...sum };
    });
  }

  #kindOf(parameters: string): TracedCalls["on"] {
    if (parameters.includes(this.#folder)) return "files";
    return /^\d+<(?:socket|TCP|UDP|UNIX)/.test(parameters) ? "socket" : "other";
  }

  #count(
    { thread, name, on }: Pick<TracedCalls, "thread" | "name" | "on">,
    count: number,
    bytes: number,
  ): void {
    const key = `${thread}\t${name}\t${on}`;
    const sum = this.#sums.get(key) ?? { count: 0, bytes: 0 };
    this.#sums.set(key, { count: sum.count + count, bytes: sum.bytes + bytes });
  }
}

function bytesOf(name: string, line: string): number {
  if (!transfers.test(name)) return 0;
  return Number(/ = (\d+)$/.exec(line)?.[1] ?? 0);
}
