import { blockHeaderBytes, writeBlockHeader } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";

import type { RequestedBlock } from "./requested-blocks.ts";

/** Puts one block at a time together, also of bytes of several files. */
export class BlockAssembly {
  readonly #deliver: (frame: Uint8Array) => void;
  readonly #frame = new Uint8Array(blockHeaderBytes + blockLengthBytes);
  #block: RequestedBlock | undefined;
  #filledBytes = 0;

  /** @param deliver Gets the `piece` message of each whole block; lent. */
  constructor(deliver: (frame: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  /** The block that has begun. */
  get block(): RequestedBlock | undefined {
    return this.#block;
  }

  /** The position in the torrent of the byte that the block needs next; undefined without a block. */
  get nextPosition(): number | undefined {
    return this.#block && this.#block.position + this.#filledBytes;
  }

  /** @param head The bytes of the block that are known. */
  begin(block: RequestedBlock, head: Uint8Array = noBytes): void {
    this.#block = block;
    this.#frame.set(head, blockHeaderBytes);
    this.#filledBytes = head.length;
  }

  /** The block is not needed any more. */
  drop(): void {
    this.#block = undefined;
    this.#filledBytes = 0;
  }

  /** @returns The number of bytes that the block has taken. Without a block: 0. */
  take(bytes: Uint8Array): number {
    const block = this.#block;
    if (block === undefined) return 0;
    const takenBytes = Math.min(block.lengthBytes - this.#filledBytes, bytes.length);
    this.#frame.set(bytes.subarray(0, takenBytes), blockHeaderBytes + this.#filledBytes);
    this.#filledBytes += takenBytes;
    if (this.#filledBytes < block.lengthBytes) return takenBytes;
    this.drop();
    writeBlockHeader(this.#frame, 0, block.piece, block.begin, block.lengthBytes);
    this.#deliver(this.#frame.subarray(0, blockHeaderBytes + block.lengthBytes));
    return takenBytes;
  }
}

const noBytes = new Uint8Array();
