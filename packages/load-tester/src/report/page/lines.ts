// Lines of plots: one for each group of a run, or one for each run of a comparison.

import type { Choice } from "./choices.ts";
import { optionsOf } from "./choices.ts";
import type { Format } from "./format.ts";
import type { Band } from "./plot-spec.ts";
import { meanOf, peakOf, type Line, type RunView, type Values } from "./series.ts";
import { lineStyle } from "./theme.ts";

/** Most lines that one plot shows at its start. */
const mostShown = 12;

/** Phases of the first run. */
export function bandsOf(runs: readonly RunView[]): Band[] {
  const phases = runs[0]?.data.phases ?? [];
  return phases.map(({ name, beginMs, endMs, isWarmUp }) => ({
    name: isWarmUp ? `${name}, not counted` : name,
    isGrey: isWarmUp,
    begin: beginMs / 1000,
    end: endMs / 1000,
  }));
}

/** A line for each group that has values; the groups of most first are shown. */
export function groupLines(
  runs: readonly RunView[],
  values: (run: RunView, group: string) => Values | undefined,
  format: Format,
): Line[] {
  return runs
    .flatMap((run) => {
      const names = run.data.groups.map(({ name }) => name);
      return names.flatMap((name, index) => {
        const y = values(run, name);
        return y === undefined
          ? []
          : [{ label: name, x: run.times, y, style: lineStyle(index), note: noteOf(y, format) }];
      });
    })
    .map((line, index) => (index < mostShown ? line : { ...line, isHidden: true }));
}

/** A line for each run that has values. */
export function runLines(
  runs: readonly RunView[],
  values: (run: RunView) => Values | undefined,
  format: Format,
): Line[] {
  return runs.flatMap((run) => {
    const y = values(run);
    return y === undefined
      ? []
      : [{ label: run.data.label, x: run.times, y, style: run.style, note: noteOf(y, format) }];
  });
}

function noteOf(values: Values, format: Format): string {
  return `mean ${format(meanOf(values))}, peak ${format(peakOf(values))}`;
}

/** Of a comparison: the group that is compared. */
export function groupChoice(runs: readonly RunView[]): Choice {
  const names = runs.flatMap(({ data }) => data.groups.map(({ name }) => name));
  const all = [["", "all groups"]] as const;
  return {
    label: "Group",
    options: runs.length === 1 ? all : [...all, ...optionsOf(names, (name) => name)],
  };
}
