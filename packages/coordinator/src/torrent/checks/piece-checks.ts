import type { PieceIndex } from "@troupe/protocol";

/** Hash checks of one torrent: for its user, of suspects, and of samples. */
export class PieceChecks {
  /** Checks for the user, by the API's number. */
  readonly asked = new Map<number, AbortController>();
  /** Had pieces that must be checked; their state is `hashing`. */
  readonly suspects = new Set<PieceIndex>();
  /** Suspects that the next tick gives to the check pool. */
  newSuspects: PieceIndex[] = [];
  /** The suspects include pieces found at the start: the start check is over once they are hashed. */
  isGoingOn = false;
  /** Pieces trusted after a crash, to be hashed as samples during the run. */
  unsampled: Set<PieceIndex> = new Set();
}
