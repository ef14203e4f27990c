// The pieces of one torrent whose bytes are looked at while it runs.

import type { PieceIndex } from "@troupe/protocol";

/** Hash checks of one torrent, for its user and for its own doubts. */
export class PieceChecks {
  /** Checks that the user waits for, by the number that the front gave. */
  readonly asked = new Map<number, AbortController>();
  /** Pieces that were had and are being looked at again; their state is `hashing`. */
  readonly suspects = new Set<PieceIndex>();
  /** Those of them that the next tick has hashed. */
  newSuspects: PieceIndex[] = [];
  /** Pieces found at its start are among the suspect: what lies on disk is not known before they are hashed. */
  isGoingOn = false;
  /** Pieces believed after a cut, to be hashed as samples while it runs. */
  unsampled: Set<PieceIndex> = new Set();
}
