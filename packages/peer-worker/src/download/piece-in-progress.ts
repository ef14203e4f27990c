// One open piece: its place in memory and what has become of each block.
//
//   free ──► requested ──► receiving ──► received
//    ▲           │             │
//    └───────────┴─────────────┘   the peer is gone, choked us, or was too slow
//
// At most two peers owe the same block (endgame), and one of them is sending it.

import {
  contributorLimit,
  type LeaseId,
  type PeerRowIndex,
  type ContributorAddress,
  type SlabId,
} from "@troupe/messages";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol";

/** What has become of a block. */
export const BlockState = { free: 0, requested: 1, receiving: 2, received: 3 } as const;

/** No peer. */
export const noPeer = -1;

/** Memory of one piece: of the worker's slab, or its own. */
export interface PiecePlace {
  readonly slab: SlabId;
  /** The whole memory that `offset` counts in. */
  readonly memory: Uint8Array;
  readonly offset: number;
  /** Bytes taken from the slab's download region; 0 for memory of its own. */
  readonly extentBytes: number;
}

/** Blocks of one leased piece for which memory is allotted. Nobody else writes at its place. */
export class PieceInProgress {
  readonly piece: PieceIndex;
  readonly lease: LeaseId;
  readonly lengthBytes: number;
  readonly blockCount: number;
  /** Moved as a whole while the piece is open. */
  place: PiecePlace;
  /** False once it is sealed, returned or dropped: then no block may start. */
  isOpen = true;
  freeCount: number;
  receivingCount = 0;
  receivedCount = 0;
  openedAtMs = -Infinity;
  /** When a block last became whole. */
  gainedAtMs = -Infinity;
  /** Since when no connected peer has the piece and no block has come. */
  strandedAtMs: number | undefined;
  readonly #states: Uint8Array;
  readonly #requesters: Int32Array;
  /** Made when a block is asked for twice. */
  #secondRequesters: Int32Array | undefined;
  /** A peer that is connected stands here by its row, another by its address. */
  readonly #contributors: (PeerRowIndex | ContributorAddress)[] = [];
  /** One byte a block, its contributor's place; made when there is a second one. */
  #blockContributors: Uint8Array | undefined;
  #lastContributor: number = noPeer;
  /** Place of the last contributor. */
  #lastPlace = 0;
  /** No block before this one is free. */
  #firstFree = 0;

  constructor(piece: PieceIndex, lease: LeaseId, lengthBytes: number, place: PiecePlace) {
    this.piece = piece;
    this.lease = lease;
    this.lengthBytes = lengthBytes;
    this.blockCount = Math.ceil(lengthBytes / blockLengthBytes);
    this.place = place;
    this.freeCount = this.blockCount;
    this.#states = new Uint8Array(this.blockCount);
    this.#requesters = new Int32Array(this.blockCount).fill(noPeer);
  }

  /** Peers that gave blocks: rows of those connected now, addresses of others. 255 at most. */
  get contributors(): readonly (PeerRowIndex | ContributorAddress)[] {
    return this.#contributors;
  }

  /** One byte a block received: the place of its peer in `contributors`; undefined while one gave all. Not a copy. */
  get blockContributors(): Uint8Array | undefined {
    return this.#blockContributors;
  }

  get isWhole(): boolean {
    return this.receivedCount === this.blockCount;
  }

  stateOf(block: number): number {
    return this.#states[block] ?? BlockState.received;
  }

  blockLengthBytes(block: number): number {
    return Math.min(blockLengthBytes, this.lengthBytes - block * blockLengthBytes);
  }

