import { LazyMap, LazySet } from "@troupe/actor-runtime";
import type { PieceIndex } from "@troupe/protocol/units";
import type { EndCheck } from "./end-check-state.ts";

/** Hash checks of a torrent: for its user, of suspects, and of samples. */
export class PieceChecks {
  /** Checks for the user, by the API's number. */
  readonly asked = new LazyMap<number, AbortController>();
  /** Had pieces in the state `hashing`. */
  readonly suspects = new LazySet<PieceIndex>();
  /** Suspects for the next tick. */
  newSuspects: PieceIndex[] = [];
  /** The start check is over once the suspects that it found are hashed. */
  isGoingOn = false;
  /** For the setting `checkAtCompletion`. */
  endCheck: EndCheck = { state: "idle" };
  /** Pieces trusted after a crash, to be hashed as samples. */
  unsampled = new LazySet<PieceIndex>();
  /**
   * Pieces that are hashed again once they are written: the node of a hybrid came while its SHA-1 alone proved them, or a
   * hasher gave a wrong hash.
   */
  readonly unproven = new LazySet<PieceIndex>();
}
