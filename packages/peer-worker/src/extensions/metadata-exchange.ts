import { maxMetadataAsks, maxMetadataCopies } from "../limits.ts";

/** Blocks of the metadata that a peer and we have requested of each other (BEP 9). */
export class MetadataExchange {
  /** Bytes of the metadata, as the peer announced them. */
  offeredBytes: number | undefined;
  /** Bytes of the metadata that the engine knows of. */
  reportedBytes: number | undefined;
  /** Blocks that are being sent. */
  blocksOut = 0;
  /** Blocks to send after them, in the order of the requests. */
  waiting: Set<number> | undefined;
  /** How often the peer requested each block. */
  #requested: Map<number, number> | undefined;
  #asked: number[] | undefined;

  /** The peer requests an existing block. @returns Whether no more often than an honest peer may. */
  noteRequest(block: number): boolean {
    this.#requested ??= new Map();
    this.waiting ??= new Set();
    const requests = (this.#requested.get(block) ?? 0) + 1;
    this.#requested.set(block, requests);
    this.waiting.add(block);
    return requests <= maxMetadataCopies;
  }

  /** We request a block; the oldest request is forgotten beyond the bound. */
  noteAsk(block: number): void {
    this.#asked ??= [];
    if (this.#asked.length === maxMetadataAsks) this.#asked.shift();
    this.#asked.push(block);
  }

  /** The peer answers. @returns Whether we had requested the block. */
  noteAnswer(block: number): boolean {
    const place = this.#asked?.indexOf(block) ?? -1;
    if (place >= 0) this.#asked?.splice(place, 1);
    return place >= 0;
  }
}
