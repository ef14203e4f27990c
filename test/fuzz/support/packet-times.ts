// The time of each datagram. The system counts the CPU time of a thread in ticks of milliseconds, so the clock is read instead,
// and a datagram during which the system switched threads is not measured.

/** Most time of a datagram, in microseconds. */
export const mostMicroseconds = 1_000;
/** A datagram that took longer is handled again so many times. */
const repetitions = 10;

/** Times in microseconds. */
export class PacketTimes {
  /** By microseconds; the last has all that took longer. */
  readonly #counts = new Uint32Array(100_001);
  /** The medians of those that took longer at first. */
  readonly repeatedMedians: number[] = [];
  measured = 0;

  measure(handle: () => void): void {
    const took = timed(handle);
    if (took !== undefined) this.#count(took);
  }

  /** Like `measure`; one that took longer is handled ten times more, and the median of those counts for it. */
  measureAgain(handle: () => void): void {
    const took = timed(handle);
    if (took === undefined) return;
    if (took <= mostMicroseconds) return this.#count(took);
    const median = medianOfMore(handle);
    this.repeatedMedians.push(median);
    this.#count(median);
  }

  #count(microseconds: number): void {
    this.measured += 1;
    const at = Math.min(microseconds, this.#counts.length - 1);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  percentile(share: number): number {
    let left = this.measured * share;
    for (const [microseconds, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return microseconds;
    }
    return Infinity;
  }

  /** A line for people. */
  get line(): string {
    const shares = [0.5, 0.99, 0.999, 0.9999, 1].map(
      (share) => `p${100 * share} ${this.percentile(share)} µs`,
    );
    return `CPU of each of ${this.measured} packets: ${shares.join(", ")}`;
  }
}

/** Repetitions during which the system switched threads do not count; Infinity where all of them do not. */
function medianOfMore(handle: () => void): number {
  const all = Array.from({ length: repetitions }, () => timed(handle));
  const times = all.filter((took) => took !== undefined).toSorted((a, b) => a - b);
  return times[times.length >> 1] ?? Infinity;
}

/** @returns Undefined if the system switched threads meanwhile. */
function timed(handle: () => void): number | undefined {
  const switchesBefore = threadSwitches();
  const startedMs = performance.now();
  handle();
  const tookMicroseconds = Math.round((performance.now() - startedMs) * 1_000);
  return threadSwitches() === switchesBefore ? tookMicroseconds : undefined;
}

/** Switches of all threads of the process: those of the collector switch often. */
function threadSwitches(): number {
  const { voluntaryContextSwitches, involuntaryContextSwitches } = process.resourceUsage();
  return voluntaryContextSwitches + involuntaryContextSwitches;
}
