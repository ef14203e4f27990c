import type { ParsedWords } from "./sort-words.ts";
import { parseDuration, parseWord, untilWords } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

const mostRatio = 1_000_000;
/** The longest `--seed-time`: over thirty years. */
const mostSeedMs = 1_000_000_000_000;

/** Reads the goals of seeding as the library's option. Undefined: none is given. */
export function parseSeedGoals(words: ParsedWords) {
  const ratio = words.value("ratio", parseRatio);
  const seedMs = words.value("seed-time", parseSeedTime);
  const until = words.value("seed-until", (text) => parseWord("seed-until", text, untilWords));
  if (ratio === undefined && seedMs === undefined) {
    if (until === undefined) return undefined;
    throw new UsageError("--seed-until needs --ratio or --seed-time", words.command);
  }
  return {
    ...(ratio !== undefined && { ratio }),
    ...(seedMs !== undefined && { seedSeconds: seedMs / 1000 }),
    ...(until !== undefined && { until }),
  };
}

/** Parses `2` or `1.5`. */
function parseRatio(text: string): number {
  const ratio = /^\d{1,7}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (ratio > 0 && ratio <= mostRatio) return ratio;
  throw new UsageError(
    `--ratio takes a number above 0, ${mostRatio} at most, like 1.5, not "${text}"`,
  );
}

function parseSeedTime(text: string): number {
  const ms = parseDuration("seed-time", text);
  if (ms <= mostSeedMs) return ms;
  throw new UsageError(`--seed-time takes ${mostSeedMs / 1000}s at most, not "${text}"`);
}
