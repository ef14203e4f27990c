// The use of targets and generators, of a run.

import { isHostile, type MeasuredRun } from "../results/measured-run.ts";
import type { ProcessUse, Second } from "../results/result.ts";
import type { Quantity } from "./budget.ts";
import { namesOfRuns, select } from "./check-budget.ts";
import type { SeenValue } from "./run-values.ts";
import { growthOf, secondsOf, statisticOf } from "./second-statistics.ts";

type ProcessQuantity = Extract<Quantity, { kind: "process" }>;

const gibibyte = 2 ** 30;

/** One value for each target that was measured, or one for the generators. */
export function processValue(quantity: ProcessQuantity, run: MeasuredRun): readonly SeenValue[] {
  const part = select(quantity.selection, quantity, namesOfRuns(run));
  const seconds = secondsOf(run, part.phases);
  if (quantity.of === "own") {
    const value = valueOfUses(quantity, seconds, ({ own }) => own, bytesOf(seconds, undefined));
    return value === undefined ? [] : [{ value, base: undefined }];
  }
  return run.targets
    .filter(({ name }) => part.targets?.includes(name) !== false)
    .flatMap(({ name, baseRssBytes }) => {
      const groups = run.groups.filter((group) => group.target === name);
      const bytes = bytesOf(
        seconds,
        groups.filter((group) => !isHostile(group)).map((group) => group.name),
      );
      const value = valueOfUses(quantity, seconds, ({ targets }) => targets[name], bytes);
      return value === undefined ? [] : [{ value, base: baseRssBytes }];
    });
}

function valueOfUses(
  { resource, statistic }: ProcessQuantity,
  seconds: readonly Second[],
  useOf: (second: Second) => ProcessUse | undefined,
  bytes: number,
): number | undefined {
  const uses = seconds.map(useOf).filter((use) => use !== undefined);
  if (uses.length === 0) return undefined;
  if (statistic === "total" || statistic === "per_gib") {
    const microseconds = 1_000 * uses.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    if (statistic === "total") return microseconds;
    return bytes === 0 ? undefined : (microseconds * gibibyte) / bytes;
  }
  return statisticOf(
    uses.map((use) => {
      if (resource === "rss") return use.rssBytes;
      return resource === "cpu" ? use.cpuMs / 1_000 : use.descriptors;
    }),
    statistic,
  );
}

/** Payload both ways. */
function bytesOf(seconds: readonly Second[], groups: readonly string[] | undefined): number {
  const counters = ["bytes_down", "bytes_up"] as const;
  return seconds.reduce((sum, second) => sum + growthOf(second, counters, groups), 0);
}
