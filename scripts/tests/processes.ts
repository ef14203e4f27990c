// The processes of a run of tests, found by the start of a variable of their environment: also those whose parents are gone.

import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setPriority } from "node:os";

function processesOf(tag: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => `\0${read(`/proc/${name}/environ`)}`.includes(`\0${tag}`))
    .map(Number);
}

/** Ends all processes with the variable. @param tag Its name, `=` and the start of its value. */
export function endProcesses(tag: string): void {
  for (const pid of processesOf(tag)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}

/**
 * The time of a run without the time in which its threads waited for a core, so that a busy machine does not make tests
 * late. Threads that wait for anything else do not stop this clock.
 */
export class LoadedClock {
  readonly #tag: string;
  #lookedAtMs = performance.now();
  #waitedMs = new Map<string, number>();
  #sumMs = 0;
  #allMs = 0;

  constructor(tag: string) {
    this.#tag = tag;
  }

  get seconds(): number {
    return this.#sumMs / 1_000;
  }

  get waitShare(): number {
    return this.#allMs === 0 ? 0 : 1 - this.#sumMs / this.#allMs;
  }

  look(): void {
    const nowMs = performance.now();
    const passedMs = nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    const waitedMs = waitedMsOf(this.#tag);
    // A new thread has waited only since the last look.
    const longest = [...waitedMs].map(([thread, ms]) => ms - (this.#waitedMs.get(thread) ?? 0));
    this.#waitedMs = waitedMs;
    this.#allMs += passedMs;
    this.#sumMs += Math.max(0, passedMs - Math.max(0, ...longest));
  }
}

/** How long each thread has waited for a core since its start. */
function waitedMsOf(tag: string): Map<string, number> {
  const waited = new Map<string, number>();
  for (const pid of processesOf(tag)) {
    for (const thread of threadsOf(pid)) {
      const [, waitedNs] = read(`/proc/${pid}/task/${thread}/schedstat`).split(" ");
      waited.set(thread, Number(waitedNs ?? 0) / 1e6);
    }
  }
  return waited;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // The process has ended, or belongs to another user.
    return "";
  }
}

/** Above zero, which is that of all others; a process still gets a share of a core that others use. */
const lowPriority = 5;

/** Gives a process what others leave: those that wait for real time are not late for its sake. */
export function yieldToOthers({ pid }: ChildProcess): void {
  if (pid !== undefined) setPriority(pid, lowPriority);
}

let toldSeconds = 0;

/**
 * Processor seconds of a child process that has just ended, with its own children: those of all that ended since the last
 * call, so that each must ask at its end.
 */
export function endedSeconds(): number {
  const all = childSeconds();
  const own = all - toldSeconds;
  toldSeconds = all;
  return own;
}

/** Processor seconds of the child processes that have ended. Zero where the system does not tell. */
function childSeconds(): number {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
}
