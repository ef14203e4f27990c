import type { PieceReport } from "./piece-event.ts";

/** A piece that was downloaded: the peers that gave it, and when. */
export interface PieceOrigin extends PieceReport {
  readonly piece: number;
  /** On disk; false: its hash was wrong. */
  readonly verified: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}
