import { type RunningHash, startSha1 } from "@troupe/protocol/bytes";

const hashBytes = 20;

/** The hash of a piece whose blocks come in order; of any other piece nothing is known. */
export interface HashedPiece {
  push(begin: number, bytes: Uint8Array): void;
  /** @returns Whether all blocks came in order and their hash is another. */
  isWrong(): boolean;
}

/** @param pieceHashes 20 bytes a piece. */
export function startPiece(pieceHashes: Uint8Array, piece: number): HashedPiece {
  return new RunningPiece(pieceHashes.subarray(piece * hashBytes, (piece + 1) * hashBytes));
}

class RunningPiece implements HashedPiece {
  readonly #due: Uint8Array;
  /** Undefined after a block out of order. */
  #hash: RunningHash | undefined = startSha1();
  #hashedBytes = 0;

  constructor(due: Uint8Array) {
    this.#due = due;
  }

  push(begin: number, bytes: Uint8Array): void {
    if (begin !== this.#hashedBytes) this.#hash = undefined;
    this.#hash?.update(bytes);
    this.#hashedBytes += bytes.length;
  }

  isWrong(): boolean {
    const digest = this.#hash?.digest();
    return digest !== undefined && Buffer.compare(digest, this.#due) !== 0;
  }
}
