// Parts of the week in local time, for limits and for acts by the clock.

import { weekdays } from "./shared-gates.ts";

/** A moment of the week in local time. */
export interface WeekMoment {
  /** 0 (Sunday) to 6. */
  readonly day: number;
  /** After midnight, 0 to 1,439. */
  readonly minute: number;
}

/** A part of the week. A period that ends before it begins ends on the next day. */
export interface WeekPeriod {
  /** Days on which it begins, 0 (Sunday) to 6. Absent: every day. */
  readonly days?: readonly number[];
  /** Minutes after midnight, 0 to 1,439. Equal: the whole day. */
  readonly fromMinute: number;
  readonly toMinute: number;
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

/** The period of settings, whose times passed their gates. */
export function weekPeriodOf({
  days,
  from,
  to,
}: {
  readonly days?: readonly (typeof weekdays)[number][];
  readonly from: string;
  readonly to: string;
}): WeekPeriod {
  return {
    ...(days !== undefined && { days: days.map((day) => weekdays.indexOf(day)) }),
    fromMinute: minuteOf(from),
    toMinute: minuteOf(to),
  };
}

/** Whether a period has begun and not ended. */
export function isUnderWay(
  { days, fromMinute, toMinute }: WeekPeriod,
  { day, minute }: WeekMoment,
): boolean {
  const startsOn = (one: number): boolean => days === undefined || days.includes(one);
  if (fromMinute < toMinute) return startsOn(day) && minute >= fromMinute && minute < toMinute;
  // The period spans midnight, or the whole day.
  if (minute >= fromMinute) return startsOn(day);
  return minute < toMinute && startsOn((day + 6) % 7);
}

/** The minute of the day of `08:30`. */
function minuteOf(time: string): number {
  const [hours, minutes] = time.split(":");
  return 60 * Number(hours) + Number(minutes);
}
