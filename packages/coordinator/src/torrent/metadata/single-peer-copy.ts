import { sha1 } from "@troupe/protocol/bytes";
import type { InfoHashes } from "@troupe/protocol/identity";
import { metadataBlocks } from "@troupe/protocol/peer";
import { MetadataHash } from "./metadata-hash.ts";

/** Requests of ours to one peer that wait for an answer. */
export const requestsPerPeer = 2;

/**
 * A copy of the metadata from a single peer. The bytes are hashed in order and not kept: once the copy proves right, its
 * digests tell which blocks of others are right.
 */
export class SinglePeerCopy {
  readonly #blockCount: number;
  readonly #hash: MetadataHash;
  readonly #digests: Uint8Array[] = [];
  /** The block after the next one came first. */
  #early: Uint8Array | undefined;

  constructor(sizeBytes: number, infoHashes: InfoHashes) {
    this.#hash = new MetadataHash(infoHashes);
    this.#blockCount = metadataBlocks(sizeBytes);
  }

  /** Blocks hashed. */
  get length(): number {
    return this.#digests.length;
  }

  get isWhole(): boolean {
    return this.length === this.#blockCount;
  }

  /** SHA-1 of each block, in order. */
  get digests(): readonly Uint8Array[] {
    return this.#digests;
  }

  /** The blocks to request next. */
  *missing(): Generator<number> {
    if (!this.isWhole) yield this.length;
    const following = this.length + 1;
    if (this.#early === undefined && following < this.#blockCount) yield following;
  }

  /** @returns Whether the copy gained a block. */
  add(block: number, bytes: Uint8Array): boolean {
    if (block === this.length + 1 && this.#early === undefined) {
      this.#early = bytes;
      return true;
    }
    if (block !== this.length || this.isWhole) return false;
    this.#take(bytes);
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) this.#take(early);
    return true;
  }

  /** Ends a whole copy. @returns Whether it is the metadata. */
  isRight(): boolean {
    return this.#hash.isRight();
  }

  #take(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#digests.push(sha1(bytes));
  }
}
