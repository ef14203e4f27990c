// Which block of the metadata is requested of which peer (BEP 9). Equal events in equal order give equal requests:
// time is an argument, and nothing is sent from here.
//
// Blocks of different announced sizes never mix. A block is requested of one peer, and while it does not come, of twice
// as many peers every two seconds. When a copy with blocks of several peers has the wrong hash, peers send a whole copy
// each, and each copy is judged alone. Meanwhile the other peers send blocks to compare: when most peers lie, a copy of
// one peer is right at last; when few do, the bytes that most peers agree on are right much earlier.

import { networkOf } from "@troupe/protocol/address";
import type { InfoHashes } from "@troupe/protocol/identity";
import { maxMetadataBytes, metadataBlockBytes } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";
import { MetadataCopy } from "./metadata-copy.ts";
import { MetadataPeer, type MetadataOffer } from "./metadata-peer.ts";
import type { BlockVotes } from "./block-votes.ts";

/** Blocks kept, over all announced sizes: 16 MiB. */
export const blocksKept: number = maxMetadataBytes / blockLengthBytes;

/** A block to request of a peer. */
interface MetadataAsk {
  readonly key: string;
  readonly block: number;
}

/** The next requests and bans. */
export interface MetadataDecision {
  readonly asks: readonly MetadataAsk[];
  /** Peers that sent two bad copies. */
  readonly banned: readonly string[];
}

/** A block that a peer sent. */
interface MetadataBlock {
  readonly block: number;
  /** Bytes of the whole metadata. */
  readonly sizeBytes: number;
  readonly bytes: Uint8Array;
}

/** The blocks of the most likely size, and the peers that offer the metadata. */
export interface MetadataProgress {
  readonly blocks: number;
  /** Undefined while no peer offers the metadata. */
  readonly blockCount: number | undefined;
  readonly peers: number;
  /** All blocks have come, and some of them are wrong. */
  readonly isWrong: boolean;
}

interface Ranked {
  readonly copy: MetadataCopy;
  /** The peers that offer its size. */
  readonly peers: readonly MetadataPeer[];
}

/** The fetch of one torrent's metadata. */
export class MetadataFetch {
  readonly #infoHashes: InfoHashes;
  readonly #peers = new Map<string, MetadataPeer>();
  readonly #copies = new Map<number, MetadataCopy>();
  #banned: string[] = [];
  #metadata: Uint8Array | undefined;

  constructor(infoHashes: InfoHashes) {
    this.#infoHashes = infoHashes;
  }

  /** The metadata, once its hash was right. */
  get metadata(): Uint8Array | undefined {
    return this.#metadata;
  }

  /** Bytes of blocks, over all sizes. */
  get heldBytes(): number {
    return this.#blocksHeld * blockLengthBytes;
  }

  progress(nowMs: number): MetadataProgress {
    const [first] = this.#ranked(nowMs);
    return {
      blocks: first?.copy.length ?? 0,
      blockCount: first?.copy.blockCount,
      peers: this.#peers.size,
      isWrong: first?.copy.phase.phase === "apart",
    };
  }

