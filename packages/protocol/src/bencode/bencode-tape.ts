// The scanned form of bencoded bytes: a tape of tokens in input order, two words each.
//
//   word 0      offset of the token's first byte; that byte tells the kind
//   word 1      string, integer: offset behind its last byte
//               list, dictionary: index of the token behind its last descendant
//
// A token takes 8 bytes. Ten megabytes of `i0e` would take hundreds as objects.

import type { ProtocolError } from "../errors.ts";

/** Refers to the input, which must not change. */
export interface BencodeTape {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Offset after the value. */
  readonly end: number;
  /** Keys of a dictionary are unsorted. */
  readonly hasUnsortedKeys: boolean;
  /** Departures from bencode that were taken, each as the error that a strict scan throws; not in input order. */
  readonly oddities: readonly ProtocolError[];
}

/** The bytes of bencode's syntax. */
export const Mark = {
  integer: 0x69,
  list: 0x6c,
  dictionary: 0x64,
  end: 0x65,
  colon: 0x3a,
  minus: 0x2d,
  digit0: 0x30,
  digit9: 0x39,
} as const;

/** @returns False beyond the input. */
export function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= Mark.digit0 && byte <= Mark.digit9;
}

/** @returns Offset of the content of the string at `at`. */
export function stringContentAt(bytes: Uint8Array, at: number): number {
  let colonAt = at + 1;
  while (bytes[colonAt] !== Mark.colon) colonAt += 1;
  return colonAt + 1;
}

/** @returns Index of the token after all descendants. */
export function tokenBehind(bytes: Uint8Array, words: Uint32Array, token: number): number {
  const mark = bytes[words[2 * token] ?? 0];
  return mark === Mark.list || mark === Mark.dictionary ? (words[2 * token + 1] ?? 0) : token + 1;
}

/** @returns Negative, 0 or positive, in sort order. */
export function compareRanges(
  bytes: Uint8Array,
  startA: number,
  endA: number,
  startB: number,
  endB: number,
): number {
  const shared = Math.min(endA - startA, endB - startB);
  for (let i = 0; i < shared; i++) {
    const difference = (bytes[startA + i] ?? 0) - (bytes[startB + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return endA - startA - (endB - startB);
}

// Not by concatenation: a key may have megabytes.
const oneCharacterAByte = new TextDecoder("windows-1252");

/** @returns Text of a character a byte; ASCII unchanged. */
export function byteText(bytes: Uint8Array, start: number, end: number): string {
  return oneCharacterAByte.decode(bytes.subarray(start, end));
}
