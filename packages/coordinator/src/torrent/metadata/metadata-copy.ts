// The metadata of one announced size, in blocks from any peers.

import { sha1 } from "@troupe/protocol/bytes";
import type { InfoHashes } from "@troupe/protocol/identity";
import { metadataBlocks } from "@troupe/protocol/peer";
import type { MetadataPeer } from "./metadata-peer.ts";
import { BlockVotes } from "./block-votes.ts";
import { isMetadataOf } from "./metadata-hash.ts";
import { SinglePeerOrder } from "./single-peer-order.ts";

/** The number of peers that a missing block is requested of doubles in this time. */
const doublingMs = 2_000;
/** Without a new block for this long, the copies of other sizes go first. */
const stalledMs = 20_000;
/** A copy that was wrong keeps its rank for this long. */
const partedMs = 30_000;

/**
 * `together`: each block comes from any peer. `apart`: a copy of several peers was wrong, so some peers send a whole copy
 * each, and the others vote on single blocks. `proven`: a peer's own copy was right, so the digest of each block
 * is known.
 */
type CopyPhase =
  | { readonly phase: "together" }
  | { readonly phase: "apart"; readonly votes: BlockVotes; readonly sinceMs: number }
  | { readonly phase: "proven"; readonly digests: readonly Uint8Array[] };

interface Held {
  readonly bytes: Uint8Array;
  readonly sender: MetadataPeer;
}

/** Requests of one block without an answer. */
interface Asked {
  /** Time of the first request. */
  readonly sinceMs: number;
  /** Time of the last request to a peer that had delivered. */
  provenMs: number;
  readonly keys: Set<string>;
}

/** One size's blocks and requests. */
export class MetadataCopy {
  readonly sizeBytes: number;
  readonly blockCount: number;
  phase: CopyPhase = { phase: "together" };
  /** Which peers send a whole copy in the phase `apart`. */
  readonly turns = new SinglePeerOrder();
  readonly #blocks = new Map<number, Held>();
  readonly #asked = new Map<number, Asked>();
  /** Every block before it is here, or requested. */
  #cursor = 0;
  #lastBlockMs: number;

  constructor(sizeBytes: number, nowMs: number) {
    this.sizeBytes = sizeBytes;
    this.blockCount = metadataBlocks(sizeBytes);
    this.#lastBlockMs = nowMs;
  }

  /** Blocks here. */
  get length(): number {
    return this.#blocks.size;
  }

