// A connected peer that offers the metadata, as far as its answers tell.

import type { InfoHashes } from "@troupe/protocol/identity";
import { requestsPerPeer, SinglePeerCopy } from "./single-peer-copy.ts";

/** A request without an answer for this long is given up. */
const silentMs = 20_000;
/** Bad copies of its own that ban a peer. */
const bannedAt = 2;
const firstRestMs = 5_000;
const longestRestMs = 60_000;

/** The size that a peer announces, and the peer's address. */
export interface MetadataOffer {
  readonly sizeBytes: number;
  readonly host: string;
  /** Requests that the peer takes at a time; 2 by default. */
  readonly requestsAtOnce?: number;
}

/** rtorrent reads nothing more after a request that comes while it answers another. */
export function metadataRequestsAtOnce(peerId: string): number {
  return peerId.startsWith("-lt") ? 1 : requestsPerPeer;
}

/** A peer that offers the metadata. */
export class MetadataPeer {
  readonly key: string;
  /** Its IPv4 /24 or IPv6 /48. */
  readonly network: string;
  sizeBytes: number;
  /** Requests without an answer: when each block was requested. */
  readonly asked = new Map<number, number>();
  /** Blocks received. */
  delivered = 0;
  lastBlockMs = -Infinity;
  /** Its last requests were given up, and it has not answered since. */
  isSilent = false;
  badCopies = 0;
  singleCopy: SinglePeerCopy | undefined;
  /** Times that it began to deliver a whole copy beside others. */
  turns = 0;
  readonly #infoHashes: InfoHashes;
  readonly #requestsAtOnce: number;
  #rejects = 0;
  #restsUntilMs = -Infinity;

  constructor(
    key: string,
    network: string,
    { sizeBytes, requestsAtOnce = requestsPerPeer }: MetadataOffer,
    infoHashes: InfoHashes,
  ) {
    this.#infoHashes = infoHashes;
    this.key = key;
    this.network = network;
    this.sizeBytes = sizeBytes;
    this.#requestsAtOnce = requestsAtOnce;
  }

  get isBanned(): boolean {
    return this.badCopies >= bannedAt;
  }

  get hasRoom(): boolean {
    return this.asked.size < this.#requestsAtOnce;
  }

  /** After a reject it is asked nothing for a while. */
  isResting(nowMs: number): boolean {
    return nowMs < this.#restsUntilMs;
  }

  /** It answers, and has sent no bad copy. */
  get isTrusted(): boolean {
    return !this.isSilent && this.badCopies === 0;
  }

  answered(block: number): void {
    this.asked.delete(block);
    this.isSilent = false;
  }

  gotBlock(nowMs: number): void {
    this.delivered++;
    this.lastBlockMs = nowMs;
    this.#rejects = 0;
  }

  rest(nowMs: number): void {
    this.#restsUntilMs = nowMs + Math.min(firstRestMs * 2 ** this.#rejects, longestRestMs);
    this.#rejects++;
  }

  /** @returns The blocks whose requests are given up. */
  lapse(nowMs: number): number[] {
    const lapsed = [...this.asked].flatMap(([block, sinceMs]) =>
      nowMs - sinceMs >= silentMs ? [block] : [],
    );
    for (const block of lapsed) this.asked.delete(block);
    if (lapsed.length > 0) this.isSilent = true;
    return lapsed;
  }

  /** Begins its own copy, or continues it. */
  ownCopy(): SinglePeerCopy {
    return (this.singleCopy ??= new SinglePeerCopy(this.sizeBytes, this.#infoHashes));
  }

  /** Its own copy failed the hash. */
  sentBadCopy(): void {
    this.badCopies++;
    this.singleCopy = undefined;
  }
}
