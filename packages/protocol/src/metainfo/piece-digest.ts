// The digest of a piece by each algorithm of piece hashes.

import type { RunningHash } from "../bytes/sha1.ts";
import { sha256 } from "../bytes/sha256.ts";
import { PieceRoot, pieceRoot } from "../merkle/piece-root.ts";
import { blockLengthBytes } from "../units.ts";
import { digestLength, type HashAlgorithm } from "./piece-hashes.ts";

export { digestLength } from "./piece-hashes.ts";

/** Algorithm of pieces of one torrent. */
export interface DigestRule {
  readonly algorithm: HashAlgorithm;
  /** Layer of the nodes of pieces; 0 for `sha1`. Undefined: the root of a piece's own blocks, as creation wants it. */
  readonly pieceLayer: number | undefined;
}

/** A digest of bytes that come in order: whole blocks, but for the last of the piece. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  /** Ends it. @returns A digest of {@link digestLength} bytes. */
  digest(): Uint8Array;
}

/**
 * Begins the digest of a piece.
 *
 * @param dataBytes Bytes without the padding at the end of the piece. Nodes leave padding out, SHA-1 takes it.
 * @param startSha1 Gives the SHA-1 of the host.
 */
export function startDigest(
  { algorithm, pieceLayer }: DigestRule,
  dataBytes: number,
  startSha1: () => RunningHash,
): RunningDigest {
  const root = algorithm === "sha1" ? undefined : new PieceRoot(pieceLayer, dataBytes);
  const sha1 = algorithm === "merkle" ? undefined : startSha1();
  let left = dataBytes;
  return {
    update(bytes) {
      sha1?.update(bytes);
      if (root !== undefined && left > 0) root.update(bytes.subarray(0, left));
      left = Math.max(0, left - bytes.length);
    },
    digest() {
      const digest = new Uint8Array(digestLength(algorithm));
      if (root !== undefined) digest.set(root.digest());
      if (sha1 !== undefined) digest.set(sha1.digest(), root === undefined ? 0 : nodeLength);
      return digest;
    },
  };
}

const nodeLength: number = digestLength("merkle");

/**
 * @param bytes A whole piece, with its padding.
 * @param dataBytes Bytes without the padding at its end.
 * @returns The digest of the piece.
 */
export function digestPiece(
  rule: DigestRule,
  bytes: Uint8Array,
  dataBytes: number,
  sha1: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  if (rule.algorithm === "sha1") return sha1(bytes);
  const digest = new Uint8Array(digestLength(rule.algorithm));
  digest.set(pieceRoot(bytes.subarray(0, dataBytes), rule.pieceLayer));
  if (rule.algorithm === "hybrid") digest.set(sha1(bytes), nodeLength);
  return digest;
}

/** @returns Bytes of {@link blockDigests} of a piece. @param dataBytes Bytes without padding. */
export function blockDigestsLength(algorithm: HashAlgorithm, dataBytes: number): number {
  return Math.ceil(dataBytes / blockLengthBytes) * blockDigestLength(algorithm);
}

/** @returns Bytes of the digest of a block. */
export function blockDigestLength(algorithm: HashAlgorithm): number {
  return algorithm === "sha1" ? digestLength("sha1") : nodeLength;
}

/**
 * @param data A piece without padding.
 * @param sha1 Gives the SHA-1 of a block.
 * @returns A digest a block, end to end: its leaf, or its SHA-1 in version 1.
 */
export function blockDigests(
  data: Uint8Array,
  algorithm: HashAlgorithm,
  sha1: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const hash = algorithm === "sha1" ? sha1 : sha256;
  const bytes = blockDigestLength(algorithm);
  const digests = new Uint8Array(blockDigestsLength(algorithm, data.length));
  for (let begin = 0, to = 0; begin < data.length; begin += blockLengthBytes, to += bytes)
    digests.set(hash(data.subarray(begin, begin + blockLengthBytes)), to);
  return digests;
}
