import type { HashRequest } from "@troupe/protocol/peer";

/** Answers the hash requests of peers (BEP 52). */
export interface HashRequests<Peer> {
  /**
   * The peer asks for hashes.
   *
   * @throws {PeerFault} For more rejected requests than a peer may make.
   */
  requested(session: Peer, request: HashRequest): void;
  /** Once a second. */
  tick(nowMs: number): void;
  /** The connection is closed. */
  forget(session: Peer): void;
}
