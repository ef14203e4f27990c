// Copies of pieces that failed their hash, as digests of their blocks, until a copy passes and shows who lied. Peers
// that only took part in a failure are suspects: they are asked last for such a piece, and are never banned for it.

import type { PieceIndex } from "@troupe/protocol";

/** Copies kept of one torrent at most; beyond it the oldest is forgotten, and with it what it could prove. */
export const failedAttemptsLimit = 256;
/** The same in bytes: three copies of the longest pieces. */
export const failedAttemptsBytesLimit = 1024 * 1024;
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
export interface AttemptOrigin {
  /** Undefined stands for one that cannot be told any more. */
  readonly contributors: readonly (Contributor | undefined)[];
  /** One byte a block, the place of its contributor; undefined when the first gave all. */
  readonly blockContributors: Uint8Array | undefined;
}

/** One that failed. */
interface FailedAttempt extends AttemptOrigin {
  /** Of each block 20 bytes. */
  readonly digests: Uint8Array;
  /** One of its contributors has been proven to lie: it says nothing against the others. */
  isExplained: boolean;
}

interface FailedPiece {
  readonly attempts: FailedAttempt[];
  /** Copies that nobody explains, by the key of each peer that took part. */
  readonly suspicions: Map<string, number>;
  failedAtMs: number;
}

/** The failed attempts of one torrent. */
export class FailedAttempts {
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
    return this.#pieces.get(piece)?.attempts.some(({ isExplained }) => !isExplained) === true;
  }

  /** Pieces of which a copy is kept, and when the last one failed. */
  *pieces(): Generator<readonly [PieceIndex, number]> {
    for (const [piece, { failedAtMs }] of this.#pieces) yield [piece, failedAtMs];
  }

  /** Failed attempts of a piece, explained by nobody, that a peer took part in. @param key {@link contributorKey} the peer. */
  suspicionOf(piece: PieceIndex, key: string): number {
    return this.#pieces.get(piece)?.suspicions.get(key) ?? 0;
  }

  /**
   * Keeps a copy that failed, unless one peer gave it all: that is the liar then.
   *
   * @param digests 20 bytes a block. Kept: must not change.
   * @returns Whoever is proven by it: the only contributor, or those who have now given two versions of a block.
   */
  recordFailed(
    piece: PieceIndex,
    origin: AttemptOrigin,
    digests: Uint8Array,
    nowMs: number,
  ): readonly Contributor[] {
    const only = onlyContributor(origin);
    if (only !== undefined) return [only];
    const attempt: FailedAttempt = { ...origin, digests, isExplained: false };
    const known: FailedPiece = this.#pieces.get(piece) ?? {
      attempts: [],
      suspicions: new Map(),
      failedAtMs: nowMs,
    };
    const liars = known.attempts.flatMap((earlier) => contradictions(earlier, attempt));
    known.attempts.push(attempt);
    known.failedAtMs = nowMs;
    // The one that failed last is forgotten last.
    this.#pieces.delete(piece);
    this.#pieces.set(piece, known);
    this.#count++;
    this.#bytes += bytesOf(attempt);
    countSuspicions(known, attempt, 1);
    while (this.#count > failedAttemptsLimit || this.#bytes > failedAttemptsBytesLimit) {
      this.#forgetOldest();
    }
    return distinct(liars);
  }

  /**
   * A copy has passed: the failed ones of its piece are forgotten.
   *
   * @param digests Of each block 20 bytes, those of the torrent's own.
   * @returns Whoever gave another block in a failed attempt.
   */
  recordPassed(piece: PieceIndex, digests: Uint8Array): readonly Contributor[] {
    const known = this.#pieces.get(piece);
    if (known === undefined) return [];
    this.#pieces.delete(piece);
    for (const attempt of known.attempts) this.#uncount(attempt);
    return distinct(known.attempts.flatMap((attempt) => liarsOf(attempt, digests)));
  }

  /** This peer is proven to lie: the failures that it took part in are its own. */
  explain(liar: Contributor): void {
    const key = contributorKey(liar);
    for (const known of this.#pieces.values()) {
      if (!known.suspicions.has(key)) continue;
      for (const attempt of known.attempts) {
        if (attempt.isExplained || !isContributor(attempt, key)) continue;
        countSuspicions(known, attempt, -1);
        attempt.isExplained = true;
      }
    }
  }

  #forgetOldest(): void {
    for (const [piece, known] of this.#pieces) {
      const attempt = known.attempts.shift();
      if (known.attempts.length === 0) this.#pieces.delete(piece);
      if (attempt === undefined) return;
      if (!attempt.isExplained) countSuspicions(known, attempt, -1);
      this.#uncount(attempt);
      return;
    }
  }

  #uncount(attempt: FailedAttempt): void {
    this.#count--;
    this.#bytes -= bytesOf(attempt);
  }
}

function isContributor({ contributors }: FailedAttempt, key: string): boolean {
  return contributors.some((peer) => peer !== undefined && contributorKey(peer) === key);
}

function countSuspicions(
  { suspicions }: FailedPiece,
  { contributors }: FailedAttempt,
  by: 1 | -1,
): void {
  for (const peer of distinct(contributors)) {
    const key = contributorKey(peer);
    const attempts = (suspicions.get(key) ?? 0) + by;
    if (attempts > 0) suspicions.set(key, attempts);
    else suspicions.delete(key);
  }
}

/** @returns The one peer that gave all blocks; undefined when there were several, or one cannot be told. */
function onlyContributor({
  contributors,
  blockContributors,
}: AttemptOrigin): Contributor | undefined {
  const [first] = contributors;
  const senders =
    blockContributors === undefined
      ? [first]
      : [...blockContributors].map((index) => contributors[index]);
  if (first === undefined || senders.includes(undefined)) return undefined;
  return distinct(senders).length === 1 ? senders[0] : undefined;
}

function giverOf(
  { contributors, blockContributors }: AttemptOrigin,
  block: number,
): Contributor | undefined {
  return contributors[blockContributors === undefined ? 0 : (blockContributors[block] ?? 0)];
}

/** Who gave one block in two copies, and not the same bytes. */
function contradictions(earlier: FailedAttempt, attempt: FailedAttempt): Contributor[] {
  const liars: Contributor[] = [];
  for (let block = 0; block * digestBytes < attempt.digests.length; block++) {
    const before = giverOf(earlier, block);
    const now = giverOf(attempt, block);
    if (before === undefined || now === undefined) continue;
    if (
      isAlike(earlier.digests, attempt.digests, block) ||
      contributorKey(before) !== contributorKey(now)
    )
      continue;
    liars.push(now);
  }
  return liars;
}

function liarsOf(attempt: FailedAttempt, digests: Uint8Array): Contributor[] {
  const liars: Contributor[] = [];
  for (let block = 0; block * digestBytes < digests.length; block++) {
    const giver = giverOf(attempt, block);
    if (giver !== undefined && !isAlike(attempt.digests, digests, block)) liars.push(giver);
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
  for (const peer of peers) if (peer !== undefined) byKey.set(contributorKey(peer), peer);
  return [...byKey.values()];
}

/** What a peer is known by: two of one address with different ids are told apart, the earlier one may have left it. */
export function contributorKey({ host, port, peerId }: Contributor): string {
  return `${host} ${port} ${peerId}`;
}

function bytesOf({ contributors, blockContributors, digests }: FailedAttempt): number {
  return digests.length + (blockContributors?.length ?? 0) + contributors.length * contributorBytes;
}
