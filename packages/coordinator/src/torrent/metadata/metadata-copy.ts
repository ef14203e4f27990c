// The metadata of one announced size, in blocks from any peers.

import { infoHashFromBytes, metadataBlocks, sha1, type InfoHash } from "@troupe/protocol";
import type { MetadataPeer } from "./metadata-peer.ts";
import { SoloTurns } from "./solo-turns.ts";

/** A block without an answer for this long is requested of one more peer. */
export const nextPeerMs = 2_000;
/** Without a new block for this long, the copies of other sizes go first. */
const stalledMs = 20_000;

/**
 * `together`: each block comes from any peer. `apart`: a copy of several peers was wrong, so peers send a whole copy each.
 * `proven`: such a copy was right, so the digest of each block is known.
 */
export type CopyPhase =
  | { readonly phase: "together" | "apart" }
  | { readonly phase: "proven"; readonly digests: readonly Uint8Array[] };

/** Requests of one block without an answer. */
interface Asked {
  lastMs: number;
  readonly keys: Set<string>;
}

/** One size's blocks and requests. */
export class MetadataCopy {
  readonly sizeBytes: number;
  readonly blockCount: number;
  phase: CopyPhase = { phase: "together" };
  /** Which peers send a whole copy in the phase `apart`. */
  readonly turns = new SoloTurns();
  readonly #blocks = new Map<number, Uint8Array>();
  readonly #senders = new Set<MetadataPeer>();
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
    return this.#senders;
  }

  /** 0 goes first. */
  urgency(nowMs: number): number {
    if (this.phase.phase === "proven") return 0;
    return this.phase.phase === "together" && nowMs - this.#lastBlockMs < stalledMs ? 1 : 2;
  }

  /**
   * The block to request of a peer: one that no peer was asked for, or one that is overdue.
   *
   * @param room Blocks that the copy may claim.
   */
  blockFor(key: string, room: number, nowMs: number): number | undefined {
    return (this.claimed < room ? this.#fresh() : undefined) ?? this.#overdue(key, nowMs);
  }

  #fresh(): number | undefined {
    for (; this.#cursor < this.blockCount; this.#cursor++) {
      if (!this.#blocks.has(this.#cursor) && !this.#asked.has(this.#cursor)) return this.#cursor;
    }
    return undefined;
  }

  #overdue(key: string, nowMs: number): number | undefined {
    let overdue: number | undefined;
    let sinceMs = nowMs - nextPeerMs;
    for (const [block, { lastMs, keys }] of this.#asked) {
      if (lastMs > sinceMs || keys.has(key) || this.#blocks.has(block)) continue;
      overdue ??= block;
      if (lastMs === sinceMs) continue;
      [overdue, sinceMs] = [block, lastMs];
    }
    return overdue;
  }

  ask(block: number, key: string, nowMs: number): void {
    const asked = this.#asked.get(block) ?? { lastMs: nowMs, keys: new Set() };
    asked.lastMs = nowMs;
    asked.keys.add(key);
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
    this.#blocks.set(block, bytes);
    this.#senders.add(sender);
    this.#lastBlockMs = nowMs;
    return true;
  }

  /** @returns The metadata if the whole copy has this hash. */
  read(infoHash: InfoHash): Uint8Array | undefined {
    const metadata = new Uint8Array(this.sizeBytes);
    let at = 0;
    for (let block = 0; block < this.blockCount; block++) {
      const bytes = this.#blocks.get(block) ?? new Uint8Array(0);
      metadata.set(bytes, at);
      at += bytes.length;
    }
    return infoHashFromBytes(sha1(metadata)) === infoHash ? metadata : undefined;
  }

  /** @param digests Of the right blocks; the others are dropped. */
  prove(digests: readonly Uint8Array[]): void {
    this.phase = { phase: "proven", digests };
    for (const [block, bytes] of this.#blocks) {
      if (!this.#mayBeRight(block, bytes)) this.#blocks.delete(block);
    }
    this.#cursor = 0;
  }

  /** Drops all blocks. */
  clear(): void {
    this.#blocks.clear();
    this.#senders.clear();
    this.#cursor = 0;
  }

  #mayBeRight(block: number, bytes: Uint8Array): boolean {
    if (this.phase.phase !== "proven") return true;
    const digest = this.phase.digests[block];
    return digest !== undefined && Buffer.compare(sha1(bytes), digest) === 0;
  }
}
