import { hasBit } from "./bitfield.ts";

/** From `first` to `last`, in wire order. */
export function fillBits(bits: Uint8Array, first: number, last: number, isSet: boolean): void {
  let index = first;
  while (index <= last) {
    const at = index >> 3;
    const isWholeByte = (index & 7) === 0 && index + 7 <= last;
    const mask = isWholeByte ? 0xff : 0x80 >> (index & 7);
    bits[at] = isSet ? (bits[at] ?? 0) | mask : (bits[at] ?? 0) & ~mask;
    index += isWholeByte ? 8 : 1;
  }
}

/** @returns `from` without the bits of `without`; of the same length. */
export function bitsWithout(from: Uint8Array, without: Uint8Array): Uint8Array {
  return from.map((byte, at) => byte & ~(without[at] ?? 0));
}

/** @returns The bits that are in both. */
export function bitsInBoth(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, at) => byte & (other[at] ?? 0));
}

/** Sets the bits of `more` in `target`. */
export function addBits(target: Uint8Array, more: Uint8Array): void {
  for (let at = 0; at < target.length; at++) target[at] = (target[at] ?? 0) | (more[at] ?? 0);
}

/** @returns Whether the range has a set bit. */
export function hasAnyBit(bits: Uint8Array, first: number, last: number): boolean {
  return nextBit(bits, first, last) !== undefined;
}

/** @returns The first bit in the range that is not set. */
export function nextUnsetBit(bits: Uint8Array, first: number, last: number): number | undefined {
  for (let index = first; index <= last; index += 1) if (!hasBit(bits, index)) return index;
  return undefined;
}

/** @returns The first set bit in the range. */
export function nextBit(bits: Uint8Array, first: number, last: number): number | undefined {
  let index = first;
  while (index <= last) {
    if ((index & 7) === 0 && bits[index >> 3] === 0) index += 8;
    else if (hasBit(bits, index)) return index;
    else index += 1;
  }
  return undefined;
}
