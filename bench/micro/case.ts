// A micro-benchmark: one part of the engine, in this thread, with the same input each time.

/** A part and its operation. */
export interface MicroCase {
  /** `framing`, `krpc` …: several cases may share a name. */
  readonly part: string;
  /** An operation in words: "a block of 16 KiB read". */
  readonly operation: string;
  /** Does some operations and times them; 1 to 20 ms, so that most runs are not interrupted. */
  readonly run: () => Promise<TimedRun> | TimedRun;
}

/** Operations and the time that they took. */
export interface TimedRun {
  readonly operations: number;
  readonly nanoseconds: number;
}

/** Times `act`, which does so many operations. */
export function timed(operations: number, act: () => void): TimedRun {
  const began = process.hrtime.bigint();
  act();
  return { operations, nanoseconds: Number(process.hrtime.bigint() - began) };
}
