// The processor time and memory of a running process, threads included, as Linux counts them.

import { readdirSync, readFileSync } from "node:fs";

const tickSeconds = 0.01;
/** Fields of /proc/PID/stat after the name: user and system time, and those of children that were waited for. */
const [timesAt, timesEnd] = [11, 15];

/** The use of a process from its start to a moment. */
export interface Use {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** Without the pages of mapped files. */
  readonly anonymousBytes: number;
  /** Voluntary switches of each running thread, by its id. */
  readonly switches: ReadonlyMap<string, number>;
}

/** Reads the use of a process so far. @throws When the process has ended. */
export function readUse(pid: number): Use {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const times = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(timesAt, timesEnd);
  return {
    atMs: performance.now(),
    cpuSeconds: tickSeconds * times.reduce((sum, ticks) => sum + Number(ticks), 0),
    rssBytes: 1_024 * numberIn(status, "VmRSS"),
    anonymousBytes: 1_024 * numberIn(status, "RssAnon"),
    switches: new Map(
      readdirSync(`/proc/${pid}/task`).map((thread) => [
        thread,
        switchesOf(`/proc/${pid}/task/${thread}/status`),
      ]),
    ),
  };
}

/** @returns Voluntary switches between two moments, of the threads that run at the later one. */
export function switchesBetween(before: Use, after: Use): number {
  let sum = 0;
  for (const [thread, switches] of after.switches) {
    sum += switches - (before.switches.get(thread) ?? 0);
  }
  return sum;
}

function switchesOf(path: string): number {
  try {
    return numberIn(readFileSync(path, "utf8"), "voluntary_ctxt_switches");
  } catch {
    // The thread has ended since.
    return 0;
  }
}

function numberIn(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
}
