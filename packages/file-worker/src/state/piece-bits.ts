// Sums of bitfields in wire order (most significant bit first).

import { hasBit } from "@troupe/protocol";

/** Clears the bits `first` to `last`, or sets them. */
export function fillBits(bits: Uint8Array, first: number, last: number, isSet: boolean): void {
  let piece = first;
  while (piece <= last) {
    const at = piece >> 3;
    const isWholeByte = (piece & 7) === 0 && piece + 7 <= last;
    const mask = isWholeByte ? 0xff : 0x80 >> (piece & 7);
    bits[at] = isSet ? (bits[at] ?? 0) | mask : (bits[at] ?? 0) & ~mask;
    piece += isWholeByte ? 8 : 1;
  }
}

/** Clears one bit. */
export function clearBit(bits: Uint8Array, piece: number): void {
  bits[piece >> 3] = (bits[piece >> 3] ?? 0) & ~(0x80 >> (piece & 7));
}

/** @returns The bits of `from` that are not in `without`; of the same length. */
export function bitsWithout(from: Uint8Array, without: Uint8Array): Uint8Array {
  return from.map((byte, at) => byte & ~(without[at] ?? 0));
}

/** @returns The bits that are in both. */
export function bitsInBoth(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, at) => byte & (other[at] ?? 0));
}

/** Sets in `target` what is set in `more`. */
export function addBits(target: Uint8Array, more: Uint8Array): void {
  for (let at = 0; at < target.length; at += 1) target[at] = (target[at] ?? 0) | (more[at] ?? 0);
}

/** @returns Whether any bit is set from `first` to `last`. */
export function hasAnyBit(bits: Uint8Array, first: number, last: number): boolean {
  return nextBit(bits, first, last) !== undefined;
}

/** @returns The first bit that is set from `first` to `last`. */
export function nextBit(bits: Uint8Array, first: number, last: number): number | undefined {
  let piece = first;
  while (piece <= last) {
    if ((piece & 7) === 0 && bits[piece >> 3] === 0) piece += 8;
    else if (hasBit(bits, piece)) return piece;
    else piece += 1;
  }
  return undefined;
}
