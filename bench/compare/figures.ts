// The figures that rows measure, and their units.

/** A kind of figure, as the head of its column. */
interface FigureKind {
  readonly head: string;
  readonly digits: number;
  /** Short name for the columns of ratios. */
  readonly ratio: string;
  /** Whether a larger figure is better; the others are costs. */
  readonly isGain?: true;
}

/** Every figure by name. */
export const figureKinds = {
  /** 10⁶ bytes a second, over the time that the row names. */
  rate: { head: "MB/s", digits: 0, ratio: "speed", isGain: true },
  /** User and system seconds of all threads and children. */
  cpu: { head: "CPU-s/GiB", digits: 2, ratio: "CPU" },
  /** 10⁶ bytes; the largest over the life of the process. */
  peakRss: { head: "peak RSS MB", digits: 0, ratio: "RSS" },
  /** Peak memory without the pages of mapped files. */
  peakAnonymous: { head: "peak anonymous MB", digits: 0, ratio: "anonymous" },
  switches: { head: "voluntary switches/GiB", digits: 0, ratio: "switches" },
  switchesPerSecond: { head: "voluntary switches/s", digits: 0, ratio: "switches" },
  wall: { head: "seconds", digits: 2, ratio: "time" },
  unchoked: { head: "peers unchoked", digits: 0, ratio: "unchoked" },
  connections: { head: "connections", digits: 0, ratio: "connections" },
  /** 2¹⁰ bytes of resident memory. */
  kibibytesEach: { head: "KiB each", digits: 2, ratio: "memory" },
  anonymousEach: { head: "anonymous KiB each", digits: 2, ratio: "anonymous" },
  listening: { head: "listening after ms", digits: 0, ratio: "listening" },
  cpuMs: { head: "CPU ms", digits: 0, ratio: "CPU" },
  wallMs: { head: "whole run ms", digits: 0, ratio: "time" },
  /** CPU time as a percentage of one core. */
  corePercent: { head: "% of a core", digits: 2, ratio: "CPU" },
  lateMost: { head: "engine late ms, p99.9", digits: 1, ratio: "p99.9" },
  lateMax: { head: "max", digits: 1, ratio: "max" },
  /** Lateness of a thread with little work: what the machine adds. */
  mainLateMost: { head: "main thread late ms, p99.9", digits: 1, ratio: "p99.9" },
  mainLateMax: { head: "its max", digits: 1, ratio: "max" },
} as const satisfies Readonly<Record<string, FigureKind>>;

/** The name of a figure. */
export type FigureName = keyof typeof figureKinds;

/** The figures of one run. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>;
