// Content of any length out of one small buffer: piece `i` is the window of the buffer that begins at
// `(i mod period) × stride`. The period is a prime number, so that no power of two between two pieces makes them equal; the
// stride is a prime number above the length of a block, so that no two blocks of the period are equal.

import { copyBytes, sha1 } from "@troupe/protocol/bytes";
import {
  makeGeometry,
  pieceAt,
  pieceLength,
  pieceStart,
  type Geometry,
} from "@troupe/protocol/metainfo";
import { digestPiece, type DigestRule } from "@troupe/protocol/piece-digest";
import type { PeerContent } from "./peer-content.ts";
import { primeAtMost } from "./prime-at-most.ts";

/** Bytes that are hashed for all pieces of a torrent, at most; but three pieces always differ. */
const hashedBytes = 268_435_456;
const mostDifferentPieces = 1_021;
const fewestDifferentPieces = 3;
const strideBytes = 16_411;
/** Longest piece of a pattern: the buffer of the content has this length and at most 16 MiB more. */
export const maxPatternPieceBytes: number = 33_554_432;

const version1: DigestRule = { algorithm: "sha1", pieceLayer: 0 };

/** Sizes of a content. */
export interface PatternSizes {
  /** 1 to 2⁵³ − 1. */
  readonly lengthBytes: number;
  /** 1 to 32 MiB. */
  readonly pieceLengthBytes: number;
}

/** Content that is the same for the same sizes, on every machine. */
interface PatternContent extends PeerContent {
  /** Pieces that differ; piece `i` and piece `i + period` are equal, but for the last. */
  readonly period: number;
  readonly pieceCount: number;
  /** A view of the bytes at `position`, which end within a piece; never written to. */
  read(position: number, lengthBytes: number): Uint8Array;
  /** @returns The SHA-1 of the piece. */
  pieceHash(piece: number): Uint8Array;
  /** @returns The digest of the piece by a rule; kept for the pieces that are equal, so that a content has one rule. */
  pieceDigest(rule: DigestRule, piece: number): Uint8Array;
}

/**
 * Makes a content, with a buffer of at most 48 MiB.
 * @throws RangeError for sizes outside the bounds.
 */
export function patternContent({ lengthBytes, pieceLengthBytes }: PatternSizes): PatternContent {
  const isSound =
    Number.isSafeInteger(lengthBytes) &&
    lengthBytes > 0 &&
    Number.isSafeInteger(pieceLengthBytes) &&
    pieceLengthBytes > 0 &&
    pieceLengthBytes <= maxPatternPieceBytes;
  if (!isSound) {
    throw new RangeError(
      `cannot make a pattern of ${lengthBytes} bytes in pieces of ${pieceLengthBytes}: a piece has 1 to ${maxPatternPieceBytes} bytes`,
    );
  }
  return new Pattern(lengthBytes, pieceLengthBytes);
}

class Pattern implements PatternContent {
  readonly period: number;
  readonly pieceCount: number;
  readonly #geometry: Geometry;
  readonly #bytes: Buffer;
  readonly #hashes = new Map<number, Uint8Array>();

  constructor(lengthBytes: number, pieceLengthBytes: number) {
    const affordable = Math.max(fewestDifferentPieces, hashedBytes / pieceLengthBytes);
    this.period = primeAtMost(Math.min(mostDifferentPieces, affordable));
    this.#geometry = makeGeometry(lengthBytes, pieceLengthBytes);
    this.pieceCount = this.#geometry.pieceCount;
    const windows = Math.min(this.period, this.pieceCount);
    this.#bytes = noise((windows - 1) * strideBytes + pieceLengthBytes);
  }

  read(position: number, lengthBytes: number): Uint8Array {
    const at = this.#place(position);
    return this.#bytes.subarray(at, at + lengthBytes);
  }

  equals(position: number, chunk: Uint8Array, start: number, end: number): boolean {
    const at = this.#place(position);
    return this.#bytes.compare(chunk, start, end, at, at + end - start) === 0;
  }

  copyTo(position: number, lengthBytes: number, target: Uint8Array, at: number): void {
    const from = this.#place(position);
    copyBytes(this.#bytes, from, from + lengthBytes, target, at);
  }

  pieceHash(piece: number): Uint8Array {
    return this.pieceDigest(version1, piece);
  }

  pieceDigest(rule: DigestRule, piece: number): Uint8Array {
    const lengthBytes = pieceLength(this.#geometry, piece);
    // The last piece may be shorter, and then has a hash of its own.
    const key = lengthBytes === this.#geometry.pieceLengthBytes ? piece % this.period : -1;
    const known = this.#hashes.get(key);
    if (known !== undefined) return known;
    const bytes = this.read(pieceStart(this.#geometry, piece), lengthBytes);
    const hash = digestPiece(rule, bytes, lengthBytes, sha1);
    this.#hashes.set(key, hash);
    return hash;
  }

  close(): void {}

  #place(position: number): number {
    const piece = pieceAt(this.#geometry, position);
    const begin = position - pieceStart(this.#geometry, piece);
    return (piece % this.period) * strideBytes + begin;
  }
}

/** Bytes of a xorshift generator, always the same. */
function noise(lengthBytes: number): Buffer {
  const words = new Uint32Array(Math.ceil(lengthBytes / 4));
  let word = 0x9e3779b9;
  for (let at = 0; at < words.length; at++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    words[at] = word;
  }
  return Buffer.from(words.buffer, 0, lengthBytes);
}