  /** Blocks here, and blocks that may come. */
  get claimed(): number {
    let coming = 0;
    for (const block of this.#asked.keys()) if (!this.#blocks.has(block)) coming++;
    return this.#blocks.size + coming;
  }

  get isWhole(): boolean {
    return this.#blocks.size === this.blockCount;
  }

  /** The peers that sent its blocks, connected or not. */
  get senders(): ReadonlySet<MetadataPeer> {
    return new Set([...this.#blocks.values()].map(({ sender }) => sender));
  }

  /** 0 goes first. */
  urgency(nowMs: number): number {
    switch (this.phase.phase) {
      case "proven":
        return 0;
      case "apart":
        return nowMs - this.phase.sinceMs < partedMs ? 1 : 2;
      case "together":
        return nowMs - this.#lastBlockMs < stalledMs ? 1 : 2;
    }
  }

  /**
   * The block to request of a peer: one that no peer was asked for, or one that is overdue.
   *
   * @param room Blocks that the copy may claim.
   */
  blockFor(peer: MetadataPeer, room: number, nowMs: number): number | undefined {
    return (this.claimed < room ? this.#fresh() : undefined) ?? this.#overdue(peer, nowMs);
  }

  #fresh(): number | undefined {
    for (; this.#cursor < this.blockCount; this.#cursor++) {
      if (!this.#blocks.has(this.#cursor) && !this.#asked.has(this.#cursor)) return this.#cursor;
    }
    return undefined;
  }

  /** The block that was requested first. */
  #overdue(peer: MetadataPeer, nowMs: number): number | undefined {
    let overdue: number | undefined;
    let sinceMs = Infinity;
    for (const [block, asked] of this.#asked) {
      if (asked.sinceMs >= sinceMs || this.#blocks.has(block)) continue;
      if (mayAsk(asked, peer, nowMs)) [overdue, sinceMs] = [block, asked.sinceMs];
    }
    return overdue;
  }

  ask(block: number, peer: MetadataPeer, nowMs: number): void {
    const asked = this.#asked.get(block) ?? { sinceMs: nowMs, provenMs: nowMs, keys: new Set() };
    if (peer.delivered > 0) asked.provenMs = nowMs;
    asked.keys.add(peer.key);
    this.#asked.set(block, asked);
  }

  /** The request was answered or given up. */
  unask(block: number, key: string): void {
    const asked = this.#asked.get(block);
    if (asked === undefined || !asked.keys.delete(key) || asked.keys.size > 0) return;
    this.#asked.delete(block);
    this.#cursor = Math.min(this.#cursor, block);
  }

  /** @returns Whether the block may be right. */
  add(block: number, bytes: Uint8Array, sender: MetadataPeer, nowMs: number): boolean {
    if (!this.#mayBeRight(block, bytes)) return false;
    if (this.#blocks.has(block)) return true;
    this.#blocks.set(block, { bytes, sender });
    this.#lastBlockMs = nowMs;
    return true;
  }

  /** The whole was wrong: peers are asked apart, and what each has sent is its vote. */
  part(sinceMs: number): void {
    const votes = new BlockVotes(this.blockCount);
    for (const [block, { bytes, sender }] of this.#blocks) votes.add(block, bytes, sender);
    this.phase = { phase: "apart", votes, sinceMs };
  }

  /** The block to request of a peer as its vote. @param room Blocks that the copy may claim. */
  voteFor(votes: BlockVotes, peer: MetadataPeer, room: number, nowMs: number): number | undefined {
    const hasRoom = this.claimed < room;
    for (const block of votes.openFor(peer)) {
      if (!hasRoom && !this.#blocks.has(block)) continue;
      const asked = this.#asked.get(block);
      if (asked === undefined || mayAsk(asked, peer, nowMs)) return block;
    }
    return undefined;
  }

  /** Keeps the bytes that most peers sent. @returns Whether every block has enough votes now, but not before. */
  vote(votes: BlockVotes, block: number, bytes: Uint8Array, sender: MetadataPeer): boolean {
    const wasSettled = votes.isSettled;
    const isLeading = votes.add(block, bytes, sender);
    if (isLeading || !this.#blocks.has(block)) this.#blocks.set(block, { bytes, sender });
    return !wasSettled && votes.isSettled && this.isWhole;
  }

  /** @returns The metadata if the whole copy has its hash. */
  read(infoHashes: InfoHashes): Uint8Array | undefined {
    const metadata = new Uint8Array(this.sizeBytes);
    let at = 0;
    for (let block = 0; block < this.blockCount; block++) {
      const { bytes } = this.#blocks.get(block) ?? { bytes: new Uint8Array() };
      metadata.set(bytes, at);
      at += bytes.length;
    }
    return isMetadataOf(infoHashes, metadata) ? metadata : undefined;
  }

  /** @param digests Digests of the right blocks; the others are dropped. */
  prove(digests: readonly Uint8Array[]): void {
    this.phase = { phase: "proven", digests };
    for (const [block, { bytes }] of this.#blocks) {
      if (!this.#mayBeRight(block, bytes)) this.#blocks.delete(block);
    }
    this.#cursor = 0;
  }

  /** Drops all blocks. */
  clear(): void {
    this.#blocks.clear();
    this.#cursor = 0;
    if (this.phase.phase === "apart") this.part(this.phase.sinceMs);
  }

  #mayBeRight(block: number, bytes: Uint8Array): boolean {
    if (this.phase.phase !== "proven") return true;
    const digest = this.phase.digests[block];
    return digest !== undefined && Buffer.compare(sha1(bytes), digest) === 0;
  }
}

/**
 * Whether a block that does not come is requested of this peer too. Silent peers cost the logarithm of their number; a peer
 * that has delivered need not wait until so many are asked.
 */
function mayAsk({ keys, provenMs, sinceMs }: Asked, peer: MetadataPeer, nowMs: number): boolean {
  if (keys.has(peer.key)) return false;
  if (peer.delivered > 0 && nowMs - provenMs >= doublingMs) return true;
  return keys.size < Math.floor(2 ** ((nowMs - sinceMs) / doublingMs));
}
