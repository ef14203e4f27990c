import type { EngineLimits, LimitPeriod, RateLimits } from "@troupe/messages";

/** A moment of the week in local time. */
interface WeekMoment {
  /** 0 (Sunday) to 6. */
  readonly day: number;
  /** After midnight, 0 to 1,439. */
  readonly minute: number;
}

const minutesOfDay = 1_440;
const minuteMs = 60_000;
/** 1970-01-01 was a Thursday. */
const firstDay = 4;

/** @param utcOffsetMinutes Minutes by which local time is ahead of UTC. */
export function weekMoment(epochMs: number, utcOffsetMinutes: number): WeekMoment {
  const minutes = Math.floor(epochMs / minuteMs) + utcOffsetMinutes;
  const days = Math.floor(minutes / minutesOfDay);
  return { day: (((days + firstDay) % 7) + 7) % 7, minute: minutes - days * minutesOfDay };
}

/** The limits that hold at this moment: those of the first period that is under way, or else the usual limits. */
export function limitsAt(limits: EngineLimits, moment: WeekMoment): RateLimits {
  const period = limits.schedule?.find((one) => isUnderWay(one, moment));
  return period?.limits ?? limits;
}

function isUnderWay(
  { days, fromMinute, toMinute }: LimitPeriod,
  { day, minute }: WeekMoment,
): boolean {
  const startsOn = (one: number): boolean => days === undefined || days.includes(one);
  if (fromMinute < toMinute) return startsOn(day) && minute >= fromMinute && minute < toMinute;
  // The period spans midnight, or the whole day.
  if (minute >= fromMinute) return startsOn(day);
  return minute < toMinute && startsOn((day + 6) % 7);
}
