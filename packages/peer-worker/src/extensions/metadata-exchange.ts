/** Blocks of the metadata that a peer has requested (BEP 9). */
export class MetadataExchange {
  /** Blocks that are being sent. */
  blocksOut = 0;
  /** Blocks to send after them, in the order of the requests. */
  readonly waiting: Set<number> = new Set<number>();
  readonly #requested = new Set<number>();

  /** The peer requests an existing block. @returns Whether for the first time. */
  noteRequest(block: number): boolean {
    const isFirst = !this.#requested.has(block);
    this.#requested.add(block);
    this.waiting.add(block);
    return isFirst;
  }
}
