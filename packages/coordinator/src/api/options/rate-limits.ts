/** Rate limits in bytes per second, 1,000 or more. 0, or absent: none. */
export interface RateLimitOptions {
  readonly down?: number;
  readonly up?: number;
  /** The download limit of each peer. */
  readonly peerDown?: number;
  readonly peerUp?: number;
}

/** A day of the week. */
export type Weekday = "sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat";

/** Other limits for a part of the day, in local time. */
export interface LimitPeriodOptions extends RateLimitOptions {
  /** Days on which the period begins. Default: every day. */
  readonly days?: readonly Weekday[];
  /** The beginning: `08:00`. */
  readonly from: string;
  /** The end: `18:00`. A time at or before `from` is on the next day. */
  readonly to: string;
}

/** Rate limits of all torrents together. */
export interface EngineLimitOptions extends RateLimitOptions {
  /** Periods, 100 at most. The first period that is under way replaces the other limits. */
  readonly schedule?: readonly LimitPeriodOptions[];
}
