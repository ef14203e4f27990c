import type { WeekPeriod } from "@troupe/control";

/** Bytes per second. Absent: no limit. */
export interface RateLimits {
  readonly down?: number;
  readonly up?: number;
  /** The download limit of each peer. */
  readonly peerDown?: number;
  readonly peerUp?: number;
}

/** Limits for a part of the week. */
export interface LimitPeriod extends WeekPeriod {
  readonly limits: RateLimits;
}

/** Limits of an engine. The limits of the first period that is under way hold instead of the usual limits. */
export interface EngineLimits extends RateLimits {
  readonly schedule?: readonly LimitPeriod[];
}

/** @returns The limits alone, without those of 0; undefined without any. */
export function limitsIn({
  down = 0,
  up = 0,
  peerDown = 0,
  peerUp = 0,
}: RateLimits): RateLimits | undefined {
  const all = {
    ...(down > 0 && { down }),
    ...(up > 0 && { up }),
    ...(peerDown > 0 && { peerDown }),
    ...(peerUp > 0 && { peerUp }),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** The traffic that the rate limits of the engine and its torrents hold for. */
export interface LimitRules {
  /** Peers of local networks are limited too. */
  readonly limitsLocal: boolean;
  /** Bytes of protocol messages count. */
  readonly countsProtocol: boolean;
}
