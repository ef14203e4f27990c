import { pieceAt, pieceLength, pieceStart, type Geometry } from "./geometry.ts";

/** The bytes of a torrent and of its pieces without padding (BEP 47): sizes, progress and rates count these. */
export class DataBytes {
  readonly totalBytes: number;
  readonly geometry: Geometry;
  /** Padding of each piece. Undefined: no file is padding. */
  readonly #padding: Uint32Array | undefined;

  /** @param files In order; together as long as the torrent, or none if no file is padding. */
  constructor(
    geometry: Geometry,
    files: readonly { readonly lengthBytes: number; readonly isPadding?: boolean }[],
  ) {
    const { pieceCount, totalBytes } = geometry;
    let padding: Uint32Array | undefined;
    let paddingBytes = 0;
    let at = 0;
    for (const { lengthBytes, isPadding } of files) {
      const end = at + lengthBytes;
      if (isPadding === true && lengthBytes > 0) {
        paddingBytes += lengthBytes;
        padding ??= new Uint32Array(pieceCount);
        for (let piece = pieceAt(geometry, at); at < end; piece++) {
          const next = Math.min(end, pieceStart(geometry, piece + 1));
          padding[piece] = (padding[piece] ?? 0) + next - at;
          at = next;
        }
      }
      at = end;
    }
    this.geometry = geometry;
    this.#padding = padding;
    this.totalBytes = totalBytes - paddingBytes;
  }

  /** @returns 0 for a piece of padding alone. */
  ofPiece(piece: number): number {
    return pieceLength(this.geometry, piece) - (this.#padding?.[piece] ?? 0);
  }
}
