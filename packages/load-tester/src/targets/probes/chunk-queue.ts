/** The bytes of a connection as an iterable, which ends when the connection or its time does. */
export class ChunkQueue implements AsyncIterable<Uint8Array> {
  readonly #mostBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #reason: string | undefined;
  #wake: () => void = () => {};

  /** @param mostBytes More bytes end the iterable. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The reason of the end; undefined before it. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** @param chunk Copied. */
  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#mostBytes) return this.end("too many bytes");
    this.#chunks.push(new Uint8Array(chunk));
    this.#wake();
  }

  /** The first reason counts. Chunks that are there are still delivered. */
  end(reason: string): void {
    this.#reason ??= reason;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#reason !== undefined) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
