// The alternative speeds of the protocol, as periods of the schedule of limits. A period of the whole week stands for the
// speeds that are switched on; the first other period, for those of some hours. A period of no day keeps the hours and the
// speeds of a schedule that is off.

import { weekdays, type LiveEngineSettings } from "@troupe/control";
import type { Parameters } from "../parameters.ts";
import { defaults } from "../defaults.ts";
import { rateOf, speedOf } from "../units.ts";

type Period = NonNullable<LiveEngineSettings["limits.schedule"]>[number];

const everyDay = 2 ** weekdays.length - 1;
const hourMinutes = 60;
const dayMinutes = 1_440;

/** The alternative speeds. */
interface AltSpeed {
  readonly down: number;
  readonly up: number;
  readonly isOn: boolean;
  readonly isTimed: boolean;
  /** Minutes after midnight. */
  readonly begin: number;
  readonly end: number;
  /** A bit a day, 1 for Sunday. */
  readonly days: number;
}

/** The alternative speeds that a schedule means. */
export function altSpeedOf(schedule: readonly Period[]): AltSpeed {
  const { always, timed } = partsOf(schedule);
  const speeds = always ?? timed;
  return {
    down: speeds?.down ? speedOf(speeds.down) : defaults.altSpeed,
    up: speeds?.up ? speedOf(speeds.up) : defaults.altSpeed,
    isOn: always !== undefined,
    isTimed: timed !== undefined && timed.days?.length !== 0,
    begin: timed === undefined ? defaults.altBegin : minutesOf(timed.from),
    end: timed === undefined ? defaults.altEnd : minutesOf(timed.to),
    days: timed?.days === undefined || timed.days.length === 0 ? everyDay : bitsOf(timed.days),
  };
}

/**
 * The schedule after a call. Its other periods stay behind these two.
 *
 * @returns Undefined for a call that names no alternative speed.
 */
export function scheduleAfter(
  schedule: readonly Period[],
  parameters: Parameters,
): readonly Period[] | undefined {
  if (!parameters.names.some((name) => name.startsWith("alt_speed_"))) return undefined;
  const now = altSpeedOf(schedule);
  const after: AltSpeed = {
    down: parameters.whole("alt_speed_down") ?? now.down,
    up: parameters.whole("alt_speed_up") ?? now.up,
    isOn: parameters.flag("alt_speed_enabled") ?? now.isOn,
    isTimed: parameters.flag("alt_speed_time_enabled") ?? now.isTimed,
    begin: parameters.whole("alt_speed_time_begin") ?? now.begin,
    end: parameters.whole("alt_speed_time_end") ?? now.end,
    days: parameters.whole("alt_speed_time_day") ?? now.days,
  };
  const { others } = partsOf(schedule);
  const always = after.isOn ? [periodOf(after, "00:00", "00:00")] : [];
  const hours = periodOf(after, timeOf(after.begin), timeOf(after.end));
  const days = after.isTimed ? daysOf(after.days) : [];
  return [...always, { ...hours, days }, ...others];
}

function periodOf({ down, up }: AltSpeed, from: string, to: string): Period {
  return { from, to, down: rateOf(down), up: rateOf(up) };
}

interface ScheduleParts {
  readonly always?: Period | undefined;
  readonly timed?: Period | undefined;
  readonly others: readonly Period[];
}

function partsOf([first, ...rest]: readonly Period[]): ScheduleParts {
  if (first === undefined) return { others: [] };
  if (!isWholeWeek(first)) return { timed: first, others: rest };
  const [timed, ...others] = rest;
  return { always: first, timed, others };
}

function isWholeWeek({ days, from, to }: Period): boolean {
  return from === to && (days === undefined || bitsOf(days) === everyDay);
}

function bitsOf(days: NonNullable<Period["days"]>): number {
  return days.reduce((bits, day) => bits | (1 << weekdays.indexOf(day)), 0);
}

function daysOf(bits: number): NonNullable<Period["days"]> {
  return weekdays.filter((_, index) => (bits & (1 << index)) !== 0);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * hourMinutes + minutes;
}

/** `08:30`, for any number of minutes. */
function timeOf(minutes: number): string {
  const ofDay = ((minutes % dayMinutes) + dayMinutes) % dayMinutes;
  const parts = [Math.floor(ofDay / hourMinutes), ofDay % hourMinutes];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
