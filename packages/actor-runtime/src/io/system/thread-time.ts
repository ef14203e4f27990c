import { systemModule } from "./system-module.ts";

/** Linux counts the time of threads in hundredths of a second for programs, whatever its own unit. */
const tickMs = 10;
/** Place of the state in /proc/…/stat behind the name, and of the times in user code and in the kernel. */
const [stateField, userField, kernelField] = [0, 11, 12];

/** A thread as the system sees it. */
export interface ThreadTime {
  /** It runs, or waits for a core alone: not for a lock, a disk or a timer. */
  readonly isReady: boolean;
  /** Processor time since its start, in steps of 10 ms. */
  readonly usedMs: number;
}

/** The number of the calling thread at the system, for `threadTime`; 0 elsewhere than on Linux. */
export function systemThreadId(): number {
  try {
    const [, id = 0] =
      /\/task\/(\d+)$/u.exec(systemModule("node:fs").readlinkSync("/proc/thread-self")) ?? [];
    return Number(id);
  } catch {
    return 0;
  }
}

/** Reads a thread of this process, from one file of /proc. Undefined for 0, and for a thread that has ended. */
export function threadTime(systemId: number): ThreadTime | undefined {
  if (systemId === 0) return undefined;
  try {
    const path = `/proc/self/task/${systemId}/stat`;
    return parseThreadTime(systemModule("node:fs").readFileSync(path, "latin1"));
  } catch {
    return undefined;
  }
}

/** @param text Text of /proc/…/stat. */
export function parseThreadTime(text: string): ThreadTime | undefined {
  // The name of a thread may contain blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const usedMs = (Number(fields[userField]) + Number(fields[kernelField])) * tickMs;
  return Number.isNaN(usedMs) ? undefined : { isReady: fields[stateField] === "R", usedMs };
}
