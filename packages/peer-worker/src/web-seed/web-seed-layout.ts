import type { OpenWebSeed } from "@troupe/messages";
import { bitfieldBytes, unpackFiles } from "@troupe/messages";
import { FileMap } from "@troupe/protocol/metainfo";
import { clearBit } from "@troupe/protocol/peer";
import type { Geometry } from "@troupe/protocol/metainfo";

/** Bytes of a file, or zeros between files. */
export interface Segment {
  /** Undefined for padding (BEP 47), which no server has. */
  readonly url: string | undefined;
  readonly file: number;
  readonly begin: number;
  /** At least 1. */
  readonly lengthBytes: number;
  /** Bytes of the whole file. */
  readonly fileBytes: number;
}

type Order = Pick<OpenWebSeed, "url" | "files" | "missingFiles">;

/** The pieces of a torrent in the files of a web seed. */
export class WebSeedLayout {
  readonly #url: string;
  readonly #paths: readonly string[];
  readonly #isPadding: readonly boolean[];
  readonly #map: FileMap;
  readonly #missingFiles: readonly number[];

  constructor({ url, files, missingFiles }: Order, { pieceLengthBytes }: Geometry) {
    const list = unpackFiles(files);
    this.#url = url;
    this.#paths = list.map(({ path }) => path);
    this.#isPadding = list.map(({ isPadding }) => isPadding);
    this.#map = new FileMap(
      list.map(({ lengthBytes }) => lengthBytes),
      pieceLengthBytes,
    );
    this.#missingFiles = missingFiles;
  }

  get totalBytes(): number {
    return this.#map.totalBytes;
  }

  /** Position of a file in the torrent. */
  startOf(file: number): number {
    return this.#map.startOf(file);
  }

  /** @param position In the torrent. */
  segments(position: number, lengthBytes: number): Segment[] {
    return this.#map
      .spans(position, lengthBytes)
      .map(({ file, fileOffset, lengthBytes: bytes }) => ({
        url: this.#isPadding[file] === true ? undefined : `${this.#url}${this.#paths[file]}`,
        file,
        begin: fileOffset,
        lengthBytes: bytes,
        fileBytes: this.#map.startOf(file + 1) - this.#map.startOf(file),
      }));
  }

  /** The pieces without a byte of a missing file, in wire order. */
  bitfield(): Uint8Array {
    const { pieceCount } = this.#map;
    const bits = new Uint8Array(bitfieldBytes(pieceCount)).fill(0xff);
    for (let spare = pieceCount; spare < bits.length * 8; spare++) clearBit(bits, spare);
    for (const file of this.#missingFiles) {
      const [first, last] = this.#map.piecesOf(file) ?? [0, -1];
      for (let piece = first; piece <= last; piece++) clearBit(bits, piece);
    }
    return bits;
  }
}
