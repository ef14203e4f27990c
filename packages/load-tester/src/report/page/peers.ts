// The peers: completions over time, and the states that they are in.

import { chosen, type Choice } from "./choices.ts";
import { section } from "./elements.ts";
import { formatCount, formatShort } from "./format.ts";
import { bandsOf, groupChoice, groupLines, runLines } from "./lines.ts";
import { plotFigure } from "./plot.ts";
import {
  numbersOf,
  peakOf,
  rateOf,
  runningTotal,
  sumOf,
  type Line,
  type RunView,
  type Values,
} from "./series.ts";

/** States from the bottom of the plot to its top, with the words of the report. */
const states: readonly (readonly [state: string, text: string])[] = [
  ["complete", "complete"],
  ["unchoked", "unchoked"],
  ["open", "connected, choked"],
  ["connecting", "connecting"],
  ["waiting", "not arrived yet"],
  ["gone", "gone"],
];

/** The section on completions; undefined when no peer completes. */
export function completions(runs: readonly RunView[]): HTMLElement | undefined {
  const grows = (counter: string) => runs.some((run) => rateOf(run, counter, "") !== undefined);
  if (!grows("completed")) return undefined;
  const total = (counter: string, group: string) => (run: RunView) => {
    const rates = rateOf(run, counter, group);
    return rates === undefined ? undefined : runningTotal(run, rates);
  };
  const body = chosen([groupChoice(runs)], ([group = ""]) => {
    const lines =
      runs.length === 1
        ? groupLines(runs, (run, name) => total("completed", name)(run), formatCount)
        : runLines(runs, total("completed", group), formatCount);
    const ended = lines.map((line) => ({
      ...line,
      note: `${formatCount(Math.round(peakOf(line.y)))} in all`,
    }));
    return [
      plotFigure({
        title: "Peers that have all they came for",
        summary: ended.map(({ label, note }) => `${label}: ${note}`).join("; "),
        lines: ended,
        format: formatShort,
        height: 240,
        bands: bandsOf(runs),
      }),
    ];
  });
  return section("Completions over time", "", body);
}

/** The section on states; undefined without any. */
export function peerStates(runs: readonly RunView[]): HTMLElement | undefined {
  if (runs.every(({ data }) => data.gauges.length === 0)) return undefined;
  const body = chosen([runChoice(runs), groupOfRun(runs)], ([index = "0", group = ""]) => {
    const run = runs[Number(index)];
    if (run === undefined) return [];
    const lines = states.flatMap(([state, text]) => stateLine(run, group, state, text));
    return [
      plotFigure({
        title: `States of the peers${run.data.label === "" ? "" : `, ${run.data.label}`}${group === "" ? "" : `, ${group}`}`,
        summary: lines.map(({ label, note }) => `${label}: ${note}`).join("; "),
        lines,
        format: formatShort,
        height: 260,
        isStacked: true,
        bands: bandsOf([run]),
      }),
    ];
  });
  return section("States of the peers", "", body);
}

/** Of compared runs: the run that a plot shows. */
function runChoice(runs: readonly RunView[]): Choice {
  return {
    label: "Run",
    options: runs.map(({ data }, index) => [String(index), data.label] as const),
  };
}

function groupOfRun(runs: readonly RunView[]): Choice {
  const names = new Set(runs.flatMap(({ data }) => data.gauges.map(({ group }) => group)));
  return {
    label: "Group",
    options: [["", "all groups"], ...[...names].map((name) => [name, name] as const)],
  };
}

function stateLine(run: RunView, group: string, state: string, text: string): Line[] {
  const series = run.data.gauges.filter(
    (gauge) => gauge.state === state && (group === "" || gauge.group === group),
  );
  const y: Values | undefined = sumOf(series.map(({ values }) => numbersOf(run, values)));
  if (y === undefined) return [];
  const style = { colour: `--state-${state}`, dash: [], width: 1 };
  const note = `at most ${formatCount(peakOf(y))}`;
  return [
    {
      label: text,
      x: run.times,
      y,
      style,
      note,
      isHidden: state === "gone" || state === "waiting",
    },
  ];
}
