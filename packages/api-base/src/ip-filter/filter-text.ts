import { FilterLineReader } from "./filter-line.ts";
import type { FilterRanges } from "./filter-ranges.ts";

/** A longer line is broken. */
export const longestLineBytes = 4_096;
const lineFeed = 0x0a;
const byteOrderMark = Buffer.from("\uFEFF");

/** The lines of a list, which come in chunks. */
export class FilterText {
  readonly #reader: FilterLineReader;
  /** The beginning of a line whose end has not come. */
  readonly #begun = Buffer.alloc(longestLineBytes);
  /** Bytes of the begun line; only the first {@link longestLineBytes} are kept. */
  #begunBytes = 0;
  #line = 0;
  #skipped = 0;
  #firstSkipped: number | undefined;

  constructor(ranges: FilterRanges) {
    this.#reader = new FilterLineReader(ranges);
  }

  /** Broken lines. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Counted from 1. */
  get firstSkipped(): number | undefined {
    return this.#firstSkipped;
  }

  /** @param chunk Read only during the call. */
  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, start);
      if (end < 0) break;
      if (this.#begunBytes === 0) this.#take(chunk, start, end);
      else this.#takeBegun(chunk.subarray(start, end));
      start = end + 1;
    }
    this.#begin(chunk.subarray(start));
  }

  /** The last line needs no line feed. */
  end(): void {
    if (this.#begunBytes > 0) this.#takeBegun(Buffer.alloc(0));
  }

  #begin(bytes: Buffer): void {
    bytes.copy(this.#begun, this.#begunBytes);
    // A line without an end must not overflow the count.
    this.#begunBytes = Math.min(longestLineBytes + 1, this.#begunBytes + bytes.length);
  }

  #takeBegun(rest: Buffer): void {
    this.#begin(rest);
    this.#take(this.#begun, 0, this.#begunBytes);
    this.#begunBytes = 0;
  }

  #take(bytes: Buffer, start: number, end: number): void {
    this.#line++;
    const afterMark = start + byteOrderMark.length;
    const hasMark = this.#line === 1 && bytes.subarray(start, afterMark).equals(byteOrderMark);
    const begin = hasMark ? afterMark : start;
    const isTooLong = end - start > longestLineBytes;
    if (!isTooLong && this.#reader.read(bytes, begin, end) !== "broken") return;
    this.#skipped++;
    this.#firstSkipped ??= this.#line;
  }
}