  /** @returns The first free block, or −1. */
  nextFreeBlock(): number {
    if (this.freeCount === 0) return -1;
    while (this.#states[this.#firstFree] !== BlockState.free) this.#firstFree++;
    return this.#firstFree;
  }

  /** A peer is asked for a block that is free, or as the second for one that is requested. */
  request(block: number, peer: PeerRowIndex): void {
    if (this.#states[block] === BlockState.free) {
      this.#states[block] = BlockState.requested;
      this.#requesters[block] = peer;
      this.freeCount--;
      return;
    }
    this.#secondRequesters ??= new Int32Array(this.blockCount).fill(noPeer);
    this.#secondRequesters[block] = peer;
  }

  /** Whether exactly one peer, and not `peer`, has been asked for the block and nothing of it has come. */
  mayBeDoubledBy(block: number, peer: PeerRowIndex): boolean {
    return (
      this.#states[block] === BlockState.requested &&
      this.#requesters[block] !== peer &&
      (this.#secondRequesters?.[block] ?? noPeer) === noPeer
    );
  }

  /** @returns A peer that owes the block, or {@link noPeer}. */
  requesterOf(block: number): number {
    return this.#requesters[block] ?? noPeer;
  }

  /** A peer no longer owes the block; without a second one it is free again. Nothing when it never did. */
  dropRequest(block: number, peer: PeerRowIndex): void {
    if (this.#requesters[block] === peer) {
      this.#requesters[block] = this.#secondRequesters?.[block] ?? noPeer;
    } else if (this.#secondRequesters?.[block] !== peer) {
      return;
    }
    if (this.#secondRequesters !== undefined) this.#secondRequesters[block] = noPeer;
    if (this.#states[block] === BlockState.requested) this.#freeUnlessRequested(block);
  }

  /** Bytes of a free or requested block begin to arrive; whoever sends them no longer owes it. */
  startBlock(block: number, from: PeerRowIndex): void {
    this.dropRequest(block, from);
    if (this.#states[block] === BlockState.free) this.freeCount--;
    this.#states[block] = BlockState.receiving;
    this.receivingCount++;
  }

  /** The rest of a block will not come. */
  abandonBlock(block: number): void {
    this.receivingCount--;
    this.#freeUnlessRequested(block);
  }

  /** All bytes of a block are in place. The caller has yet to relieve {@link requesterOf} of it. */
  finishBlock(block: number, from: PeerRowIndex): void {
    this.#states[block] = BlockState.received;
    this.receivingCount--;
    this.receivedCount++;
    this.strandedAtMs = undefined;
    if (from !== this.#lastContributor) {
      this.#lastPlace = this.#placeOf(from);
      this.#lastContributor = from;
    }
    if (this.#blockContributors !== undefined) this.#blockContributors[block] = this.#lastPlace;
  }

  /** A block of a transferred piece is in place. @param source Who gave it to the other worker, if that is known. */
  adoptBlock(block: number, source: ContributorAddress | undefined): void {
    this.#states[block] = BlockState.received;
    this.freeCount--;
    this.receivedCount++;
    const place = source === undefined ? this.#noPlace() : this.#placeOf(source);
    if (this.#blockContributors !== undefined) this.#blockContributors[block] = place;
  }

  /** A peer is gone and its row will be another's: its part stands under its address from now on. */
  renameContributor(peer: PeerRowIndex, source: ContributorAddress): void {
    const place = this.#contributors.indexOf(peer);
    if (place < 0) return;
    this.#contributors[place] = source;
    this.#lastContributor = noPeer;
  }

  /** @returns One byte a block, 1 = its bytes are there. A copy. */
  receivedBlocks(): Uint8Array {
    return this.#states.map((state) => (state === BlockState.received ? 1 : 0));
  }

  receivedBytes(): number {
    let bytes = this.receivedCount * blockLengthBytes;
    const last = this.blockCount - 1;
    if (this.#states[last] === BlockState.received) {
      bytes += this.blockLengthBytes(last) - blockLengthBytes;
    }
    return bytes;
  }

  #placeOf(contributor: PeerRowIndex | ContributorAddress): number {
    const known = this.#contributors.indexOf(contributor);
    if (known >= 0) return known;
    if (this.#contributors.length === contributorLimit) return this.#noPlace();
    const place = this.#contributors.push(contributor) - 1;
    // All blocks so far came from the first one, whose place is 0.
    if (place > 0) this.#blockContributors ??= new Uint8Array(this.blockCount);
    return place;
  }

  #noPlace(): number {
    this.#blockContributors ??= new Uint8Array(this.blockCount);
    return contributorLimit;
  }

  #freeUnlessRequested(block: number): void {
    if (this.#requesters[block] !== noPeer) {
      this.#states[block] = BlockState.requested;
      return;
    }
    this.#states[block] = BlockState.free;
    this.freeCount++;
    if (block < this.#firstFree) this.#firstFree = block;
  }
}
