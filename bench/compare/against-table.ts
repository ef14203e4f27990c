// The text of a row that compares two commits: ratios of the pairs of each turn, and whether they reach the bar.

import { median, spread, table } from "../support/statistics.ts";
import { figureKinds, type FigureName } from "./figures.ts";
import type { MeasuredRow } from "./measured-row.ts";
import type { Contestant } from "./row.ts";

/** A figure of both commits. */
export interface AgainstFigure {
  readonly figure: FigureName;
  /** This commit ÷ the commit before: the median of the pairs. */
  readonly ratio: number;
  /** The commit before ÷ itself: the median of the pairs. */
  readonly selfRatio: number;
  /** The least ratio of a gain, or the largest of a cost. */
  readonly bound: number;
  readonly isReached: boolean;
}

/**
 * Compares the figures of a row.
 *
 * @param bar The least ratio of a gain, below 1: 0.98. A cost may be as much larger.
 */
export function againstFigures(row: MeasuredRow, bar: number): AgainstFigure[] {
  return row.compared.map((figure) => {
    const isGain = "isGain" in figureKinds[figure];
    const ratio = median(pairRatios(row, figure, "ours", "before"));
    const selfRatio = median(pairRatios(row, figure, "again", "before"));
    // The noise of this machine: how much the same program differs from itself.
    const slack = Math.abs(selfRatio - 1);
    const bound = isGain ? bar : 2 - bar;
    const isReached = isGain ? ratio >= bound - slack : ratio <= bound + slack;
    return { figure, ratio, selfRatio, bound, isReached };
  });
}

/** @returns Heading, table and verdict of a row. */
export function againstText(row: MeasuredRow, bar: number): string {
  const figures = againstFigures(row, bar);
  const lines = figures.map(({ figure, bound, isReached }) => {
    const { head, digits } = figureKinds[figure];
    const values = (name: Contestant): string => spread(valuesOf(row, figure, name), digits);
    return [
      head,
      values("ours"),
      values("before"),
      spread(pairRatios(row, figure, "ours", "before"), 3),
      spread(pairRatios(row, figure, "again", "before"), 3),
      `${"isGain" in figureKinds[figure] ? "≥" : "≤"} ${bound.toFixed(2)}`,
      isReached ? "reached" : "missed",
    ];
  });
  const head = ["", "this commit", "before", "this ÷ before", "before ÷ itself", "bar", ""];
  const versions = row.contestants.map(({ version }) => version);
  return [
    `## ${row.title}`,
    table([head, ...lines]),
    `${verdict(figures)} ${row.date} UTC, ${row.runs} pairs; ${row.machine}; ${[...new Set(versions)].join(", ")}. ${row.missing.join(" ")}`.trim(),
  ].join("\n\n");
}

/** Processor time decides where a row has it: speeds swing more on a shared machine. */
function verdict(figures: readonly AgainstFigure[]): string {
  const deciding = figures.find(({ figure }) => figure === "cpu" || figure === "cpuMs");
  const one = deciding ?? figures[0];
  if (one === undefined) return "Nothing is compared.";
  const { ratio, selfRatio, isReached, figure } = one;
  const name = figureKinds[figure].ratio;
  return `The bar is ${isReached ? "reached" : "missed"}: ${name} ${ratio.toFixed(3)} × the commit before, which has ${selfRatio.toFixed(3)} × itself.`;
}

/** One ratio for each turn in which both have the figure. */
function pairRatios(
  row: MeasuredRow,
  figure: FigureName,
  top: Contestant,
  bottom: Contestant,
): number[] {
  const below = runsOf(row, bottom);
  return runsOf(row, top).flatMap((run, turn) => {
    const ratio = (run[figure] ?? Number.NaN) / (below[turn]?.[figure] ?? Number.NaN);
    return Number.isFinite(ratio) ? [ratio] : [];
  });
}

function valuesOf(row: MeasuredRow, figure: FigureName, name: Contestant): number[] {
  return runsOf(row, name).flatMap((run) => run[figure] ?? []);
}

function runsOf(row: MeasuredRow, name: Contestant): MeasuredRow["contestants"][number]["runs"] {
  return row.contestants.find((contestant) => contestant.name === name)?.runs ?? [];
}
