import { engineSettings, readWord } from "@troupe/control";
import { UsageError } from "./usage-error.ts";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const time = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const periodPattern = new RegExp(
  `^(?:([a-z]{3})(?:-([a-z]{3}))?@)?(${time})-(${time})=([^/]+)/([^/]+)$`,
);

/** Reads a period of `--schedule`: `08:00-18:00=500k/100k` or `mon-fri@08:00-18:00=500k/0`. @throws {UsageError} */
export function readPeriod(text: string): unknown {
  const [, first, last = first, from, to, ...rates] = periodPattern.exec(text.trim()) ?? [];
  const [down, up] = rates.map((rate) => readWord(engineSettings["limits.down"].gate, rate));
  const begin = days.findIndex((day) => day === first);
  const end = days.findIndex((day) => day === last);
  const hasWrongDay = first !== undefined && (begin < 0 || end < 0);
  if (from === undefined || down === undefined || up === undefined || hasWrongDay)
    throw new UsageError(
      `--schedule takes TIMES=DOWN/UP like 08:00-18:00=500k/100k or mon-fri@22:00-06:00=0/2M, not "${text}"`,
    );
  return { ...(first !== undefined && { days: daysBetween(begin, end) }), from, to, down, up };
}

/** The days from the first to the last, over the end of the week if the last day is earlier. */
function daysBetween(from: number, to: number): readonly string[] {
  return days.filter((_, day) =>
    from <= to ? day >= from && day <= to : day >= from || day <= to,
  );
}
