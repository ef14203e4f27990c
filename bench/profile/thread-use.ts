// The use of a process by thread, as Linux counts it.

import { readdirSync, readFileSync } from "node:fs";

/** The use of the threads of one name, since their start or between two moments. */
export interface ThreadUse {
  /** `main`, the name of an actor or a helper, `pool` for threads of a pool, `V8 and libuv`, or `ended` for all that ended. */
  readonly thread: string;
  readonly cpuSeconds: number;
  /** The part of `cpuSeconds` in the kernel, to 10 ms. */
  readonly systemSeconds: number;
  /** Unknown, and 0, of `ended`. */
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  /** Minor and major. */
  readonly pageFaults: number;
}

const tickSeconds = 0.01;
/** Fields of a `stat` after the name. */
const [minorFaultsAt, majorFaultsAt, userAt, systemAt] = [7, 9, 11, 12];
const helpers = /^(?:node|node-V8Worker|DelayedTaskSche|SignalInspector|libuv-worker)$/;
/** Time of threads that ended is known to so many ticks. */
const uncertainSeconds = 0.03;

/** Reads the use of all threads of a process so far. Threads that end meanwhile count as `ended`. */
export function readThreads(pid: number): readonly ThreadUse[] {
  const uses = readdirSync(`/proc/${pid}/task`).flatMap((id) =>
    readThread(`/proc/${pid}/task/${id}`),
  );
  const living = sumByThread(uses);
  const whole = readStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  const rest = (of: keyof Omit<ThreadUse, "thread">, all: number): number =>
    Math.max(0, all - living.reduce((sum, use) => sum + use[of], 0));
  const cpuSeconds = rest("cpuSeconds", whole.userSeconds + whole.systemSeconds);
  const ended: ThreadUse = {
    thread: "ended",
    cpuSeconds: cpuSeconds < uncertainSeconds ? 0 : cpuSeconds,
    systemSeconds: cpuSeconds < uncertainSeconds ? 0 : rest("systemSeconds", whole.systemSeconds),
    voluntarySwitches: 0,
    involuntarySwitches: 0,
    pageFaults: rest("pageFaults", whole.pageFaults),
  };
  return [...living, ended];
}

/** The use between two readings of one process. */
export function useBetween(
  before: readonly ThreadUse[],
  after: readonly ThreadUse[],
): readonly ThreadUse[] {
  const earlier = before.map((use) => combine(emptyUse(use.thread), use, -1));
  const changes = sumByThread([...after, ...earlier]);
  // A thread that ended meanwhile is less than it was: its earlier use is now within that of `ended`.
  const isOver = (use: ThreadUse): boolean => use.thread !== "ended" && use.cpuSeconds < 0;
  const over = changes.filter((use) => isOver(use)).map((use) => ({ ...use, thread: "ended" }));
  return sumByThread([...changes.filter((use) => !isOver(use)), ...over]);
}

function emptyUse(thread: string): ThreadUse {
  const none = { cpuSeconds: 0, systemSeconds: 0, pageFaults: 0 };
  return { thread, ...none, voluntarySwitches: 0, involuntarySwitches: 0 };
}

/** Sums of the threads of one name. */
export function sumByThread(uses: readonly ThreadUse[]): readonly ThreadUse[] {
  const sums = new Map<string, ThreadUse>();
  for (const use of uses) {
    const sum = sums.get(use.thread);
    sums.set(use.thread, sum === undefined ? use : combine(sum, use, 1));
  }
  return [...sums.values()];
}

function combine(one: ThreadUse, other: ThreadUse, sign: 1 | -1): ThreadUse {
  return {
    thread: one.thread,
    cpuSeconds: one.cpuSeconds + sign * other.cpuSeconds,
    systemSeconds: one.systemSeconds + sign * other.systemSeconds,
    voluntarySwitches: one.voluntarySwitches + sign * other.voluntarySwitches,
    involuntarySwitches: one.involuntarySwitches + sign * other.involuntarySwitches,
    pageFaults: one.pageFaults + sign * other.pageFaults,
  };
}

function readThread(folder: string): ThreadUse[] {
  try {
    const read = (name: string): string => readFileSync(`${folder}/${name}`, "utf8");
    const { systemSeconds, pageFaults } = readStat(read("stat"));
    const status = read("status");
    const use = {
      thread: nameOf(read("comm").trim()),
      // Nanoseconds on a core: finer than the ticks of `stat`.
      cpuSeconds: Number(read("schedstat").split(" ", 1)[0]) / 1e9,
      systemSeconds,
      voluntarySwitches: numberIn(status, "voluntary_ctxt_switches"),
      involuntarySwitches: numberIn(status, "nonvoluntary_ctxt_switches"),
      pageFaults,
    };
    return [use];
  } catch {
    // It has ended since the folder was read.
    return [];
  }
}

function nameOf(name: string): string {
  if (name === "node-MainThread") return "main";
  if (name === "WorkerThread") return "pool";
  return helpers.test(name) ? "V8 and libuv" : name;
}

function readStat(stat: string): {
  userSeconds: number;
  systemSeconds: number;
  pageFaults: number;
} {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const at = (index: number): number => Number(fields[index]);
  return {
    userSeconds: at(userAt) * tickSeconds,
    systemSeconds: at(systemAt) * tickSeconds,
    pageFaults: at(minorFaultsAt) + at(majorFaultsAt),
  };
}

function numberIn(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
}
