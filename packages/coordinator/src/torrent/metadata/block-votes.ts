// Votes of peers on the blocks of a copy whose hash was wrong. While some peers send a whole copy each, the others send
// single blocks: the bytes that most peers agree on are probably right, and only the hash of the whole tells.

import { sha1 } from "@troupe/protocol/bytes";

/** Peers that must agree on each block before the whole is hashed. */
const firstAgreement = 2;
/** Votes on one block, which bounds the memory for digests; further ones are ignored. */
const mostVotes = 9;

/** The votes on each block, by digest. */
export class BlockVotes {
  readonly #blockCount: number;
  readonly #given = new Map<number, Map<string, Set<object>>>();
  readonly #givenBy = new Map<object, Set<number>>();
  /** Blocks that need another vote. The last goes first: whole copies begin with the first. */
  readonly #open = new Set<number>();
  /** Peers that others contradict more often than not. Their votes count no more. */
  #doubted: ReadonlySet<object> = new Set();
  #agreement = firstAgreement;

  constructor(blockCount: number) {
    this.#blockCount = blockCount;
    this.#reopen();
  }

  /** No block needs another vote. */
  get isSettled(): boolean {
    return this.#open.size === 0;
  }

  /**
   * @returns Whether more peers sent these bytes than any others. A second vote of a peer does not count, nor do votes
   *   beyond the bound.
   */
  add(block: number, bytes: Uint8Array, peer: object): boolean {
    const blocks = this.#givenBy.get(peer) ?? new Set();
    const given = this.#given.get(block) ?? new Map<string, Set<object>>();
    if (blocks.has(block) || countOf(given) >= mostVotes) return false;
    this.#givenBy.set(peer, blocks.add(block));
    this.#given.set(block, given);
    const digest = Buffer.from(sha1(bytes)).toString("latin1");
    const peers = given.get(digest) ?? new Set();
    given.set(digest, peers.add(peer));
    if (this.#isEnough(block)) this.#open.delete(block);
    const others = [...given.values()].filter((each) => each !== peers);
    return others.every((each) => this.#weight(each) < this.#weight(peers));
  }

  /** The blocks that need a vote of this peer. */
  *openFor(peer: object): Generator<number> {
    const given = this.#givenBy.get(peer);
    for (const block of this.#open) if (given?.has(block) !== true) yield block;
  }

  /** The bytes that most peers agree on were wrong together: more peers are doubted, or more must agree. */
  doubt(): void {
    const doubted = this.#contradicted();
    if (doubted.size > this.#doubted.size) this.#doubted = doubted;
    else this.#agreement++;
    this.#reopen();
  }

  #contradicted(): ReadonlySet<object> {
    const balance = new Map<object, number>();
    for (const given of this.#given.values()) {
      const most = Math.max(...[...given.values()].map((peers) => this.#weight(peers)));
      for (const peers of given.values()) {
        const score = given.size === 1 || this.#weight(peers) === most ? 1 : -1;
        for (const peer of peers) balance.set(peer, (balance.get(peer) ?? 0) + score);
      }
    }
    return new Set([...balance].flatMap(([peer, score]) => (score < 0 ? [peer] : [])));
  }

  #reopen(): void {
    for (let block = this.#blockCount - 1; block >= 0; block--)
      if (!this.#isEnough(block)) this.#open.add(block);
  }

  #isEnough(block: number): boolean {
    const given = this.#given.get(block) ?? new Map<string, Set<object>>();
    const weights = [...given.values()].map((peers) => this.#weight(peers));
    return countOf(given) >= mostVotes || Math.max(...weights) >= this.#agreement;
  }

  #weight(peers: ReadonlySet<object>): number {
    let weight = 0;
    for (const peer of peers) if (!this.#doubted.has(peer)) weight++;
    return weight;
  }
}

function countOf(given: ReadonlyMap<string, ReadonlySet<object>>): number {
  return given.values().reduce((total, { size }) => total + size, 0);
}
