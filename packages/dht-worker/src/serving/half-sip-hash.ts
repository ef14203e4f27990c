// HalfSipHash-2-4 with 64 bits of output (J.-P. Aumasson, D. J. Bernstein: SipHash, a fast short-input PRF).

/** A key of 64 bits as two words. */
export interface HalfSipKey {
  readonly low: number;
  readonly high: number;
}

/** Rounds after each word of the input, and before each word of the output. */
const inputRounds = 2;
const outputRounds = 4;

/** @returns The key that the first 8 bytes are. */
export function halfSipKey(bytes: Uint8Array): HalfSipKey {
  return { low: wordAt(bytes, 0), high: wordAt(bytes, 4) };
}

/** @returns 8 bytes that nobody without the key can tell from random ones. */
export function halfSipHash({ low, high }: HalfSipKey, input: Uint8Array): Uint8Array {
  const output = new Uint8Array(8);
  const inputWords = (input.length >>> 2) + 1;
  let v0 = low;
  let v1 = high ^ 0xee;
  let v2 = 0x6c_79_67_65 ^ low;
  let v3 = 0x74_65_64_62 ^ high;
  for (let step = 0; step < inputWords + 2; step++) {
    const outputAt = step - inputWords;
    const word = outputAt < 0 ? inputWord(input, step) : 0;
    v3 ^= word;
    if (outputAt === 0) v2 ^= 0xee;
    if (outputAt === 1) v1 ^= 0xdd;
    const rounds = outputAt < 0 ? inputRounds : outputRounds;
    for (let round = 0; round < rounds; round++) {
      v0 = (v0 + v1) | 0;
      v1 = rotate(v1, 5) ^ v0;
      v0 = rotate(v0, 16);
      v2 = (v2 + v3) | 0;
      v3 = rotate(v3, 8) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = rotate(v3, 7) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = rotate(v1, 13) ^ v2;
      v2 = rotate(v2, 16);
    }
    v0 ^= word;
    if (outputAt >= 0) putWord(output, 4 * outputAt, v1 ^ v3);
  }
  return output;
}

/** The last word has the bytes that fill no word, and the length. */
function inputWord(input: Uint8Array, step: number): number {
  const word = wordAt(input, 4 * step);
  return 4 * step + 4 > input.length ? word | (input.length << 24) : word;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Little-endian; a byte behind the end is 0. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}
