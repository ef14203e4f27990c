// Memory for encrypted bytes on their way out. A fresh buffer for each block would cost more than its encryption.

/** Bytes of a buffer, and how many free ones are kept; of more, the next ones are left to the collector. */
const classes = [
  // Messages.
  { lengthBytes: 512, mostFree: 256 },
  // A block with its header.
  { lengthBytes: 16_384 + 16, mostFree: 128 },
] as const;

/** Buffers of a worker, which its encrypted connections share. */
export class CipherBuffers {
  readonly #free: readonly Uint8Array[][] = classes.map(() => []);

  /** @returns A buffer of at least so many bytes. */
  take(lengthBytes: number): Uint8Array {
    const place = classes.findIndex((each) => lengthBytes <= each.lengthBytes);
    const kept = this.#free[place]?.pop();
    return kept ?? new Uint8Array(classes[place]?.lengthBytes ?? lengthBytes);
  }

  /** Takes a buffer back that nothing reads any more. */
  give(buffer: Uint8Array): void {
    const place = classes.findIndex(({ lengthBytes }) => lengthBytes === buffer.length);
    const free = this.#free[place];
    if (free !== undefined && free.length < (classes[place]?.mostFree ?? 0)) free.push(buffer);
  }
}
