import type { PieceIndex } from "@troupe/protocol/units";

/** The deadline of a piece. */
export interface Deadline {
  readonly piece: PieceIndex;
  /** Milliseconds from the message on, as the clocks of threads differ. */
  readonly ms: number;
}

/** Most deadlines of a torrent at a time. */
export const mostDeadlines = 1_024;
