import type { CounterName } from "../measures/measures.ts";
import type { MeasuredRun } from "../results/measured-run.ts";
import type { Second } from "../results/result.ts";
import { warmUpPhase } from "../scenario/warm-up.ts";
import type { SecondStatistic } from "./budget.ts";

/** The whole seconds of a run that lie in some phases; undefined: in any but the warm-up. A second that is cut short has no rate. */
export function secondsOf(
  { seconds, phases, durationMs }: Pick<MeasuredRun, "seconds" | "phases" | "durationMs">,
  names: readonly string[] | undefined,
): Second[] {
  const spans = phases.filter(({ name }) =>
    names === undefined ? name !== warmUpPhase : names.includes(name),
  );
  return seconds.filter(({ second }) => {
    const beginMs = 1_000 * second;
    const endMs = beginMs + 1_000;
    if (endMs > durationMs) return false;
    return spans.some((span) => beginMs >= span.beginMs && endMs <= span.endMs);
  });
}

/** The growth of counters in a second, of some groups or of all. */
export function growthOf(
  { counts }: Second,
  counters: readonly CounterName[],
  groups: readonly string[] | undefined,
): number {
  let sum = 0;
  for (const counter of counters) {
    for (const [group, value] of Object.entries(counts[counter] ?? {})) {
      if (groups?.includes(group) !== false) sum += value;
    }
  }
  return sum;
}

/** @returns Undefined without values. */
export function statisticOf(
  values: readonly number[],
  statistic: SecondStatistic,
): number | undefined {
  if (values.length === 0) return undefined;
  const ascending = values.toSorted((left, right) => left - right);
  switch (statistic.kind) {
    case "max":
      return ascending.at(-1);
    case "min":
      return ascending[0];
    case "mean":
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case "percentile": {
      const rank = Math.ceil((statistic.percent / 100) * values.length);
      return ascending[Math.max(rank, 1) - 1];
    }
  }
}
