// The processor time and memory of a running process, threads included, as Linux counts them.

import { readFileSync, readdirSync } from "node:fs";

const ticksPerSecond = 100;

/** What a process has used up to a moment. */
export interface Use {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** Of all threads that run. */
  readonly voluntarySwitches: number;
}

/** Reads the use of a process. @throws If the process has ended. */
export function readUse(pid: number): Use {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    atMs: performance.now(),
    cpuSeconds: ticks / ticksPerSecond,
    rssBytes: 1_024 * numberIn(status, "VmRSS"),
    voluntarySwitches: readdirSync(`/proc/${pid}/task`).reduce(
      (sum, task) =>
        sum +
        numberIn(
          readFileSync(`/proc/${pid}/task/${task}/status`, "utf8"),
          "voluntary_ctxt_switches",
        ),
      0,
    ),
  };
}

function numberIn(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
}