  /** A peer announces the size of the metadata, perhaps another one than before. */
  offered(key: string, offer: MetadataOffer, nowMs: number): void {
    const { sizeBytes } = offer;
    const known = this.#peers.get(key);
    if (this.#metadata !== undefined || known?.sizeBytes === sizeBytes) return;
    const peer = known ?? new MetadataPeer(key, networkOf(offer.host), offer, this.#infoHashes);
    this.#withdraw(peer);
    peer.sizeBytes = sizeBytes;
    peer.singleCopy = undefined;
    this.#peers.set(key, peer);
    if (!this.#copies.has(sizeBytes))
      this.#copies.set(sizeBytes, new MetadataCopy(sizeBytes, nowMs));
    this.#dropUnusedCopies();
  }

  received(key: string, { block, sizeBytes, bytes }: MetadataBlock, nowMs: number): void {
    const peer = this.#peers.get(key);
    const copy = this.#copyOf(peer);
    if (peer === undefined || copy === undefined) return;
    copy.unask(block, key);
    peer.answered(block);
    const fits = bytes.length > 0 && bytes.length === metadataBlockBytes(sizeBytes, block);
    if (sizeBytes !== peer.sizeBytes || !fits) return peer.rest(nowMs);
    peer.gotBlock(nowMs);
    const { phase } = copy;
    const came = { block, sizeBytes, bytes };
    if (phase.phase === "apart") this.#addApart(peer, copy, phase.votes, came, nowMs);
    else this.#addTogether(peer, copy, came, nowMs);
  }

  /** The metadata is known. @param metadata Bytes of the right hash. */
  give(metadata: Uint8Array): void {
    this.#metadata = metadata;
    this.#copies.clear();
    this.#peers.clear();
  }

  rejected(key: string, block: number, nowMs: number): void {
    const peer = this.#peers.get(key);
    if (peer === undefined) return;
    this.#copyOf(peer)?.unask(block, key);
    peer.answered(block);
    peer.rest(nowMs);
  }

  closed(key: string): void {
    const peer = this.#peers.get(key);
    if (peer === undefined) return;
    this.#withdraw(peer);
    this.#peers.delete(key);
    this.#dropUnusedCopies();
  }

  /** To be called after each event, and several times a second. */
  decide(nowMs: number): MetadataDecision {
    if (this.#metadata !== undefined) return { asks: [], banned: [] };
    const asks: MetadataAsk[] = [];
    for (const peer of this.#peers.values()) {
      for (const block of peer.lapse(nowMs)) this.#copyOf(peer)?.unask(block, peer.key);
    }
    let claimed = 0;
    for (const { copy, peers } of this.#ranked(nowMs)) {
      const awake = peers.filter((peer) => !peer.isResting(nowMs));
      const room = blocksKept - claimed;
      if (copy.phase.phase === "apart") {
        asks.push(...this.#askApart(copy, copy.phase.votes, awake, room, nowMs));
      } else {
        const peers = inOrder(willing(awake));
        asks.push(
          ...this.#askInTurns(copy, peers, (peer) => copy.blockFor(peer, room, nowMs), nowMs),
        );
      }
      claimed += copy.claimed;
    }
    const banned = this.#banned;
    this.#banned = [];
    return { asks, banned };
  }

  /** Every peer with room gets a block in turn. */
  #askInTurns(
    copy: MetadataCopy,
    peers: readonly MetadataPeer[],
    blockFor: (peer: MetadataPeer) => number | undefined,
    nowMs: number,
  ): MetadataAsk[] {
    const asks: MetadataAsk[] = [];
    let waiting = peers;
    while (waiting.length > 0) {
      waiting = waiting.filter((peer) => {
        const block = peer.hasRoom ? blockFor(peer) : undefined;
        if (block !== undefined) asks.push(this.#ask(peer, copy, block, nowMs));
        return block !== undefined;
      });
    }
    return asks;
  }

  #askApart(
    copy: MetadataCopy,
    votes: BlockVotes,
    awake: readonly MetadataPeer[],
    room: number,
    nowMs: number,
  ): MetadataAsk[] {
    const asks: MetadataAsk[] = [];
    const senders = new Set(copy.turns.choose(awake, copy.blockCount, nowMs));
    for (const peer of senders) {
      for (const block of peer.ownCopy().missing()) {
        if (peer.hasRoom && !peer.asked.has(block)) asks.push(this.#ask(peer, copy, block, nowMs));
      }
    }
    const others = inOrder(willing(awake)).filter((peer) => !senders.has(peer));
    const voteFor = (peer: MetadataPeer) => copy.voteFor(votes, peer, room, nowMs);
    return [...asks, ...this.#askInTurns(copy, others, voteFor, nowMs)];
  }

  #ask(peer: MetadataPeer, copy: MetadataCopy, block: number, nowMs: number): MetadataAsk {
    peer.asked.set(block, nowMs);
    copy.ask(block, peer, nowMs);
    return { key: peer.key, block };
  }

  #addTogether(
    peer: MetadataPeer,
    copy: MetadataCopy,
    { block, bytes }: MetadataBlock,
    nowMs: number,
  ): void {
    if (!copy.add(block, bytes, peer, nowMs)) return this.#blame(peer);
    this.#makeRoom(nowMs);
    if (!copy.isWhole) return;
    if (this.#isDone(copy)) return;
    const [sender, other] = copy.senders;
    if (other !== undefined) return copy.part(nowMs);
    copy.clear();
    if (sender !== undefined) this.#blame(sender);
  }

  #addApart(
    peer: MetadataPeer,
    copy: MetadataCopy,
    votes: BlockVotes,
    { block, bytes }: MetadataBlock,
    nowMs: number,
  ): void {
    const areAgreed = copy.vote(votes, block, bytes, peer);
    if (areAgreed && this.#isDone(copy)) return;
    if (areAgreed) votes.doubt();
    this.#makeRoom(nowMs);
    const { singleCopy } = peer;
    if (singleCopy?.add(block, bytes) !== true || !singleCopy.isWhole) return;
    if (!singleCopy.isRight()) return this.#blame(peer);
    copy.prove(singleCopy.digests);
    if (copy.isWhole) this.#isDone(copy);
  }

  /** Hashes a whole copy. */
  #isDone(copy: MetadataCopy): boolean {
    const metadata = copy.read(this.#infoHashes);
    if (metadata !== undefined) this.give(metadata);
    return metadata !== undefined;
  }

  /** Its own copy was bad, or a block that is known. */
  #blame(peer: MetadataPeer): void {
    peer.sentBadCopy();
    if (!peer.isBanned || this.#peers.get(peer.key) !== peer) return;
    this.#withdraw(peer);
    this.#banned.push(peer.key);
  }

  /** The copy that goes last gives up its blocks. */
  #makeRoom(nowMs: number): void {
    if (this.#blocksHeld <= blocksKept) return;
    for (const { copy } of this.#ranked(nowMs).toReversed()) {
      copy.clear();
      if (this.#blocksHeld <= blocksKept) return;
    }
  }

  get #blocksHeld(): number {
    let blocks = 0;
    for (const copy of this.#copies.values()) blocks += copy.length;
    return blocks;
  }

  /** The size that peers of most networks name goes first. */
  #ranked(nowMs: number): Ranked[] {
    const bySize = Map.groupBy(this.#peers.values(), ({ sizeBytes }) => sizeBytes);
    const ranked = [...this.#copies.values()].map((copy) => {
      const peers = (bySize.get(copy.sizeBytes) ?? []).filter(({ isBanned }) => !isBanned);
      const votes = new Set(peers.map(({ network }) => network)).size;
      return { copy, peers, votes, urgency: copy.urgency(nowMs) };
    });
    return ranked.sort((a, b) => a.urgency - b.urgency || b.votes - a.votes);
  }

  #copyOf(peer: MetadataPeer | undefined): MetadataCopy | undefined {
    return peer === undefined ? undefined : this.#copies.get(peer.sizeBytes);
  }

  #withdraw(peer: MetadataPeer): void {
    const copy = this.#copyOf(peer);
    for (const block of peer.asked.keys()) copy?.unask(block, peer.key);
    peer.asked.clear();
  }

  /** A copy with blocks outlives its peers: they may come back. */
  #dropUnusedCopies(): void {
    const named = new Set([...this.#peers.values()].map(({ sizeBytes }) => sizeBytes));
    for (const [sizeBytes, { length }] of this.#copies) {
      if (length === 0 && !named.has(sizeBytes)) this.#copies.delete(sizeBytes);
    }
  }
}

/** Silent peers and peers that sent a bad copy are asked only without others. */
function willing(awake: readonly MetadataPeer[]): readonly MetadataPeer[] {
  const trusted = awake.filter(({ isTrusted }) => isTrusted);
  return trusted.length > 0 ? trusted : awake;
}

/** Peers that have delivered most go first, then peers of networks that answer. */
function inOrder(peers: readonly MetadataPeer[]): readonly MetadataPeer[] {
  const unanswered = new Map<string, number>();
  for (const { network, asked } of peers)
    unanswered.set(network, (unanswered.get(network) ?? 0) + asked.size);
  const waits = ({ network }: MetadataPeer): number => unanswered.get(network) ?? 0;
  return peers.toSorted((a, b) => b.delivered - a.delivered || waits(a) - waits(b));
}
