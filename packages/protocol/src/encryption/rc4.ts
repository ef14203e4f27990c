// RC4 as Message Stream Encryption uses it. OpenSSL has it only with a flag of the whole process.

const stateBytes = 256;
const wordBytes = 4;
/** Fewer bytes are not worth a view of their words. */
const leastForWords = 64;
/** A word has the key stream's first byte as its lowest. */
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** One direction of an encrypted connection. */
export class Rc4 {
  /** Words are read and written faster than bytes. */
  readonly #state = new Int32Array(stateBytes);
  #i = 0;
  #j = 0;

  /** @param key 1 to 256 bytes, read during the call. */
  constructor(key: Uint8Array) {
    const state = this.#state;
    for (let i = 0; i < stateBytes; i++) state[i] = i;
    let j = 0;
    for (let i = 0; i < stateBytes; i++) {
      const swapped = at(state, i);
      j = (j + swapped + at(key, i % key.length)) & 0xff;
      state[i] = at(state, j);
      state[j] = swapped;
    }
  }

  /** Drops bytes of the key stream. */
  skip(lengthBytes: number): void {
    this.apply(new Uint8Array(lengthBytes));
  }

  /** Encrypts or decrypts in place. */
  apply(bytes: Uint8Array): void {
    const { buffer, byteOffset, length } = bytes;
    const takesWords = isLittleEndian && length >= leastForWords;
    const start = takesWords ? -byteOffset & (wordBytes - 1) : length;
    const words = (length - start) >> 2;
    const end = start + words * wordBytes;
    this.#applyToBytes(bytes, 0, start);
    if (words > 0) this.#applyToWords(new Int32Array(buffer, byteOffset + start, words));
    this.#applyToBytes(bytes, end, length);
  }

  /** Encrypts or decrypts `source` into the beginning of `target`, other memory. */
  applyTo(source: Uint8Array, target: Uint8Array): void {
    target.set(source);
    this.apply(target.subarray(0, source.length));
  }

  #applyToBytes(bytes: Uint8Array, start: number, end: number): void {
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    for (let index = start; index < end; index++) {
      i = (i + 1) & 0xff;
      const first = state[i] as number;
      j = (j + first) & 0xff;
      const second = state[j] as number;
      state[i] = second;
      state[j] = first;
      (bytes[index] as number) ^= state[(first + second) & 0xff] as number;
    }
    this.#i = i;
    this.#j = j;
  }

  /**
   * A view of one class, whatever the memory is, and a quarter of the payload's reads and writes. The four steps are written out:
   * a loop of them is a quarter slower.
   */
  #applyToWords(words: Int32Array): void {
    const state = this.#state;
    const { length } = words;
    let i = this.#i;
    let j = this.#j;
    for (let index = 0; index < length; index++) {
      i = (i + 1) & 0xff;
      let first = state[i] as number;
      j = (j + first) & 0xff;
      let second = state[j] as number;
      state[i] = second;
      state[j] = first;
      let key = state[(first + second) & 0xff] as number;
      i = (i + 1) & 0xff;
      first = state[i] as number;
      j = (j + first) & 0xff;
      second = state[j] as number;
      state[i] = second;
      state[j] = first;
      key |= (state[(first + second) & 0xff] as number) << 8;
      i = (i + 1) & 0xff;
      first = state[i] as number;
      j = (j + first) & 0xff;
      second = state[j] as number;
      state[i] = second;
      state[j] = first;
      key |= (state[(first + second) & 0xff] as number) << 16;
      i = (i + 1) & 0xff;
      first = state[i] as number;
      j = (j + first) & 0xff;
      second = state[j] as number;
      state[i] = second;
      state[j] = first;
      (words[index] as number) ^= key | ((state[(first + second) & 0xff] as number) << 24);
    }
    this.#i = i;
    this.#j = j;
  }
}

function at(bytes: Int32Array | Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
