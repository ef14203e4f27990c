// The pieces of one torrent whose bytes are looked at while it runs.

import type { PieceIndex } from "@troupe/protocol";

/** Hash checks of one torrent: for its user, of suspects, and of samples. */
export class PieceChecks {
  /** Checks that the user waits for, by the number that the front gave. */
  readonly asked = new Map<number, AbortController>();
  /** Pieces that were had and are being looked at again; their state is `hashing`. */
  readonly suspects = new Set<PieceIndex>();
  /** Suspects that the next tick hands to the check pool. */
  newSuspects: PieceIndex[] = [];
  /** Pieces found at the start are among the suspects: the result of the first check is not known before they are hashed. */
  isGoingOn = false;
  /** Pieces believed after a crash, to be hashed as samples while the torrent runs. */
  unsampled: Set<PieceIndex> = new Set();
}
