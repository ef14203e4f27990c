/** Bytes per second. Absent: no limit. */
export interface RateLimits {
  readonly down?: number;
  readonly up?: number;
  /** The download limit of each peer. */
  readonly peerDown?: number;
  readonly peerUp?: number;
}

/** Names of {@link RateLimits}. */
export const rateLimitNames = ["down", "up", "peerDown", "peerUp"] as const;

/** The least limit: slower limits would leave no byte to a refill. */
export const leastRateLimit = 1_000;
/** The highest limit: 1 TB a second. */
export const mostRateLimit = 1_000_000_000_000;

/** Limits for a part of the week, in local time. A period that ends before it begins ends on the next day. */
export interface LimitPeriod {
  /** Days on which it begins, 0 (Sunday) to 6. Absent: every day. */
  readonly days?: readonly number[];
  /** Minutes after midnight, 0 to 1,439. Equal: the whole day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly limits: RateLimits;
}

/** Limits of an engine. The limits of the first period that is under way hold instead of the usual limits. */
export interface EngineLimits extends RateLimits {
  readonly schedule?: readonly LimitPeriod[];
}

/** @returns The limits alone, or undefined without any. */
export function limitsIn(limits: RateLimits | undefined): RateLimits | undefined {
  const { down, up, peerDown, peerUp } = limits ?? {};
  const all = {
    ...(down !== undefined && { down }),
    ...(up !== undefined && { up }),
    ...(peerDown !== undefined && { peerDown }),
    ...(peerUp !== undefined && { peerUp }),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}
