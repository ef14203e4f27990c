// HalfSipHash-2-4 (https://github.com/veorq/SipHash): a keyed hash of short inputs in words of 32 bits, without memory of its own. Who
// does not know the key cannot tell the hash of an input from those of others.

/** Bytes of a key. */
export const hashKeyBytes = 8;

let v0 = 0;
let v1 = 0;
let v2 = 0;
let v3 = 0;

/**
 * @param key 8 bytes.
 * @param bytes At most 255 are counted.
 * @param lengthBytes Bytes that are hashed.
 * @returns 32 bits, signed.
 */
export function halfSipHash(key: Uint8Array, bytes: Uint8Array, lengthBytes: number): number {
  const k0 = wordAt(key, 0, hashKeyBytes);
  const k1 = wordAt(key, 4, hashKeyBytes);
  v0 = k0;
  v1 = k1;
  v2 = 0x6c796765 ^ k0;
  v3 = 0x74656462 ^ k1;
  const wholeBytes = lengthBytes & ~3;
  for (let at = 0; at < wholeBytes; at += 4) addWord(wordAt(bytes, at, lengthBytes));
  addWord((lengthBytes << 24) | wordAt(bytes, wholeBytes, lengthBytes));
  v2 ^= 0xff;
  for (let round = 0; round < 4; round++) mix();
  return v1 ^ v3;
}

/** Little-endian; bytes from `end` on are 0. */
function wordAt(bytes: Uint8Array, at: number, end: number): number {
  let word = 0;
  for (let place = Math.min(at + 4, end) - 1; place >= at; place--)
    word = (word << 8) | (bytes[place] ?? 0);
  return word;
}

function addWord(word: number): void {
  v3 ^= word;
  mix();
  mix();
  v0 ^= word;
}

function mix(): void {
  v0 = (v0 + v1) | 0;
  v1 = rotated(v1, 5) ^ v0;
  v0 = rotated(v0, 16);
  v2 = (v2 + v3) | 0;
  v3 = rotated(v3, 8) ^ v2;
  v0 = (v0 + v3) | 0;
  v3 = rotated(v3, 7) ^ v0;
  v2 = (v2 + v1) | 0;
  v1 = rotated(v1, 13) ^ v2;
  v2 = rotated(v2, 16);
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
