import { LazyMap } from "@troupe/actor-runtime";
import { pieceAt, type Geometry } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import type { PieceRange } from "../../file-priorities.ts";
import type { DuePiece } from "../pieces/orders/deadlines.ts";
import type { FileReader } from "./file-reader.ts";

/** The open readers of a torrent, by their numbers. */
export class Readers extends LazyMap<number, FileReader> {
  /** The state of the torrent has changed. */
  wake(): void {
    for (const reader of this.values()) reader.wake();
  }

  /** A piece is had. */
  wakeFor(piece: PieceIndex, geometry: Geometry): void {
    for (const reader of this.values())
      if (pieceAt(geometry, reader.place) === piece) reader.wake();
  }

  /** The deadlines of all of them. */
  get due(): readonly DuePiece[] {
    return [...this.values()].flatMap(({ due }) => due);
  }

  /** The pieces that they want. */
  get ranges(): readonly PieceRange[] {
    return [...this.values()].map(({ facts }) => facts.pieces);
  }
}
