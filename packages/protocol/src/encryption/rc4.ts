// RC4 as Message Stream Encryption uses it. OpenSSL has it only with a flag of the whole process.

const stateBytes = 256;

/** One direction of an encrypted connection. */
export class Rc4 {
  readonly #state = new Uint8Array(stateBytes);
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
    this.applyTo(new Uint8Array(lengthBytes), new Uint8Array(lengthBytes), 0);
  }

  /** Encrypts or decrypts in place. */
  apply(bytes: Uint8Array): void {
    this.applyTo(bytes, bytes, 0);
  }

  /** Encrypts or decrypts `source` into `target` from `targetAt` on. They may be the same memory. */
  applyTo(source: Uint8Array, target: Uint8Array, targetAt: number): void {
    const state = this.#state;
    const { length } = source;
    let i = this.#i;
    let j = this.#j;
    for (let index = 0; index < length; index++) {
      i = (i + 1) & 0xff;
      const first = state[i] as number;
      j = (j + first) & 0xff;
      const second = state[j] as number;
      state[i] = second;
      state[j] = first;
      target[targetAt + index] =
        (source[index] as number) ^ (state[(first + second) & 0xff] as number);
    }
    this.#i = i;
    this.#j = j;
  }
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
