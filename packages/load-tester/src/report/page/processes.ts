// Use of the target and the generator: CPU, memory, descriptors; and how late the generator sends and reads.

import type { RunData } from "../data/report-data.ts";
import { element, section } from "./elements.ts";
import { formatBytes, formatCpu, formatMicros, formatShare, formatShort } from "./format.ts";
import { percentiles } from "./latency.ts";
import { meanAndPeak } from "./lines.ts";
import { plotFigure } from "./plot.ts";
import { numbersOf, percentileLine, timesOf, type Line } from "./series.ts";
import { lineStyle, runStyle } from "./theme.ts";

const uses = [
  ["cpu", "CPU, of one core", formatCpu],
  ["rss", "memory (RSS)", formatBytes],
  ["descriptors", "descriptors", formatShort],
] as const;

const ownMeasures: readonly (readonly [measure: string, title: string])[] = [
  ["lateness", "Generator: lateness, from the intended to the real time of sending"],
  ["read_wait", "Generator: longest wait of an answer until it is read"],
];

/** The section on targets that run here; undefined without any. */
export function targetUse(runs: readonly RunData[]): HTMLElement | undefined {
  const all = runs.flatMap(({ processes }) => processes.map(({ name }) => name));
  const names = [...new Set(all)].filter((name) => name !== "");
  if (names.length === 0) return undefined;
  return section("Target", "", useFigures(runs, names, "Target"));
}

/** The section on the generator. */
export function generatorUse(runs: readonly RunData[]): HTMLElement {
  const lead =
    "A generator that is late or busy measures itself. Latencies are trusted while 99 % of its actions are sent, and of the answers read, within 10 ms.";
  return section(
    "Generator",
    lead,
    polling(runs),
    ...ownMeasures.map(([measure, title]) => ownLatency(runs, measure, title)),
    useFigures(runs, [""], "Generator"),
  );
}

/** The cost of exact times, in the seconds that had them. */
function polling(runs: readonly RunData[]): HTMLElement | undefined {
  const texts = runs.flatMap(({ label, figures: { polledShare } }) => {
    if (polledShare === undefined) return [];
    const cost = `polling ${formatShare(polledShare)} of a thread for exact times`;
    return [label === "" ? cost : `${label}: ${cost}`];
  });
  return texts.length === 0 ? undefined : element("p", { class: "facts" }, texts.join(" · "));
}

function useFigures(
  runs: readonly RunData[],
  names: readonly string[],
  whose: string,
): HTMLElement {
  const figures = uses.map(([of, title, format]) =>
    plotFigure({
      title: `${whose}: ${title}`,
      lines: runs.flatMap((run) =>
        names.flatMap((name, index): Line[] => {
          const series = run.processes.find((process) => process.name === name);
          if (series === undefined) return [];
          const y = numbersOf(run, series[of]);
          const isRun = run.label !== "" && names.length === 1;
          const label = isRun ? run.label : `${run.label} ${name || "generator"}`.trim();
          const style = isRun ? runStyle(run) : lineStyle(index);
          return [{ label, x: timesOf(run), y, style, note: meanAndPeak(format)(y) }];
        }),
      ),
      format,
      runs,
    }),
  );
  return element("div", { class: "three" }, ...figures);
}

function ownLatency(
  runs: readonly RunData[],
  measure: string,
  title: string,
): HTMLElement | undefined {
  const lines = runs.flatMap((run): Line[] => {
    const series = run.latencies.filter((one) => one.measure === measure);
    if (series.length === 0) return [];
    if (run.label !== "") return [percentileLine(run, series, "p99", undefined)];
    return percentiles
      .filter(([of]) => of !== "p90")
      .map(([of, style]) => percentileLine(run, series, of, style));
  });
  if (lines.length === 0) return undefined;
  return plotFigure({ title, lines, format: formatMicros, isLog: true, runs });
}
