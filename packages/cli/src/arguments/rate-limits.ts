import type { ParsedWords } from "./sort-words.ts";
import { parseSize } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

const leastRate = 1_000;
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const time = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const periodPattern = new RegExp(
  `^(?:([a-z]{3})(?:-([a-z]{3}))?@)?(${time})-(${time})=([^/]+)/([^/]+)$`,
);

type Weekday = (typeof days)[number];

/** Reads `--down`, `--up` and `--schedule` as the library's option. */
export function parseLimits(words: ParsedWords) {
  return {
    down: words.value("down", (text) => parseRate("down", text)) ?? 0,
    up: words.value("up", (text) => parseRate("up", text)) ?? 0,
    schedule: words.values("schedule").map(parsePeriod),
  };
}

/** Parses `800k`, `5M` or bytes a second; 0 is no limit. */
function parseRate(option: string, text: string): number {
  return text.trim() === "0" ? 0 : parseSize(option, text, leastRate);
}

/** Parses `08:00-18:00=500k/100k` or `mon-fri@08:00-18:00=500k/0`. */
function parsePeriod(text: string) {
  const match = periodPattern.exec(text.trim());
  if (match === null) throw wrongPeriod(text);
  const [, first, last, from = "", to = "", down = "", up = ""] = match;
  return {
    ...(first !== undefined && { days: daysBetween(text, first, last ?? first) }),
    from,
    to,
    down: parseRate("schedule", down),
    up: parseRate("schedule", up),
  };
}

/** The days from the first to the last, over the end of the week if the last day is earlier. */
function daysBetween(text: string, first: string, last: string): Weekday[] {
  const [from, to] = [first, last].map((name) => days.findIndex((day) => day === name));
  if (from === undefined || to === undefined || from < 0 || to < 0) throw wrongPeriod(text);
  return days.filter((_, day) =>
    from <= to ? day >= from && day <= to : day >= from || day <= to,
  );
}

function wrongPeriod(text: string): UsageError {
  return new UsageError(
    `--schedule takes TIMES=DOWN/UP like 08:00-18:00=500k/100k or mon-fri@22:00-06:00=0/2M, not "${text}"`,
  );
}
