import { engineSettings, readWord } from "@troupe/control";
import { UsageError } from "./usage-error.ts";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const time = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const timesPattern = new RegExp(`^(?:([a-z]{3})(?:-([a-z]{3}))?@)?(${time})-(${time})$`);
const ratesPattern = /^([^=]*)=([^/]+)\/([^/]+)$/;

/** Reads a period of `--schedule`: `08:00-18:00=500k/100k` or `mon-fri@08:00-18:00=500k/0`. @throws {UsageError} */
export function readPeriod(text: string): unknown {
  const [, written = "", ...rates] = ratesPattern.exec(text.trim()) ?? [];
  const times = readTimes(written);
  const [down, up] = rates.map((rate) => readWord(engineSettings["limits.down"].gate, rate));
  if (times === undefined || down === undefined || up === undefined)
    throw new UsageError(
      `--schedule takes TIMES=DOWN/UP like 08:00-18:00=500k/100k or mon-fri@22:00-06:00=0/2M, not "${text}"`,
    );
  return { ...times, down, up };
}

/** Reads the times of a period: `08:00-18:00` or `mon-fri@08:00-18:00`. @returns Undefined for another text. */
export function readTimes(text: string): object | undefined {
  const [, first, last = first, from, to] = timesPattern.exec(text.trim()) ?? [];
  if (from === undefined) return undefined;
  if (first === undefined) return { from, to };
  const begin = days.findIndex((day) => day === first);
  const end = days.findIndex((day) => day === last);
  return begin < 0 || end < 0 ? undefined : { days: daysBetween(begin, end), from, to };
}

/** The days from the first to the last, over the end of the week if the last day is earlier. */
function daysBetween(from: number, to: number): readonly string[] {
  return days.filter((_, day) =>
    from <= to ? day >= from && day <= to : day >= from || day <= to,
  );
}
