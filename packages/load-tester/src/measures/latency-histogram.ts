// Histograms of latencies. The only file that imports hdr-histogram-js.

import { inflateSync } from "node:zlib";
import { TroupeError } from "@troupe/control";
import {
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  Float64Histogram,
} from "hdr-histogram-js";
import { readEncodedCounts } from "./encoded-counts.ts";

/** Values differ from what was recorded by a thousandth at most. */
const digits = 3;
/** The counts of a new histogram reach so far; they grow with the values. */
const firstRangeUs = 2 ** 17;
/** Twelve days. Longer latencies are recorded as this. */
const longestUs = 2 ** 40;
/** Longest encoded histogram, also after inflating: a hundred times that of a busy run. A longer one is refused. */
const mostTextBytes = 2 ** 20;
/** Slots up to twice the longest latency: 1,024 each time that it doubles. */
const mostSlots = 32 * 1_024;
/** Sums of histograms stay exact. */
const mostCount = 2 ** 50;
/** Bytes of the compressed header, and of the header within. */
const outerHeaderBytes = 8;
const innerHeaderBytes = 40;

/** Latencies in microseconds: an HDR histogram with three digits. */
export class LatencyHistogram {
  readonly #counts: Float64Histogram;

  private constructor(counts: Float64Histogram) {
    this.#counts = counts;
    this.#counts.autoResize = true;
  }

  /** Makes an empty histogram. */
  static empty(): LatencyHistogram {
    return new LatencyHistogram(new Float64Histogram(1, firstRangeUs, digits));
  }

  /**
   * Reads {@link encode}'s text.
   *
   * @throws TroupeError `histogram-malformed`
   */
  static decode(text: string): LatencyHistogram {
    if (text.length > mostTextBytes) {
      throw malformed(`it has ${text.length} bytes, and ${mostTextBytes} are allowed`);
    }
    try {
      checkHeader(text);
      return new LatencyHistogram(decodeFromCompressedBase64(text, 64) as Float64Histogram);
    } catch (error) {
      if (error instanceof TroupeError) throw error;
      throw malformed("its bytes are not those of an HDR histogram", error);
    }
  }

  /** Number of latencies. */
  get count(): number {
    return this.#counts.totalCount;
  }

  /** The longest latency; 0 without any. */
  get maxUs(): number {
    return this.count === 0 ? 0 : this.#counts.getValueAtPercentile(100);
  }

  /** @param latencyUs Rounded; a negative one counts as 0. */
  record(latencyUs: number): void {
    this.#counts.recordValue(Math.round(Math.min(Math.max(latencyUs, 0), longestUs)));
  }

  /** Adds every latency of another histogram. */
  add(other: LatencyHistogram): void {
    this.#counts.add(other.#counts);
  }

  /**
   * The latency that so many percent of all do not exceed; 0 without any.
   *
   * @param percent 0 to 100.
   */
  percentile(percent: number): number {
    return this.count === 0 ? 0 : this.#counts.getValueAtPercentile(percent);
  }

  /** Each value that was recorded, to three digits, and how often; in ascending order. */
  *values(): Generator<readonly [latencyUs: number, count: number]> {
    const counts = this.#counts;
    let left = counts.totalCount;
    for (let index = 0; left > 0 && index < counts.countsArrayLength; index += 1) {
      const count = counts.getCountAtIndex(index);
      if (count === 0) continue;
      left -= count;
      yield [counts.valueFromIndex(index), count];
    }
  }

  /** The sum of all latencies. */
  get sumUs(): number {
    return this.values().reduce((sum, [latencyUs, count]) => sum + latencyUs * count, 0);
  }

  /** Removes all latencies, and keeps the memory. */
  clear(): void {
    this.#counts.reset();
  }

  /** HDR, V2 encoding, compressed, base64. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#counts);
  }
}

/** The header decides how much memory the counts take: the library trusts it. */
function checkHeader(text: string): void {
  const bytes = Buffer.from(text, "base64");
  const inner = inflateSync(bytes.subarray(outerHeaderBytes), { maxOutputLength: mostTextBytes });
  if (inner.length < innerHeaderBytes) throw malformed(`it has ${inner.length} bytes`);
  const seenDigits = inner.readInt32BE(12);
  const lowest = inner.readBigInt64BE(16);
  const highest = inner.readBigInt64BE(24);
  const isOurs = seenDigits === digits && lowest === 1n && highest >= 2n;
  if (!isOurs || highest > BigInt(2 * longestUs)) {
    throw malformed(`it has ${seenDigits} digits from ${lowest} to ${highest}`);
  }
  const counts = readEncodedCounts(inner.subarray(innerHeaderBytes), mostSlots);
  if (counts === undefined)
    throw malformed(`its counts do not end, or take over ${mostSlots} slots`);
  if (counts.count > mostCount) throw malformed(`it has ${counts.count} latencies`);
}

function malformed(seen: string, cause?: unknown): TroupeError {
  const message = `cannot read a histogram: ${seen}; it must be one of a load test, with ${digits} digits`;
  return new TroupeError("histogram-malformed", message, { cause });
}
