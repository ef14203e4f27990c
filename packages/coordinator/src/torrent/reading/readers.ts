import { LazyMap } from "@troupe/actor-runtime";
import type { PieceRange } from "../../file-priorities.ts";
import type { DuePiece } from "../pieces/orders/deadlines.ts";
import type { FileReader } from "./file-reader.ts";

/** The open readers of a torrent, by their numbers. */
export class Readers extends LazyMap<number, FileReader> {
  /** A piece, or the state of the torrent, has changed. */
  wake(): void {
    for (const reader of this.values()) reader.wake();
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
