import { type RunningHash, startSha1 } from "@troupe/protocol/bytes";
import type { PieceHashes } from "@troupe/protocol/metainfo";

/** The hash of a piece whose blocks come in order; of any other piece nothing is known. */
export interface HashedPiece {
  push(begin: number, bytes: Uint8Array): void;
  /** @returns Whether all blocks came in order and their hash is another. */
  isWrong(): boolean;
}

/** Begins the hash of a piece. @returns Undefined for version 2, whose nodes leave out padding that load peers take. */
export function startPiece(pieceHashes: PieceHashes, piece: number): HashedPiece | undefined {
  return pieceHashes.algorithm === "sha1" ? new RunningPiece(pieceHashes, piece) : undefined;
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
    this.#hash = startSha1();
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
