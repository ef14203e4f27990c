// An open piece: its memory and the state of each block.
//
//   free ──► requested ──► receiving ──► received
//    ▲           │             │
//    └───────────┴─────────────┘   the peer is gone, choked us, or was too slow
//
// At most two peers owe the same block (endgame), and only a single peer sends it.

import {
  contributorLimit,
  type LeaseId,
  type PeerRowIndex,
  type ContributorAddress,
  type SlabId,
} from "@troupe/messages";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol/units";

/** States of a block. */
export const BlockState = { free: 0, requested: 1, receiving: 2, received: 3 } as const;

/** No peer. */
export const noPeer = -1;

/** Memory of a piece, in the worker's slab or of its own. */
export interface PiecePlace {
  readonly slab: SlabId;
  readonly memory: Uint8Array;
  readonly offset: number;
  /** Bytes of the slab's download region; 0 for memory of its own. */
  readonly extentBytes: number;
}

/** Blocks of a leased piece. No other code writes to its memory. */
export class PieceInProgress {
  readonly piece: PieceIndex;
  readonly lease: LeaseId;
  readonly lengthBytes: number;
  readonly blockCount: number;
  /** Changes as a whole while the piece is open. */
  place: PiecePlace;
  /** False once sealed, returned or dropped: no block may start. */
  isOpen = true;
  freeCount: number;
  receivingCount = 0;
  receivedCount = 0;
  #paddingCount = 0;
  /** The peer that has the piece to itself (`WholePieces`), or {@link noPeer}. */
  keeper: number = noPeer;
  openedAtMs = -Infinity;
  /** The last completed block. */
  gainedAtMs = -Infinity;
  /** Since when no connected peer has the piece and no block came. */
  strandedAtMs: number | undefined;
  readonly #states: Uint8Array;
  /** Lengths of the blocks without the padding at their end. Undefined: no block ends with padding. */
  readonly #blockBytes: Uint16Array | undefined;
  readonly #requesters: Int32Array;
  /** Allocated at the first doubled request. */
  #secondRequesters: Int32Array | undefined;
  readonly #contributors: (PeerRowIndex | ContributorAddress)[] = [];
  /** A byte per block: its contributor's index; allocated for the second contributor. */
  #blockContributors: Uint8Array | undefined;
  #lastContributor: number = noPeer;
  #lastPlace = 0;
  /** No earlier block is free. */
  #firstFree = 0;

  /** @param blockBytes Lengths of the blocks without padding. Blocks of padding alone count as received. */
  constructor(
    piece: PieceIndex,
    lease: LeaseId,
    lengthBytes: number,
    place: PiecePlace,
    blockBytes?: Uint16Array,
  ) {
    this.piece = piece;
    this.lease = lease;
    this.lengthBytes = lengthBytes;
    this.blockCount = Math.ceil(lengthBytes / blockLengthBytes);
    this.place = place;
    this.freeCount = this.blockCount;
    this.#states = new Uint8Array(this.blockCount);
    this.#requesters = new Int32Array(this.blockCount).fill(noPeer);
    this.#blockBytes = blockBytes;
    if (blockBytes !== undefined) this.#pad(blockBytes);
  }

  /** Rows of connected peers, addresses of others. 255 at most. */
  get contributors(): readonly (PeerRowIndex | ContributorAddress)[] {
    return this.#contributors;
  }

  /**
   * A byte per received block: its index in `contributors`; undefined with a single contributor. Not a copy.
   */
  get blockContributors(): Uint8Array | undefined {
    return this.#blockContributors;
  }

  get isWhole(): boolean {
    return this.receivedCount === this.blockCount;
  }

  stateOf(block: number): number {
    return this.#states[block] ?? BlockState.received;
  }

  /** The length of a block without the padding at its end; 0 for padding alone. */
  blockLengthBytes(block: number): number {
    const padded = this.#blockBytes?.[block];
    if (padded !== undefined) return padded;
    return Math.min(blockLengthBytes, this.lengthBytes - block * blockLengthBytes);
  }

