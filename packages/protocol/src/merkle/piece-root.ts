import { sha256 } from "../bytes/sha256.ts";
import { blockLengthBytes } from "../units.ts";
import { nodeBytes, rootOf } from "./merkle-tree.ts";

/** The node of a piece in the tree of its file, from bytes that come in order (BEP 52). */
export class PieceRoot {
  readonly #pieceLayer: number | undefined;
  readonly #leaves: Uint8Array;
  #count = 0;

  /**
   * @param pieceLayer Layer of the nodes of pieces. Undefined: that of the root of these blocks.
   * @param dataBytes Bytes of the piece without padding, at least one.
   */
  constructor(pieceLayer: number | undefined, dataBytes: number) {
    this.#pieceLayer = pieceLayer;
    this.#leaves = new Uint8Array(Math.ceil(dataBytes / blockLengthBytes) * nodeBytes);
  }

  /** Takes whole blocks; the last block of the piece may be shorter. Padding is left out. */
  update(bytes: Uint8Array): void {
    for (let begin = 0; begin < bytes.length; begin += blockLengthBytes) {
      const leaf = sha256(bytes.subarray(begin, begin + blockLengthBytes));
      this.#leaves.set(leaf, this.#count++ * nodeBytes);
    }
  }

  /** @returns 32 bytes in memory of their own. */
  digest(): Uint8Array {
    return rootOf(this.#leaves, 0, this.#pieceLayer);
  }
}

/** @returns The node of a whole piece. @param data Its bytes without padding. */
export function pieceRoot(data: Uint8Array, pieceLayer: number | undefined): Uint8Array {
  const root = new PieceRoot(pieceLayer, data.length);
  root.update(data);
  return root.digest();
}
