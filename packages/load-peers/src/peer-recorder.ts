// Counters and latencies that peers of a load record. The recorder of a load test takes more than this; tests may record
// into lists.

/** Latencies that peers measure. */
export type PeerMeasure =
  /** From the dial to the connection, over TCP. */
  | "connect"
  /** From the dial to the connection, over uTP; of the first dial from an address with the opening of its UDP socket. */
  | "utp_connect"
  /** From the connection to the end of the handshake of its encryption. */
  | "encryption"
  /** From then on, or from a plain connection, to the other side's whole handshake. */
  | "handshake"
  /** From our `interested` to the first unchoke. */
  | "unchoke"
  /** From a request (of an open load: from its intended time) to the last byte of its block. */
  | "request_block"
  /** From the last `have` that we send to a request of the other side for that piece. */
  | "have_request"
  /** From the connection to the first whole piece. */
  | "first_piece"
  /** From the arrival to the last piece that the peer takes. */
  | "completion";

/** Counters that peers count. */
export type PeerCounter =
  | "arrived"
  | "opened"
  | "refused"
  | "closed_by_target"
  | "closed_by_us"
  | "completed"
  | "bytes_down"
  | "bytes_up"
  | "blocks"
  | "wrong_blocks"
  /** Blocks of requests that had ended without them: after the timeout, or dropped by a choke. */
  | "late_answers"
  | "broken_rules";

/** Counters whose sums close. */
export type PeerAccount =
  /** Each planned visit, or action of an open load, ends as exactly one of these four. */
  | "sent"
  /** The target held its connection and did not unchoke it. */
  | "not_unchoked"
  /** The target refused the connection, closed it, or never answered it. By label. */
  | "not_sent_target"
  /** By label. */
  | "not_sent_ours"
  /** Sent visits at whose end the target owed answers. */
  | "visits_owed"
  /** Sent visits that their peer ended before a handshake was due. */
  | "visits_excused"
  /** Requests that were sent. Each ends as exactly one of the other five. */
  | "requests"
  | "answered"
  | "answered_wrong"
  /** Rejected, or dropped by a choke. By label. */
  | "requests_refused"
  /** The peer left before the answer. */
  | "abandoned"
  /** Nothing came until the timeout, the end of the drain, or the end of the connection by the target. By label. */
  | "unanswered";

/** States of a peer. */
export type PeerState = "waiting" | "connecting" | "open" | "unchoked" | "complete" | "gone";

/** Gets what peers tell, of one group. Times are milliseconds of the clock of the peers' ports. */
export interface PeerRecorder {
  /** @param sentMs Real time of sending in an open load, whose latencies begin at the intended time. */
  sample(measure: PeerMeasure, beganMs: number, endedMs: number, sentMs?: number): void;
  /** @param label A reason or a rule, at most 100 characters. */
  count(counter: PeerCounter, by?: number, label?: string): void;
  /**
   * Counts one.
   * @param beganMs Begin of the visit, action or request, equal for all its counters: sums close in each phase.
   */
  account(counter: PeerAccount, beganMs: number, label?: string): void;
  /** An intended action was handed over now. */
  acted(intendedMs: number, nowMs: number): void;
  moved(from: PeerState | undefined, to: PeerState): void;
}
