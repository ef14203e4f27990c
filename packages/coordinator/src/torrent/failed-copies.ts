// Copies of pieces that failed their hash, as digests of their blocks, until a copy passes and shows who lied. Peers
// that only took part in a failure are suspects: they are asked last for such a piece, and are never banned for it.

import type { PieceIndex } from "@troupe/protocol";

/** Copies kept of one torrent at most; beyond it the oldest is forgotten, and with it what it could prove. */
export const failedCopiesLimit = 256;
/** The same in bytes: three copies of the longest pieces. */
export const failedCopiesBytesLimit = 1024 * 1024;
const digestBytes = 20;
/** What a contributor is reckoned to take. */
const contributorBytes = 256;

/** A peer as the roll knew it; it may be gone. */
export interface Contributor {
  readonly host: string;
  readonly port: number;
  /** Latin-1 text of the 20 bytes. */
  readonly peerId: string;
}

/** Whose blocks a whole copy of a piece is made of. */
export interface CopyOrigin {
  /** Undefined stands for one that cannot be told any more. */
  readonly contributors: readonly (Contributor | undefined)[];
  /** One byte a block, the place of its contributor; undefined when the first gave all. */
  readonly givenBy: Uint8Array | undefined;
}

/** One that failed. */
interface FailedCopy extends CopyOrigin {
  /** Of each block 20 bytes. */
  readonly digests: Uint8Array;
  /** One of its contributors has been proven to lie: it says nothing against the others. */
  isExplained: boolean;
}

interface FailedPiece {
  readonly copies: FailedCopy[];
  /** Copies that nobody explains, by the key of each peer that took part. */
  readonly parts: Map<string, number>;
  failedAtMs: number;
}

/** The failed copies of one torrent. */
export class FailedCopies {
  readonly #pieces = new Map<PieceIndex, FailedPiece>();
  #count = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#pieces.size === 0;
  }

  /** Copies kept. */
  get count(): number {
    return this.#count;
  }

  /** Memory that they are reckoned to take. */
  get bytes(): number {
    return this.#bytes;
  }

  has(piece: PieceIndex): boolean {
    return this.#pieces.has(piece);
  }

  /** Whether a copy has failed that nobody explains: it is not known whom to ask for the piece. */
  isOnParole(piece: PieceIndex): boolean {
    return this.#pieces.get(piece)?.copies.some(({ isExplained }) => !isExplained) === true;
  }

  /** Pieces of which a copy is kept, and when the last one failed. */
  *pieces(): Generator<readonly [PieceIndex, number]> {
    for (const [piece, { failedAtMs }] of this.#pieces) yield [piece, failedAtMs];
  }

  /** Failed copies of a piece, explained by nobody, that a peer took part in. @param key {@link keyOf} the peer. */
  suspicionOf(piece: PieceIndex, key: string): number {
    return this.#pieces.get(piece)?.parts.get(key) ?? 0;
  }

  /**
   * Keeps a copy that failed, unless one peer gave it all: that is the liar then.
   *
   * @param digests 20 bytes a block. Kept: must not change.
   * @returns Whoever is proven by it: the only contributor, or those who have now given two versions of a block.
   */
  failed(
    piece: PieceIndex,
    origin: CopyOrigin,
    digests: Uint8Array,
    nowMs: number,
  ): readonly Contributor[] {
    const only = onlyContributor(origin);
    if (only !== undefined) return [only];
    const copy: FailedCopy = { ...origin, digests, isExplained: false };
    const known: FailedPiece = this.#pieces.get(piece) ?? {
      copies: [],
      parts: new Map(),
      failedAtMs: nowMs,
    };
    const liars = known.copies.flatMap((earlier) => contradictions(earlier, copy));
    known.copies.push(copy);
    known.failedAtMs = nowMs;
    // The one that failed last is forgotten last.
    this.#pieces.delete(piece);
    this.#pieces.set(piece, known);
    this.#count++;
    this.#bytes += bytesOf(copy);
    countParts(known, copy, 1);
    while (this.#count > failedCopiesLimit || this.#bytes > failedCopiesBytesLimit) {
      this.#forgetOldest();
    }
    return distinct(liars);
  }

  /**
   * A copy has passed: the failed ones of its piece are forgotten.
   *
   * @param digests Of each block 20 bytes, those of the torrent's own.
   * @returns Whoever gave another block in a failed copy.
   */
  passed(piece: PieceIndex, digests: Uint8Array): readonly Contributor[] {
    const known = this.#pieces.get(piece);
    if (known === undefined) return [];
    this.#pieces.delete(piece);
    for (const copy of known.copies) this.#uncount(copy);
    return distinct(known.copies.flatMap((copy) => liarsOf(copy, digests)));
  }

  /** This peer is proven to lie: the failures that it took part in are its own. */
  explain(liar: Contributor): void {
    const key = keyOf(liar);
    for (const known of this.#pieces.values()) {
      if (!known.parts.has(key)) continue;
      for (const copy of known.copies) {
        if (copy.isExplained || !isPartOf(copy, key)) continue;
        countParts(known, copy, -1);
        copy.isExplained = true;
      }
    }
  }

  #forgetOldest(): void {
    for (const [piece, known] of this.#pieces) {
      const copy = known.copies.shift();
      if (known.copies.length === 0) this.#pieces.delete(piece);
      if (copy === undefined) return;
      if (!copy.isExplained) countParts(known, copy, -1);
      this.#uncount(copy);
      return;
    }
  }

  #uncount(copy: FailedCopy): void {
    this.#count--;
    this.#bytes -= bytesOf(copy);
  }
}

