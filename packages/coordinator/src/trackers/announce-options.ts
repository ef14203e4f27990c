import type { AnnounceUrgency } from "./request-limit.ts";

/** How to announce. */
export interface AnnounceOptions {
  readonly urgency: AnnounceUrgency;
  /** Time limit of an HTTP request. */
  readonly deadlineMs: number;
  /** Gives up all but `completed`. */
  readonly signal: AbortSignal;
  /** Gives up `completed` too. */
  readonly end: AbortSignal;
  /** The wait for a reply begins. */
  readonly begun?: () => void;
}

/** How to send `stopped`. */
export interface Farewell extends Pick<AnnounceOptions, "urgency" | "deadlineMs"> {
  /** Settles when `stopped` waits no longer for the reply to `completed`. */
  readonly patience: Promise<void>;
  readonly end: AbortSignal;
}
