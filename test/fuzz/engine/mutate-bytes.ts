// Mutations that know nothing of the input's form.

import type { MutationMeans, Mutator } from "./target.ts";
import type { Random } from "./random.ts";

const interestingNumbers: readonly [number, ...number[]] = [
  0, 1, 2, 7, 8, 9, 13, 17, 0x7f, 0x80, 0xff, 0x100, 0x3fff, 0x4000, 0x4001, 0x4009, 0x7fff, 0x8000,
  0xffff, 0x1_0000, 0x10_0000, 0x10_0001, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff,
];

/** @param words Byte strings that mean something to the target. @returns One to eight small changes at random places. */
export function bytesMutator(words: readonly Uint8Array[]): Mutator {
  return (input, means) => {
    let bytes = input;
    const changes = 1 + means.random.below(1 << means.random.below(4));
    for (let i = 0; i < changes; i++) bytes = change(bytes, means, words);
    return bytes.length > means.maxBytes ? bytes.slice(0, means.maxBytes) : bytes;
  };
}

function change(
  bytes: Uint8Array,
  { random, other, maxBytes }: MutationMeans,
  words: readonly Uint8Array[],
): Uint8Array {
  const at = random.below(bytes.length + 1);
  const run = Math.min(random.length(bytes.length), bytes.length - at);
  switch (random.below(11)) {
    case 0:
      return set(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
    case 1:
      return set(bytes, at, random.below(256));
    case 2:
      return set(bytes, at, (bytes[at] ?? 0) + random.below(33) - 16);
    case 3:
      return splice(bytes, at, run, noBytes);
    case 4:
      return splice(bytes, at, 0, random.bytes(random.length(Math.min(64, maxBytes))));
    case 5:
      return splice(bytes, at, 0, bytes.subarray(at, at + run));
    case 6:
      return overwrite(bytes, at, numberBytes(random));
    case 7:
      return splice(bytes, at, random.oneIn(2) ? 0 : run, random.pick(words) ?? noBytes);
    case 8:
      return bytes.slice(0, at);
    case 9: {
      const from = random.below(other.length);
      const taken = other.subarray(from, from + random.length(other.length));
      return splice(bytes, at, random.oneIn(2) ? 0 : run, taken);
    }
    default:
      return repeat(bytes, at, run, random.length(Math.ceil(maxBytes / Math.max(1, run))));
  }
}

const noBytes = new Uint8Array(0);

function numberBytes(random: Random): Uint8Array {
  const number = random.pick(interestingNumbers);
  const width = random.pick([1, 2, 4] as const);
  const bytes = new Uint8Array(width);
  for (let i = 0; i < width; i++) bytes[width - 1 - i] = number >>> (8 * i);
  return random.oneIn(4) ? bytes.toReversed() : bytes;
}

function set(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice();
  if (at < changed.length) changed[at] = value;
  return changed;
}

function overwrite(bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array {
  return splice(bytes, at, Math.min(part.length, bytes.length - at), part);
}

/** @returns `bytes` with `part` in the place of `removed` bytes. */
export function splice(
  bytes: Uint8Array,
  at: number,
  removed: number,
  part: Uint8Array,
): Uint8Array {
  const changed = new Uint8Array(bytes.length - removed + part.length);
  changed.set(bytes.subarray(0, at), 0);
  changed.set(part, at);
  changed.set(bytes.subarray(at + removed), at + part.length);
  return changed;
}

function repeat(bytes: Uint8Array, at: number, run: number, times: number): Uint8Array {
  const part = new Uint8Array(run * times);
  for (let i = 0; i < times; i++) part.set(bytes.subarray(at, at + run), i * run);
  return splice(bytes, at, 0, part);
}

/** @returns UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** @returns One run of bytes after the other. */
export function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}
