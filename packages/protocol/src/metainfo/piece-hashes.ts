// The hashes of pieces. This module imports nothing: threads that judge pieces load it without the reading of a .torrent.

/**
 * Algorithms of piece hashes: `sha1` of version 1, padding included; `merkle`: the node of the piece in the tree of its file
 * (BEP 52), padding left out; `hybrid`: both, the node first.
 */
export type HashAlgorithm = "sha1" | "merkle" | "hybrid";

/** Bytes of a node of version 2, with which the hashes of its pieces begin. */
const nodeBytes = 32;

const digestLengths: Readonly<Record<HashAlgorithm, number>> = { sha1: 20, merkle: 32, hybrid: 52 };

/** @returns Bytes of a digest. */
export function digestLength(algorithm: HashAlgorithm): number {
  return digestLengths[algorithm];
}

/** The hashes of the pieces of a torrent. Pieces on their way, on disk and from load peers are judged by them alone. */
export class PieceHashes {
  readonly algorithm: HashAlgorithm;
  /** Layer of the nodes of pieces in the trees of version 2; 0 for `sha1`. */
  readonly pieceLayer: number;
  /** Bytes of each hash. */
  readonly digestBytes: number;
  /** The hashes in the order of the pieces, end to end. Often shared memory. */
  readonly bytes: Uint8Array;

  /** @param bytes Kept: must not change. Another thread makes an equal value from these values. */
  constructor(algorithm: HashAlgorithm, bytes: Uint8Array, pieceLayer = 0) {
    this.algorithm = algorithm;
    this.pieceLayer = pieceLayer;
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
    const begin = this.algorithm === "hybrid" && !this.isNodeKnown(piece) ? nodeBytes : 0;
    for (let byte = begin; byte < digestBytes; byte++) {
      if (digests[at + byte] !== bytes[from + byte]) return false;
    }
    return true;
  }

  /** Whether a piece can be judged: that of a hybrid is judged by its SHA-1 alone until its node is known. */
  isKnown(piece: number): boolean {
    return this.algorithm !== "merkle" || this.isNodeKnown(piece);
  }

  /** Whether the node of a piece of version 2 is there: the layer of its file may come later. */
  isNodeKnown(piece: number): boolean {
    const from = piece * this.digestBytes;
    for (let byte = from; byte < from + nodeBytes; byte++) if (this.bytes[byte] !== 0) return true;
    return false;
  }

  /** Whether the nodes of all pieces of version 2 are there. */
  get areNodesKnown(): boolean {
    const pieceCount = this.bytes.length / this.digestBytes;
    for (let piece = 0; piece < pieceCount; piece++) if (!this.isNodeKnown(piece)) return false;
    return true;
  }

  /**
   * @param digests Holds the digest of the piece at `at`.
   * @returns Whether the torrent is a hybrid whose version 2 takes the piece, whatever version 1 says.
   */
  matchesNode(piece: number, digests: Uint8Array, at = 0): boolean {
    if (this.algorithm !== "hybrid") return false;
    const from = piece * this.digestBytes;
    for (let byte = 0; byte < nodeBytes; byte++)
      if (digests[at + byte] !== this.bytes[from + byte]) return false;
    return true;
  }

  /** @returns A copy of the hashes of the pieces from `first` to before `end`, for another thread. */
  copy(first: number, end: number): Uint8Array {
    return this.bytes.slice(first * this.digestBytes, end * this.digestBytes);
  }
}
