import type { PieceIndex } from "@troupe/protocol";

/** A piece that a reader needs soon. */
export interface Deadline {
  readonly piece: PieceIndex;
  /** Milliseconds from the message on; clocks of threads differ. */
  readonly ms: number;
}

/** Deadlines of a torrent at a time. */
export const mostDeadlines = 1_024;
