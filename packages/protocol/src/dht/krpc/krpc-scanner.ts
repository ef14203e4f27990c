// The syntax of a datagram (BEP 3, "bencoding"). Strict and bounded, as the scanner of longer inputs, but keeps nothing: a
// datagram is read for a few known keys, up to a hundred thousand times a second.

import { Mark, compareRanges, isDigit } from "../../bencode/bencode-tape.ts";
import { krpcLimits } from "./krpc-messages.ts";

/** Steps over values. After a step that returned false, the datagram is malformed or out of bounds. */
export class KrpcScanner {
  bytes: Uint8Array = new Uint8Array(0);
  /** Offset of the next byte. */
  at = 0;
  /** Offset of the content of the last string. */
  contentAt = 0;
  /** Each dictionary that was stepped over since the caller set this has its keys in order, without duplicates. */
  isSorted = true;
  #tokens = 0;

  /** Begins with `bytes` at `at`. They are kept until the next call. */
  start(bytes: Uint8Array, at: number): void {
    this.bytes = bytes;
    this.at = at;
    this.#tokens = 0;
  }

  /** @returns The next byte, after which the scanner stands; undefined at the end. */
  next(): number | undefined {
    return this.bytes[this.at++];
  }

  /** Counts a list or a dictionary that the caller opens itself. */
  countContainer(depth: number): boolean {
    return depth <= krpcLimits.maxDepth && this.#count();
  }

  /** Steps over a value in `depth` lists and dictionaries. */
  skip(depth: number): boolean {
    return this.#skipFrom(this.next(), depth);
  }

  /** Steps over the rest of a string. @param first Its first digit. */
  skipString(first: number): boolean {
    let lengthBytes = first - Mark.digit0;
    let byte = this.next();
    // A length has no leading zero.
    while (lengthBytes > 0 && isDigit(byte)) {
      lengthBytes = lengthBytes * 10 + (byte - Mark.digit0);
      if (lengthBytes > krpcLimits.maxBytes) return false;
      byte = this.next();
    }
    this.contentAt = this.at;
    this.at += lengthBytes;
    return byte === Mark.colon && this.at <= this.bytes.length && this.#count();
  }

  /** Steps over the rest of an integer. */
  skipInteger(): boolean {
    let byte = this.next();
    const isNegative = byte === Mark.minus;
    if (isNegative) byte = this.next();
    if (!isDigit(byte)) return false;
    const isZero = byte === Mark.digit0;
    byte = this.next();
    // No leading zero, and no minus zero.
    if (isZero) return !isNegative && byte === Mark.end && this.#count();
    while (isDigit(byte)) byte = this.next();
    return byte === Mark.end && this.#count();
  }

  /** @param first The byte that was read last. */
  #skipFrom(first: number | undefined, depth: number): boolean {
    if (isDigit(first)) return this.skipString(first);
    if (first === Mark.integer) return this.skipInteger();
    if (first === Mark.list) return this.countContainer(depth + 1) && this.#skipItems(depth + 1);
    return (
      first === Mark.dictionary && this.countContainer(depth + 1) && this.#skipEntries(depth + 1)
    );
  }

  #skipItems(depth: number): boolean {
    for (;;) {
      const first = this.next();
      if (first === Mark.end) return true;
      if (!this.#skipFrom(first, depth)) return false;
    }
  }

  #skipEntries(depth: number): boolean {
    let lastStart = -1;
    let lastEnd = -1;
    for (;;) {
      const first = this.next();
      if (first === Mark.end) return true;
      if (!isDigit(first) || !this.skipString(first)) return false;
      const start = this.contentAt;
      const end = this.at;
      if (lastStart >= 0 && compareRanges(this.bytes, lastStart, lastEnd, start, end) >= 0) {
        this.isSorted = false;
      }
      lastStart = start;
      lastEnd = end;
      if (!this.skip(depth)) return false;
    }
  }

  #count(): boolean {
    this.#tokens += 1;
    return this.#tokens <= krpcLimits.maxTokens;
  }
}
