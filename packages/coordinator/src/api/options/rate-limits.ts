import { type Names, refuseUnknownOptions } from "@troupe/api-base";
import { outOfRange, spelled, within } from "@troupe/control";
import {
  leastRateLimit,
  mostRateLimit,
  rateLimitNames,
  type EngineLimits,
  type LimitPeriod,
  type RateLimits,
} from "@troupe/messages";

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

const mostPeriods = 100;
const weekdays: readonly Weekday[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const limitNames: Names<keyof RateLimitOptions> = {
  down: true,
  up: true,
  peerDown: true,
  peerUp: true,
};
const periodNames: Names<keyof LimitPeriodOptions> = {
  ...limitNames,
  days: true,
  from: true,
  to: true,
};
const engineNames: Names<keyof EngineLimitOptions> = { ...limitNames, schedule: true };

/** @throws TroupeError `option-unknown`, `option-out-of-range`. */
export function rateLimitsOf(options: RateLimitOptions): RateLimits {
  refuseUnknownOptions(options, limitNames);
  return limitsOf(options);
}

/** @throws TroupeError `option-unknown`, `option-out-of-range`. */
export function engineLimitsOf(options: EngineLimitOptions): EngineLimits {
  refuseUnknownOptions(options, engineNames);
  const { schedule = [] } = options;
  if (!Array.isArray(schedule) || schedule.length > mostPeriods)
    throw outOfRange("schedule", spelled(schedule), `a list of ${mostPeriods} periods at most`);
  const periods = schedule.map(periodOf);
  return { ...limitsOf(options), ...(periods.length > 0 && { schedule: periods }) };
}

function limitsOf(options: RateLimitOptions): RateLimits {
  const limits: { -readonly [Name in keyof RateLimits]: number } = {};
  for (const name of rateLimitNames) {
    const limit = options[name];
    if (limit !== undefined && limit !== 0)
      limits[name] = within(name, limit, leastRateLimit, mostRateLimit);
  }
  return limits;
}

function periodOf(period: LimitPeriodOptions): LimitPeriod {
  refuseUnknownOptions(period, periodNames);
  const { days, from, to } = period;
  return {
    ...(days !== undefined && { days: daysOf(days) }),
    fromMinute: minuteOf("from", from),
    toMinute: minuteOf("to", to),
    limits: limitsOf(period),
  };
}

function daysOf(days: readonly Weekday[]): readonly number[] {
  if (!Array.isArray(days)) throw outOfRange("days", spelled(days), "a list of days");
  return days.map(dayOf);
}

function dayOf(day: Weekday): number {
  const number = weekdays.indexOf(day);
  if (number < 0) throw outOfRange("days", spelled(day), weekdays.join(", "));
  return number;
}

function minuteOf(name: string, time: unknown): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(String(time)) ?? [];
  if (hours === undefined) throw outOfRange(name, spelled(time), "a time like 08:00");
  return 60 * Number(hours) + Number(minutes);
}
