import { type RunningHash, startSha1 } from "@troupe/protocol/bytes";
import type { HashAlgorithm, PieceHashes } from "@troupe/protocol/metainfo";

const starters: Readonly<Record<HashAlgorithm, () => RunningHash>> = { sha1: startSha1 };

/** The hash of a piece whose blocks come in order; of any other piece nothing is known. */
export interface HashedPiece {
  push(begin: number, bytes: Uint8Array): void;
  /** @returns Whether all blocks came in order and their hash is another. */
  isWrong(): boolean;
}

/** Begins the hash of a piece. */
export function startPiece(pieceHashes: PieceHashes, piece: number): HashedPiece {
  return new RunningPiece(pieceHashes, piece);
}

class RunningPiece implements HashedPiece {
  readonly #pieceHashes: PieceHashes;
  readonly #piece: number;
  /** Undefined after a block out of order. */
  #hash: RunningHash | undefined;
  #hashedBytes = 0;

  constructor(pieceHashes: PieceHashes, piece: number) {
    this.#pieceHashes = pieceHashes;
    this.#piece = piece;
    this.#hash = starters[pieceHashes.algorithm]();
  }

  push(begin: number, bytes: Uint8Array): void {
    if (begin !== this.#hashedBytes) this.#hash = undefined;
    this.#hash?.update(bytes);
    this.#hashedBytes += bytes.length;
  }

  isWrong(): boolean {
    const digest = this.#hash?.digest();
    return digest !== undefined && !this.#pieceHashes.matches(this.#piece, digest);
  }
}
