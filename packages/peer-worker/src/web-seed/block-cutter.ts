import { blockHeaderBytes, writeBlockHeader } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";

import type { RequestedBlock } from "./requested-blocks.ts";

/** Blocks of a run that are not delivered. */
export interface BlocksUnderWay {
  readonly blocks: readonly RequestedBlock[];
  /** The bytes of the first block that have come. */
  readonly head: Uint8Array;
}

/** Cuts the bytes of a run into `piece` messages, from which dropped blocks are left out. */
export class BlockCutter {
  readonly #deliver: (frame: Uint8Array) => void;
  readonly #frame = new Uint8Array(blockHeaderBytes + blockLengthBytes);
  #blocks: readonly RequestedBlock[] = [];
  #next = 0;
  #filledBytes = 0;
  #dropped = new Set<number>();

  /** @param deliver Gets each message as soon as it is whole; lent. */
  constructor(deliver: (frame: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  /** @param blocks In order, without a gap. */
  start(blocks: readonly RequestedBlock[]): void {
    this.#blocks = blocks;
    this.#next = 0;
    this.#filledBytes = 0;
    this.#dropped = new Set();
  }

  /** Ends the run: nothing more is delivered. */
  stop(): void {
    this.start([]);
  }

  /** Whether no block is left to deliver. */
  get isDone(): boolean {
    for (let index = this.#next; index < this.#blocks.length; index++)
      if (!this.#dropped.has(this.#blocks[index]?.position ?? -1)) return false;
    return true;
  }

  /** The blocks that are not delivered; of the first, so many bytes have come. */
  get rest(): BlocksUnderWay {
    const blocks = this.#blocks
      .slice(this.#next)
      .filter(({ position }) => !this.#dropped.has(position));
    const isFirstDropped = this.#dropped.has(this.#blocks[this.#next]?.position ?? -1);
    const head = this.#frame.slice(blockHeaderBytes, blockHeaderBytes + this.#filledBytes);
    return { blocks, head: isFirstDropped ? head.subarray(0, 0) : head };
  }

  /** @returns False for a block that is not of this run, or that was delivered. */
  drop(position: number): boolean {
    const first = this.#blocks[this.#next];
    const last = this.#blocks.at(-1);
    if (first === undefined || last === undefined) return false;
    if (position < first.position || position > last.position) return false;
    this.#dropped.add(position);
    return true;
  }

  /** The next bytes of the run. `deliver` may stop it. */
  push(chunk: Uint8Array): void {
    let at = 0;
    for (
      let block = this.#blocks[this.#next];
      block !== undefined;
      block = this.#blocks[this.#next]
    ) {
      if (at === chunk.length) return;
      const takenBytes = Math.min(block.lengthBytes - this.#filledBytes, chunk.length - at);
      this.#frame.set(chunk.subarray(at, at + takenBytes), blockHeaderBytes + this.#filledBytes);
      at += takenBytes;
      this.#filledBytes += takenBytes;
      if (this.#filledBytes < block.lengthBytes) return;
      this.#filledBytes = 0;
      this.#next++;
      if (!this.#dropped.has(block.position)) this.#deliverBlock(block);
    }
  }

  #deliverBlock({ piece, begin, lengthBytes }: RequestedBlock): void {
    writeBlockHeader(this.#frame, 0, piece, begin, lengthBytes);
    this.#deliver(this.#frame.subarray(0, blockHeaderBytes + lengthBytes));
  }
}
