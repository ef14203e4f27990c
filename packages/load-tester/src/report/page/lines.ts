// Lines of plots: one for each group of a run, or one for each run of a comparison.

import type { RunData } from "../data/report-data.ts";
import { optionsOf, type Choice } from "./choices.ts";
import type { Format } from "./format.ts";
import { meanOf, peakOf, timesOf, type Line, type Values } from "./series.ts";
import { lineStyle, runStyle } from "./theme.ts";

/** Most lines that one plot shows at its start. */
const mostShown = 12;

/**
 * Lines of a single run, one for each group that has values, the first groups shown; for several runs, a line for each.
 */
export function linesOf(
  runs: readonly RunData[],
  group: string,
  values: (run: RunData, group: string) => Values | undefined,
  note: (values: Values) => string,
): Line[] {
  const [run] = runs;
  const all =
    runs.length === 1 && run !== undefined
      ? run.groups.map(({ name }, index) => ({ run, name, label: name, style: lineStyle(index) }))
      : runs.map((each) => ({ run: each, name: group, label: each.label, style: runStyle(each) }));
  const lines = all.flatMap(({ run: each, name, label, style }): Line[] => {
    const y = values(each, name);
    return y === undefined ? [] : [{ label, x: timesOf(each), y, style, note: note(y) }];
  });
  return lines.map((line, index) => (index < mostShown ? line : { ...line, isHidden: true }));
}

/** `mean 3.2 MiB, peak 4 MiB` */
export function meanAndPeak(format: Format): (values: Values) => string {
  return (values) => `mean ${format(meanOf(values))}, peak ${format(peakOf(values))}`;
}

/** Choice of the group that is compared; a single run has none. */
export function groupChoice(runs: readonly RunData[]): Choice {
  const names = runs.flatMap(({ groups }) => groups.map(({ name }) => name));
  const all = [["", "all groups"]] as const;
  return {
    label: "Group",
    options: runs.length === 1 ? all : [...all, ...optionsOf(names, (name) => name)],
  };
}
