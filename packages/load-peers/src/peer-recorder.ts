// What peers of a load tell of themselves. The recorder of a load test takes more than this; tests may record into lists.

/** Latencies that peers measure. */
export type PeerMeasure =
  /** From the dial to the connection. */
  | "connect"
  /** From the connection to the other side's whole handshake. */
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
  | "requests"
  | "wrong_blocks"
  /** Requests that got no block: rejected, or outstanding when the connection ended. By label. */
  | "no_answers"
  | "broken_rules";

/** States of a peer. */
export type PeerState = "waiting" | "connecting" | "open" | "unchoked" | "complete" | "gone";

/** Gets what peers tell, of one group. Times are milliseconds of the clock of the peers' ports. */
export interface PeerRecorder {
  /** @param sentMs Of an open load, whose latencies begin at the intended time: the real time of sending. */
  sample(measure: PeerMeasure, beganMs: number, endedMs: number, sentMs?: number): void;
  /** @param label A reason or a rule, at most 100 characters. */
  count(counter: PeerCounter, by?: number, label?: string): void;
  /** An intended action was done now, or will never be (`sentMs` undefined). */
  intent(intendedMs: number, sentMs: number | undefined): void;
  moved(from: PeerState | undefined, to: PeerState): void;
}
