// The peers: completions over time, and the states that they are in.

import type { RunData } from "../data/report-data.ts";
import { chosen, optionsOf } from "./choices.ts";
import { section } from "./elements.ts";
import { formatCount, formatShort } from "./format.ts";
import { groupChoice, linesOf } from "./lines.ts";
import { plotFigure } from "./plot.ts";
import { numbersOf, peakOf, rateOf, sumOf, timesOf, type Line, type Values } from "./series.ts";

/** States of a peer's life, with the words of the report. */
const states: readonly (readonly [state: string, text: string])[] = [
  ["complete", "complete"],
  ["unchoked", "unchoked"],
  ["open", "connected, choked"],
  ["connecting", "connecting"],
  ["waiting", "not arrived yet"],
  ["gone", "gone"],
];

/** The section on completions; undefined when no peer completes. */
export function completions(runs: readonly RunData[]): HTMLElement | undefined {
  if (runs.every((run) => rateOf(run, "completed", "") === undefined)) return undefined;
  const body = chosen([groupChoice(runs)], ([group = ""]) => [
    plotFigure({
      title: "Peers that have all they came for",
      lines: linesOf(runs, group, completed, (y) => `${formatCount(Math.round(peakOf(y)))} in all`),
      format: formatShort,
      runs,
    }),
  ]);
  return section("Completions over time", "", body);
}

/** Sums up to each column, of a growth a second. */
function completed(run: RunData, group: string): Values | undefined {
  let total = 0;
  return rateOf(run, "completed", group)?.map(
    (rate) => (total += (rate ?? 0) * run.columns.seconds),
  );
}

/** The section on states; undefined without any. */
export function peerStates(runs: readonly RunData[]): HTMLElement | undefined {
  if (runs.every(({ gauges }) => gauges.length === 0)) return undefined;
  const groups = runs.flatMap(({ gauges }) => gauges.map(({ group }) => group));
  const choices = [
    { label: "Run", options: runs.map(({ label }, index) => [String(index), label] as const) },
    {
      label: "Group",
      options: [["", "all groups"] as const, ...optionsOf(groups, (name) => name)],
    },
  ];
  const body = chosen(choices, ([index = "0", group = ""]) => {
    const run = runs[Number(index)];
    if (run === undefined) return [];
    const names = [run.label, group].filter((name) => name !== "").map((name) => `, ${name}`);
    return [
      plotFigure({
        title: `States of the peers${names.join("")}`,
        lines: states.flatMap(([state, text]) => stateLine(run, group, state, text)),
        format: formatShort,
        runs: [run],
      }),
    ];
  });
  return section("States of the peers", "", body);
}

function stateLine(run: RunData, group: string, state: string, label: string): Line[] {
  const series = run.gauges.filter(
    (gauge) => gauge.state === state && (group === "" || gauge.group === group),
  );
  const y = sumOf(series.map(({ values }) => numbersOf(run, values)));
  if (y === undefined) return [];
  const style = { colour: `--state-${state}`, dash: [], width: 2 };
  const note = `at most ${formatCount(peakOf(y))}`;
  const isHidden = state === "gone" || state === "waiting";
  return [{ label, x: timesOf(run), y, style, note, isHidden }];
}
