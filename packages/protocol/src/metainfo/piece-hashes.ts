// Imports nothing: threads that check files load this module alone.

/** The algorithm of piece hashes, by its name in node:crypto. */
export type HashAlgorithm = "sha1";

const digestLengths: Readonly<Record<HashAlgorithm, number>> = { sha1: 20 };

/** @returns Bytes of a digest. */
export function digestLength(algorithm: HashAlgorithm): number {
  return digestLengths[algorithm];
}

/** The hashes of the pieces of a torrent. Pieces on their way, on disk and from load peers are judged by them alone. */
export class PieceHashes {
  readonly algorithm: HashAlgorithm;
  /** Bytes of each hash. */
  readonly digestBytes: number;
  /** The hashes in the order of the pieces, end to end. Often shared memory. */
  readonly bytes: Uint8Array;

  /** @param bytes Kept: must not change. Another thread makes an equal value from the algorithm and these bytes. */
  constructor(algorithm: HashAlgorithm, bytes: Uint8Array) {
    this.algorithm = algorithm;
    this.digestBytes = digestLength(algorithm);
    this.bytes = bytes;
  }

  /**
   * Compares in place: no object is made for a piece.
   *
   * @param digests Holds the digest of the piece at `at`.
   */
  matches(piece: number, digests: Uint8Array, at = 0): boolean {
    const { bytes, digestBytes } = this;
    const from = piece * digestBytes;
    if (from + digestBytes > bytes.length) return false;
    for (let byte = 0; byte < digestBytes; byte++) {
      if (digests[at + byte] !== bytes[from + byte]) return false;
    }
    return true;
  }

  /** @returns A copy of the hashes of the pieces from `first` to before `end`, for another thread. */
  copy(first: number, end: number): Uint8Array {
    return this.bytes.slice(first * this.digestBytes, end * this.digestBytes);
  }
}
