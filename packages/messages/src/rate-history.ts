/** Rates of the last seconds over all torrents, in bytes a second; the last value is of the last full second. */
export interface RateHistory {
  /** Milliseconds since 1970 of the end of the last second. */
  readonly endsAt: number;
  /** Seconds that the engine has measured since it began, those that are no longer kept included. */
  readonly seconds: number;
  /** The length of each of the last seconds in milliseconds: a busy engine measures late. */
  readonly lengthsMs: readonly number[];
  /** Payload of peers and web seeds. */
  readonly down: readonly number[];
  readonly up: readonly number[];
  /** Bytes of connections to peers that are no payload. */
  readonly protocolDown: readonly number[];
  readonly protocolUp: readonly number[];
}