function isPartOf({ contributors }: FailedCopy, key: string): boolean {
  return contributors.some((peer) => peer !== undefined && keyOf(peer) === key);
}

function countParts({ parts }: FailedPiece, { contributors }: FailedCopy, by: 1 | -1): void {
  for (const peer of distinct(contributors)) {
    const key = keyOf(peer);
    const copies = (parts.get(key) ?? 0) + by;
    if (copies > 0) parts.set(key, copies);
    else parts.delete(key);
  }
}

/** @returns The one peer that gave all blocks; undefined when there were several, or one cannot be told. */
function onlyContributor({ contributors, givenBy }: CopyOrigin): Contributor | undefined {
  const [first] = contributors;
  const givers = givenBy === undefined ? [first] : [...givenBy].map((place) => contributors[place]);
  if (first === undefined || givers.includes(undefined)) return undefined;
  return distinct(givers).length === 1 ? givers[0] : undefined;
}

function giverOf({ contributors, givenBy }: CopyOrigin, block: number): Contributor | undefined {
  return contributors[givenBy === undefined ? 0 : (givenBy[block] ?? 0)];
}

/** Who gave one block in two copies, and not the same bytes. */
function contradictions(earlier: FailedCopy, copy: FailedCopy): Contributor[] {
  const liars: Contributor[] = [];
  for (let block = 0; block * digestBytes < copy.digests.length; block++) {
    const before = giverOf(earlier, block);
    const now = giverOf(copy, block);
    if (before === undefined || now === undefined) continue;
    if (isAlike(earlier.digests, copy.digests, block) || keyOf(before) !== keyOf(now)) continue;
    liars.push(now);
  }
  return liars;
}

function liarsOf(copy: FailedCopy, digests: Uint8Array): Contributor[] {
  const liars: Contributor[] = [];
  for (let block = 0; block * digestBytes < digests.length; block++) {
    const giver = giverOf(copy, block);
    if (giver !== undefined && !isAlike(copy.digests, digests, block)) liars.push(giver);
  }
  return liars;
}

function isAlike(some: Uint8Array, others: Uint8Array, block: number): boolean {
  for (let at = block * digestBytes; at < (block + 1) * digestBytes; at++) {
    if (some[at] !== others[at]) return false;
  }
  return true;
}

function distinct(peers: readonly (Contributor | undefined)[]): Contributor[] {
  const byKey = new Map<string, Contributor>();
  for (const peer of peers) if (peer !== undefined) byKey.set(keyOf(peer), peer);
  return [...byKey.values()];
}

/** What a peer is known by: two of one address with different ids are told apart, the earlier one may have left it. */
export function keyOf({ host, port, peerId }: Contributor): string {
  return `${host} ${port} ${peerId}`;
}

function bytesOf({ contributors, givenBy, digests }: FailedCopy): number {
  return digests.length + (givenBy?.length ?? 0) + contributors.length * contributorBytes;
}
