// Peers that offer the metadata of one torrent, in virtual time: honest ones, and ones that lie, reject or are silent.

import { sha1 } from "@troupe/protocol/bytes";
import { metadataBlockBytes } from "@troupe/protocol/peer";
import { infoHashFromBytes, type InfoHash } from "@troupe/protocol/units";
import type { Random } from "@troupe/actor-runtime";
import { MetadataFetch, type MetadataDecision } from "../../src/torrent/metadata/metadata-fetch.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";

const tickMs = 250;
const bytesPerBlock = 16_384;

/** Ways of a peer to behave. */
export type Behaviour = "honest" | "size-liar" | "block-liar" | "rejecter" | "silent";

/** A peer of the swarm. */
export interface SwarmPeer {
  readonly behaviour: Behaviour;
  readonly host: string;
  readonly joinsAtMs: number;
  readonly answerMs: number;
  /** The size that it names, when it lies about it. */
  readonly wrongSizeBytes?: number;
}

/** The result of a fetch. */
export interface FetchRun {
  /** Virtual time; undefined: not within the patience. */
  readonly doneAtMs: number | undefined;
  readonly metadata: Uint8Array | undefined;
  readonly infoHash: InfoHash;
  readonly banned: ReadonlySet<number>;
  readonly mostHeldBytes: number;
  readonly mostRequests: number;
}

/** Bytes that differ from block to block: each block repeats a random number. */
export function metadataOf(random: Random, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += bytesPerBlock) {
    const end = Math.min(sizeBytes, at + bytesPerBlock);
    Buffer.from(bytes.buffer, at, end - at).fill(random.bytes(8));
  }
  return bytes;
}

/** Twenty peers in different networks, of which ten misbehave in ways drawn from the seed. */
export function mixedPeers(seed: number, sizeBytes: number, longestAnswerMs = 80): SwarmPeer[] {
  const random = seededRandom(seed);
  const ways: Behaviour[] = ["size-liar", "block-liar", "rejecter", "silent"];
  const wrongSizeBytes = Math.max(1, Math.floor(sizeBytes * (0.5 + random.next() * 0.4)));
  const peers = Array.from({ length: 20 }, (_, at) => ({
    behaviour: at < 10 ? ("honest" as const) : (ways[random.integer(ways.length)] ?? "silent"),
    host: `45.10.${at}.1`,
    joinsAtMs: random.integer(500),
    answerMs: 10 + random.integer(longestAnswerMs - 10),
    wrongSizeBytes,
  }));
  // The peers connect in an order of all kinds.
  return peers.toSorted((a, b) => a.joinsAtMs - b.joinsAtMs);
}

/** Fetches metadata of `sizeBytes` from the peers, for `patienceMs` at most. */
export function runFetch(
  seed: number,
  sizeBytes: number,
  peers: readonly SwarmPeer[],
  patienceMs = 300_000,
): FetchRun {
  return new FetchSwarm(seed, sizeBytes, peers).run(patienceMs);
}

class FetchSwarm {
  readonly #random: Random;
  readonly #metadata: Uint8Array;
  readonly #infoHash: InfoHash;
  readonly #fetch: MetadataFetch;
  readonly #peers: readonly SwarmPeer[];
  readonly #garbage: Uint8Array;
  readonly #banned = new Set<number>();
  readonly #waiting = new Map<number, number>();
  #events: { readonly atMs: number; readonly act: () => void }[] = [];
  #nowMs = 0;
  #mostHeldBytes = 0;
  #mostRequests = 0;

  constructor(seed: number, sizeBytes: number, peers: readonly SwarmPeer[]) {
    this.#random = seededRandom(seed + 1);
    this.#metadata = metadataOf(this.#random, sizeBytes);
    this.#garbage = new Uint8Array(bytesPerBlock).fill(0x65);
    this.#infoHash = infoHashFromBytes(sha1(this.#metadata));
    this.#fetch = new MetadataFetch({ v1: this.#infoHash });
    this.#peers = peers;
  }

  run(patienceMs: number): FetchRun {
    for (const [at, peer] of this.#peers.entries()) {
      this.#after(peer.joinsAtMs, () =>
        this.#fetch.offered(
          String(at),
          { host: peer.host, sizeBytes: this.#sizeOf(peer) },
          this.#nowMs,
        ),
      );
    }
    let nextTickMs = tickMs;
    while (this.#fetch.metadata === undefined && this.#nowMs < patienceMs) {
      const next = this.#events[0];
      this.#nowMs = Math.min(next?.atMs ?? Infinity, nextTickMs);
      if (next !== undefined && next.atMs <= this.#nowMs) {
        this.#events.shift();
        next.act();
      } else nextTickMs += tickMs;
      this.#carryOut(this.#fetch.decide(this.#nowMs));
      this.#mostHeldBytes = Math.max(this.#mostHeldBytes, this.#fetch.heldBytes);
    }
    const { metadata } = this.#fetch;
    return {
      doneAtMs: metadata === undefined ? undefined : this.#nowMs,
      metadata,
      infoHash: this.#infoHash,
      banned: this.#banned,
      mostHeldBytes: this.#mostHeldBytes,
      mostRequests: this.#mostRequests,
    };
  }

  #carryOut({ asks, banned }: MetadataDecision): void {
    for (const key of banned) {
      this.#banned.add(Number(key));
      this.#fetch.closed(key);
    }
    for (const { key, block } of asks) {
      const at = Number(key);
      const peer = this.#peers[at];
      if (peer === undefined) throw new Error(`no peer ${key} was there to ask`);
      const waiting = (this.#waiting.get(at) ?? 0) + 1;
      this.#waiting.set(at, waiting);
      // A silent peer's requests are given up after a while, and repeated.
      if (peer.behaviour !== "silent") this.#mostRequests = Math.max(this.#mostRequests, waiting);
      this.#after(peer.answerMs, () => this.#answer(at, peer, block));
    }
  }

  #answer(at: number, peer: SwarmPeer, block: number): void {
    if (this.#banned.has(at) || peer.behaviour === "silent") return;
    this.#waiting.set(at, (this.#waiting.get(at) ?? 0) - 1);
    const key = String(at);
    if (peer.behaviour === "rejecter") return this.#fetch.rejected(key, block, this.#nowMs);
    const sizeBytes = this.#sizeOf(peer);
    const lengthBytes = metadataBlockBytes(sizeBytes, block);
    const from = block * bytesPerBlock;
    const bytes =
      peer.behaviour === "honest"
        ? this.#metadata.slice(from, from + lengthBytes)
        : this.#garbage.slice(0, lengthBytes);
    this.#fetch.received(key, { block, sizeBytes, bytes }, this.#nowMs);
  }

  #sizeOf(peer: SwarmPeer): number {
    const { length } = this.#metadata;
    return peer.behaviour === "size-liar" ? (peer.wrongSizeBytes ?? length) : length;
  }

  #after(delayMs: number, act: () => void): void {
    const atMs = this.#nowMs + delayMs;
    let at = this.#events.length;
    while (at > 0 && (this.#events[at - 1]?.atMs ?? 0) > atMs) at--;
    this.#events.splice(at, 0, { atMs, act });
  }
}