  /** Or −1. */
  nextFreeBlock(): number {
    if (this.freeCount === 0) return -1;
    while (this.#states[this.#firstFree] !== BlockState.free) this.#firstFree++;
    return this.#firstFree;
  }

  /** Requests a free block, or a requested block from a second peer. */
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

  /** Whether exactly one other peer owes the block and has sent none of it. */
  mayBeDoubledBy(block: number, peer: PeerRowIndex): boolean {
    return (
      this.#states[block] === BlockState.requested &&
      this.#requesters[block] !== peer &&
      (this.#secondRequesters?.[block] ?? noPeer) === noPeer
    );
  }

  /** Or {@link noPeer}. */
  requesterOf(block: number): number {
    return this.#requesters[block] ?? noPeer;
  }

  /** Without a second peer the block is free again. Does nothing if the peer never owed it. */
  dropRequest(block: number, peer: PeerRowIndex): void {
    if (this.#requesters[block] === peer) {
      this.#requesters[block] = this.#secondRequesters?.[block] ?? noPeer;
    } else if (this.#secondRequesters?.[block] !== peer) {
      return;
    }
    if (this.#secondRequesters !== undefined) this.#secondRequesters[block] = noPeer;
    if (this.#states[block] === BlockState.requested) this.#freeUnlessRequested(block);
  }

  /** The sender no longer owes the block. */
  startBlock(block: number, from: PeerRowIndex): void {
    this.dropRequest(block, from);
    if (this.#states[block] === BlockState.free) this.freeCount--;
    this.#states[block] = BlockState.receiving;
    this.receivingCount++;
  }

  abandonBlock(block: number): void {
    this.receivingCount--;
    this.#freeUnlessRequested(block);
  }

  /** A block is complete. The caller must still relieve {@link requesterOf} of it. */
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

  /** A transferred block is in place. @param source Its contributor at the other worker, if known. */
  adoptBlock(block: number, source: ContributorAddress | undefined): void {
    this.#states[block] = BlockState.received;
    this.freeCount--;
    this.receivedCount++;
    const place = source === undefined ? this.#noPlace() : this.#placeOf(source);
    if (this.#blockContributors !== undefined) this.#blockContributors[block] = place;
  }

  /** The peer's address stands for its row, which will be reused. */
  renameContributor(peer: PeerRowIndex, source: ContributorAddress): void {
    const place = this.#contributors.indexOf(peer);
    if (place < 0) return;
    this.#contributors[place] = source;
    this.#lastContributor = noPeer;
  }

  /** @returns A byte per block, 1 = received from a peer. A copy. */
  receivedBlocks(): Uint8Array {
    return this.#states.map((_, block) => (this.#isReceivedFromPeer(block) ? 1 : 0));
  }

  /** The received bytes, without padding. */
  receivedBytes(): number {
    let bytes = 0;
    for (let block = 0; block < this.blockCount; block++)
      if (this.#states[block] === BlockState.received) bytes += this.blockLengthBytes(block);
    return bytes;
  }

  /** Has a block of a peer. */
  get hasPayload(): boolean {
    return this.receivedCount > this.#paddingCount;
  }

  #isReceivedFromPeer(block: number): boolean {
    return this.#states[block] === BlockState.received && this.blockLengthBytes(block) > 0;
  }

  /** Padding is zeros (BEP 47). */
  #pad(blockBytes: Uint16Array): void {
    const { memory, offset } = this.place;
    for (let block = 0; block < this.blockCount; block++) {
      const begin = offset + block * blockLengthBytes;
      const end = Math.min(begin + blockLengthBytes, offset + this.lengthBytes);
      memory.fill(0, begin + (blockBytes[block] ?? 0), end);
      if (blockBytes[block] !== 0) continue;
      this.#states[block] = BlockState.received;
      this.freeCount--;
      this.receivedCount++;
      this.#paddingCount++;
    }
  }

  #placeOf(contributor: PeerRowIndex | ContributorAddress): number {
    const known = this.#contributors.indexOf(contributor);
    if (known >= 0) return known;
    if (this.#contributors.length === contributorLimit) return this.#noPlace();
    const place = this.#contributors.push(contributor) - 1;
    // All earlier blocks came from contributor 0.
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
