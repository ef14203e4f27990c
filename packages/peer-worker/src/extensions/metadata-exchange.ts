import { maxMetadataAsks } from "../limits.ts";

/** Blocks of the metadata that a peer and we have requested of each other (BEP 9). */
export class MetadataExchange {
  /** Bytes of the metadata, as the peer announced them. */
  offeredBytes: number | undefined;
  /** As the coordinator knows them. */
  reportedBytes: number | undefined;
  /** Blocks that are being sent. */
  blocksOut = 0;
  /** Blocks to send after them, in the order of the requests. */
  readonly waiting: Set<number> = new Set<number>();
  readonly #requested = new Set<number>();
  readonly #asked: number[] = [];

  /** The peer requests an existing block. @returns Whether for the first time. */
  noteRequest(block: number): boolean {
    const isFirst = !this.#requested.has(block);
    this.#requested.add(block);
    this.waiting.add(block);
    return isFirst;
  }

  /** We request a block; the oldest request is forgotten beyond the bound. */
  noteAsk(block: number): void {
    if (this.#asked.length === maxMetadataAsks) this.#asked.shift();
    this.#asked.push(block);
  }

  /** The peer answers. @returns Whether we had requested the block. */
  noteAnswer(block: number): boolean {
    const place = this.#asked.indexOf(block);
    if (place >= 0) this.#asked.splice(place, 1);
    return place >= 0;
  }
}
