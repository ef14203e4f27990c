// Failed attempts, as block digests, until another attempt passes and shows whose blocks were wrong. Contributing to a
// failed attempt is not enough for a ban: such peers are asked last for that piece.

import { LazyMap } from "@troupe/actor-runtime";
import type { PieceIndex } from "@troupe/protocol/units";

/** Attempts kept per torrent. Beyond it the oldest goes, with the proof that it could give. */
export const failedAttemptsLimit = 256;
/** Bytes of all failed attempts: three attempts of the longest pieces. */
export const failedAttemptsBytesLimit = 1024 * 1024;
const contributorBytes = 256;

/** A peer as it was when it sent blocks. */
export interface Contributor {
  readonly host: string;
  readonly port: number;
  /** Latin-1 text of the 20 bytes. */
  readonly peerId: string;
}

/** The contributors of an attempt. */
export interface AttemptOrigin {
  /** Undefined: no longer known. */
  readonly contributors: readonly (Contributor | undefined)[];
  /** Per block the index of its contributor; undefined when the first sent all. */
  readonly blockContributors: Uint8Array | undefined;
}

interface FailedAttempt extends AttemptOrigin {
  /** A digest per block. */
  readonly digests: Uint8Array;
  /** A contributor is proven to lie, so the attempt says nothing against the others. */
  isExplained: boolean;
}

interface FailedPiece {
  readonly attempts: FailedAttempt[];
  /** Unexplained attempts per {@link contributorKey}. */
  readonly suspicions: Map<string, number>;
  failedAtMs: number;
}

/** The failed attempts of a torrent. */
export class FailedAttempts {
  readonly #pieces = new LazyMap<PieceIndex, FailedPiece>();
  readonly #digestBytes: number;
  #count = 0;
  #bytes = 0;

  /** @param digestBytes Length of each digest. */
  constructor(digestBytes: number) {
    this.#digestBytes = digestBytes;
  }

  get isEmpty(): boolean {
    return this.#pieces.size === 0;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(piece: PieceIndex): boolean {
    return this.#pieces.has(piece);
  }

  /** Whether a failed attempt is unexplained. */
  isOnParole(piece: PieceIndex): boolean {
    return this.#pieces.get(piece)?.attempts.some(({ isExplained }) => !isExplained) === true;
  }

  /** With the time of the last failure. */
  *pieces(): Generator<readonly [PieceIndex, number]> {
    for (const [piece, { failedAtMs }] of this.#pieces) yield [piece, failedAtMs];
  }

  /** Unexplained failed attempts that a peer contributed to. @param key {@link contributorKey} */
  suspicionOf(piece: PieceIndex, key: string): number {
    return this.#pieces.get(piece)?.suspicions.get(key) ?? 0;
  }

  /**
   * Keeps a failed attempt, unless a single peer sent all of it.
   *
   * @param digests One per block. Kept: must not change.
   * @returns Proven liars: the only contributor, or peers that have now sent two versions of a block.
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
    const liars = known.attempts.flatMap((earlier) =>
      contradictions(earlier, attempt, this.#digestBytes),
    );
    known.attempts.push(attempt);
    known.failedAtMs = nowMs;
    // Moves the piece to the end: forgotten last.
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
   * Forgets the failed attempts of a piece that has passed.
   *
   * @param digests One per block, of the right data.
   * @returns Peers that sent other data for a block.
   */
  recordPassed(piece: PieceIndex, digests: Uint8Array): readonly Contributor[] {
    const known = this.#pieces.get(piece);
    if (known === undefined) return [];
    this.#pieces.delete(piece);
    for (const attempt of known.attempts) this.#uncount(attempt);
    return distinct(
      known.attempts.flatMap((attempt) => liarsOf(attempt, digests, this.#digestBytes)),
    );
  }

  /** A proven liar explains the attempts that it contributed to. */
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

/** @returns Undefined if several peers sent blocks, or any is unknown. */
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

/** Peers that sent different data for a block in two attempts. */
function contradictions(
  earlier: FailedAttempt,
  attempt: FailedAttempt,
  digestBytes: number,
): Contributor[] {
  const liars: Contributor[] = [];
  for (let block = 0; block * digestBytes < attempt.digests.length; block++) {
    const before = giverOf(earlier, block);
    const now = giverOf(attempt, block);
    if (before === undefined || now === undefined) continue;
    if (
      isAlike(earlier.digests, attempt.digests, block * digestBytes, digestBytes) ||
      contributorKey(before) !== contributorKey(now)
    )
      continue;
    liars.push(now);
  }
  return liars;
}

function liarsOf(attempt: FailedAttempt, digests: Uint8Array, digestBytes: number): Contributor[] {
  const liars: Contributor[] = [];
  for (let block = 0; block * digestBytes < digests.length; block++) {
    const giver = giverOf(attempt, block);
    if (giver === undefined) continue;
    if (!isAlike(attempt.digests, digests, block * digestBytes, digestBytes)) liars.push(giver);
  }
  return liars;
}

/** Compares a digest that lies at `from` in both. */
export function isAlike(
  some: Uint8Array,
  others: Uint8Array,
  from: number,
  digestBytes: number,
): boolean {
  for (let at = from; at < from + digestBytes; at++) {
    if (some[at] !== others[at]) return false;
  }
  return true;
}

function distinct(peers: readonly (Contributor | undefined)[]): Contributor[] {
  const byKey = new Map<string, Contributor>();
  for (const peer of peers) if (peer !== undefined) byKey.set(contributorKey(peer), peer);
  return [...byKey.values()];
}

/** The peer id counts too: another peer may have taken over the address. */
export function contributorKey({ host, port, peerId }: Contributor): string {
  return `${host} ${port} ${peerId}`;
}

function bytesOf({ contributors, blockContributors, digests }: FailedAttempt): number {
  return digests.length + (blockContributors?.length ?? 0) + contributors.length * contributorBytes;
}
