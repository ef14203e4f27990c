// What the target and the generator use: CPU, memory, descriptors; and how late the generator sends and reads.

import { element, section } from "./elements.ts";
import { formatBytes, formatCpu, formatMicros, formatShort, type Format } from "./format.ts";
import { bandsOf } from "./lines.ts";
import { plotFigure } from "./plot.ts";
import { meanOf, numbersOf, peakOf, rateOf, type Line, type RunView } from "./series.ts";
import { lineStyle } from "./theme.ts";

const uses: readonly (readonly [
  of: "cpu" | "rss" | "descriptors",
  title: string,
  format: Format,
])[] = [
  ["cpu", "CPU, of one core", formatCpu],
  ["rss", "memory (RSS)", formatBytes],
  ["descriptors", "descriptors", formatShort],
];

const ownMeasures: readonly (readonly [measure: string, title: string])[] = [
  ["lateness", "Generator: lateness, from the intended to the real time of sending"],
  ["read_wait", "Generator: longest wait of an answer until it is read"],
];

/** The section on targets that run here; undefined without any. */
export function targetUse(runs: readonly RunView[]): HTMLElement | undefined {
  const names = [
    ...new Set(runs.flatMap(({ data }) => data.processes.map(({ name }) => name))),
  ].filter((name) => name !== "");
  if (names.length === 0) return undefined;
  return section("Target", "", useFigures(runs, names, "Target"));
}

/** The section on the generator. */
export function generatorUse(runs: readonly RunView[]): HTMLElement {
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

/** What exact times cost, in the seconds that had them. */
function polling(runs: readonly RunView[]): HTMLElement | undefined {
  const texts = runs.flatMap((run) => {
    const values = (rateOf(run, "polled_us", "") ?? []).filter((value) => (value ?? 0) > 0);
    if (values.length === 0) return [];
    const cost = `polling ${formatCpu(meanOf(values) / 1_000)} of a thread for exact times`;
    return [run.data.label === "" ? cost : `${run.data.label}: ${cost}`];
  });
  return texts.length === 0 ? undefined : element("p", { class: "facts" }, texts.join(" · "));
}

function useFigures(
  runs: readonly RunView[],
  names: readonly string[],
  whose: string,
): HTMLElement {
  const figures = uses.map(([of, title, format]) => {
    const lines = names.flatMap((name, index) =>
      runs.flatMap((run) => useLine(run, name, of, { index, isOnly: names.length === 1, format })),
    );
    return plotFigure({
      title: `${whose}: ${title}`,
      summary: lines.map(({ label, note }) => `${label}: ${note}`).join("; "),
      lines,
      format,
      height: 200,
      bands: bandsOf(runs),
    });
  });
  return element("div", { class: "three" }, ...figures);
}

function useLine(
  run: RunView,
  name: string,
  of: "cpu" | "rss" | "descriptors",
  { index, isOnly, format }: { index: number; isOnly: boolean; format: Format },
): Line[] {
  const series = run.data.processes.find((process) => process.name === name);
  if (series === undefined) return [];
  const y = numbersOf(run, series[of]);
  const isCompared = run.data.label !== "";
  const whose = name === "" ? "generator" : name;
  const note = `mean ${format(meanOf(y))}, peak ${format(peakOf(y))}`;
  const label = !isCompared ? whose : isOnly ? run.data.label : `${run.data.label} ${whose}`;
  const style = isCompared && isOnly ? run.style : lineStyle(index);
  return [{ label, x: run.times, y, style, note }];
}

function ownLatency(
  runs: readonly RunView[],
  measure: string,
  title: string,
): HTMLElement | undefined {
  const lines = runs.flatMap((run): Line[] => {
    const series = run.data.latencies.filter((one) => one.measure === measure);
    const [first] = series;
    if (first === undefined) return [];
    const percentiles =
      run.data.label === "" ? (["max", "p99", "p50"] as const) : (["p99"] as const);
    return percentiles.map((percentile): Line => {
      const all = series.map((one) => numbersOf(run, one[percentile]));
      const y = run.times.map((_, at) => {
        const known = all.flatMap((values) => values[at] ?? []);
        return known.length === 0 ? null : Math.max(1, ...known);
      });
      const style =
        run.data.label === ""
          ? {
              colour: `--p-${percentile.replace("p", "")}`,
              dash: percentile === "max" ? [2, 3] : [],
              width: 2,
            }
          : run.style;
      return {
        label: [run.data.label, percentile].join(" ").trim(),
        x: run.times,
        y,
        style,
        note: `at most ${formatMicros(peakOf(y))}`,
      };
    });
  });
  if (lines.length === 0) return undefined;
  return plotFigure({
    title,
    summary: lines.map(({ label, note }) => `${label}: ${note}`).join("; "),
    lines,
    format: formatMicros,
    height: 220,
    isLog: true,
    bands: bandsOf(runs),
  });
}
