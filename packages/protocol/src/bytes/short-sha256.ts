// SHA-256 (FIPS 180-4) without OpenSSL, for a page in a browser, and for a thread that hashes a few short inputs at its start.

import { at, paddedMessage, shaBlockBytes } from "./sha-message.ts";

const rounds = 64;

/** The first 32 bits of the fractional parts of a root of the first primes. */
function fractions(count: number, root: (prime: number) => number): Int32Array {
  const words = new Int32Array(count);
  let found = 0;
  for (let number = 2; found < count; number++) {
    if (!isPrime(number)) continue;
    const value = root(number);
    words[found++] = Math.floor((value - Math.floor(value)) * 2 ** 32);
  }
  return words;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++)
    if (number % divisor === 0) return false;
  return true;
}

const constants = fractions(rounds, Math.cbrt);
const initialState = fractions(8, Math.sqrt);

/** @returns 32 bytes of their own memory. */
export function shortSha256(bytes: Uint8Array): Uint8Array {
  const padded = new DataView(paddedMessage(bytes));
  const state = initialState.slice();
  const words = new Int32Array(rounds);
  for (let begin = 0; begin < padded.byteLength; begin += shaBlockBytes) {
    for (let index = 0; index < 16; index++) words[index] = padded.getInt32(begin + 4 * index);
    addBlock(state, words);
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (let index = 0; index < 8; index++) digest.setInt32(4 * index, at(state, index));
  return new Uint8Array(digest.buffer);
}

/** @param words The block in the first 16; the others are overwritten. */
function addBlock(state: Int32Array, words: Int32Array): void {
  for (let index = 16; index < rounds; index++) {
    const near = at(words, index - 15);
    const late = at(words, index - 2);
    const low = right(near, 7) ^ right(near, 18) ^ (near >>> 3);
    const high = right(late, 17) ^ right(late, 19) ^ (late >>> 10);
    words[index] = at(words, index - 16) + low + at(words, index - 7) + high;
  }
  const mixed = state.slice();
  for (let index = 0; index < rounds; index++)
    mixRound(mixed, at(constants, index) + at(words, index));
  for (let index = 0; index < 8; index++) state[index] = at(state, index) + at(mixed, index);
}

function mixRound(mixed: Int32Array, added: number): void {
  const [a, b, c] = [at(mixed, 0), at(mixed, 1), at(mixed, 2)];
  const [e, f, g] = [at(mixed, 4), at(mixed, 5), at(mixed, 6)];
  const choice = (e & f) ^ (~e & g);
  const majority = (a & b) ^ (a & c) ^ (b & c);
  const first = (at(mixed, 7) + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + choice + added) | 0;
  const second = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + majority) | 0;
  mixed.copyWithin(1, 0, 7);
  mixed[4] = at(mixed, 4) + first;
  mixed[0] = first + second;
}

function right(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
