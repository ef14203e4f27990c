// The head of the report: the outcome in a sentence, and the figures that people look for first.

import type { CounterName } from "../../measures/measures.ts";
import type { ComparisonData, OutcomeData, RunData } from "../data/report-data.ts";
import { element, type Child } from "./elements.ts";
import {
  formatBytes,
  formatCount,
  formatCpu,
  formatDuration,
  formatMaximum,
  formatMicros,
  formatName,
  type Format,
} from "./format.ts";
import { byInterest, markOf } from "./latency.ts";
import { meanOf, medianOf, numbersOf, peakOf, sumOf, totalOf } from "./series.ts";

const signs = { passed: "✓", broken: "✕", warned: "!", failed: "✕" };
const errorCounters = [
  "refused",
  "closed_by_target",
  "wrong_blocks",
  "wrong_answers",
  "requests_refused",
  "unanswered",
  "not_sent_target",
  "broken_rules",
];

/** The head. */
export function head(
  runs: readonly RunData[],
  comparison: ComparisonData | undefined,
): HTMLElement {
  const [first] = runs;
  const isCompared = runs.length > 1;
  const facts = runs.map((data) =>
    element(
      "p",
      { class: "facts" },
      [
        data.label === "" ? "" : `${data.label}: ${data.name} · `,
        `seed ${data.seed} · ${formatDuration(data.durationMs)} from ${startOf(data.startedAt)} · ${generatorsOf(data.generators)}`,
      ].join(""),
    ),
  );
  const remarks = runs.flatMap(({ generators }) => generators.flatMap((one) => one.remarks ?? []));
  const notes = new Set([
    ...remarks.map((remark) => `Note: ${remark}.`),
    ...runs.flatMap(({ omitted }) => omitted),
  ]);
  return element(
    "header",
    {},
    element("p", { class: "kind" }, isCompared ? "Load tests compared" : "Load test"),
    element("h1", {}, first?.name ?? ""),
    comparison && outcome("", comparison.outcome),
    ...outcomes(runs),
    ...facts,
    ...Array.from(notes, (text) => element("p", { class: "facts" }, text)),
    element("dl", { class: "tiles" }, ...tiles(runs)),
  );
}

/** One box for the runs that ended alike. */
function outcomes(runs: readonly RunData[]): HTMLElement[] {
  const alike = Map.groupBy(runs, (run) => JSON.stringify(run.outcome));
  return [...alike.values()].flatMap((all) => {
    const [first] = all;
    const labels = all.map(({ label }) => label).join(", ");
    return first === undefined ? [] : [outcome(labels, first.outcome)];
  });
}

function outcome(label: string, { kind, word, sentence }: OutcomeData): HTMLElement {
  return element(
    "div",
    { class: `outcome ${kind}` },
    element("span", { class: "sign", "aria-hidden": "true" }, signs[kind]),
    element(
      "p",
      {},
      element("strong", {}, label === "" ? word : `${label}: ${word}`),
      " ",
      sentence,
    ),
  );
}

function startOf(iso: string): string {
  return iso.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
}

function generatorsOf(generators: RunData["generators"]): string {
  const threads = generators.reduce((sum, generator) => sum + generator.threads, 0);
  const lost = generators.filter(({ lostAt }) => lostAt !== undefined).length;
  const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const agents = `${plural(generators.length, "generator")} with ${plural(threads, "thread")}`;
  return lost === 0 ? agents : `${agents}, ${lost} lost`;
}

/** A figure of the runs: the value of A, and in a comparison that of B beside it. */
interface Tile {
  readonly name: string;
  readonly of: (run: RunData) => number | undefined;
  readonly format: Format;
  readonly note?: Child;
}

function tiles(runs: readonly RunData[]): HTMLElement[] {
  return tilesOf(runs).flatMap((tile) => {
    const [a, b] = [side(runs, tile, false), side(runs, tile, true)];
    if (a === undefined && b === undefined) return [];
    const text = (value: number | undefined) => (value === undefined ? "–" : tile.format(value));
    const isCompared = runs.some(({ isB }) => isB);
    const values = isCompared
      ? [
          element("span", { class: "side-a" }, text(a)),
          " ",
          element("span", { class: "side-b" }, text(b)),
        ]
      : [text(a)];
    return [
      element(
        "div",
        {},
        element("dt", {}, tile.name, " ", tile.note),
        element("dd", {}, ...values),
      ),
    ];
  });
}

function side(runs: readonly RunData[], { of }: Tile, isB: boolean): number | undefined {
  return medianOf(runs.filter((run) => run.isB === isB).flatMap((run) => of(run) ?? []));
}

function tilesOf(runs: readonly RunData[]): Tile[] {
  return [
    { name: "peers at once", of: (run) => positive(peersAtOnce(run)), format: formatCount },
    {
      name: "payload a second, while busy",
      of: (run) => busyRate(run, ["bytes_down", "bytes_up"]),
      format: formatBytes,
    },
    {
      name: "answers a second, while busy",
      of: (run) => busyRate(run, ["announces", "scrapes", "queries"]),
      format: formatCount,
    },
    ...latencyTiles(runs),
    {
      name: "errors",
      of: errorsOf,
      format: formatCount,
    },
    { name: "target CPU", of: meanCpu, format: formatCpu },
    {
      name: "target memory, peak",
      of: (run) =>
        greatest(
          run.figures.processes
            .filter(({ target }) => target !== undefined)
            .map(({ mostRssBytes }) => mostRssBytes),
        ),
      format: formatBytes,
    },
    { name: "generator late, p99", of: (run) => ownP99(run, "lateness"), format: formatMicros },
    { name: "answers read late, p99", of: (run) => ownP99(run, "read_wait"), format: formatMicros },
  ];
}

function ownP99({ figures }: RunData, of: "lateness" | "read_wait"): number | undefined {
  return figures.latencies.find(({ measure }) => measure === of)?.p99;
}

/** The p50 and p99 of the latency that matters most. */
function latencyTiles(runs: readonly RunData[]): Tile[] {
  const all = runs[0]?.figures.latencies.filter(({ group }) => group !== "") ?? [];
  const [main] = all.toSorted((one, other) => byInterest(runs, one, other));
  if (main === undefined) return [];
  const { measure, group, count } = main;
  return ([50, 99] as const).map((percent) => ({
    name: `p${percent} ${formatName(measure)}, ${group}${runs.length === 1 ? formatMaximum(percent, count) : ""}`,
    of: ({ figures }: RunData) =>
      figures.latencies.find((one) => one.measure === measure && one.group === group)?.[
        `p${percent}`
      ],
    format: formatMicros,
    note: markOf(runs, measure, group),
  }));
}

/** A target does well to refuse misbehaving peers: theirs are no errors. */
function errorsOf(run: RunData): number {
  const groups = run.groups.filter(({ behaviour }) => !behaviour.startsWith("hostile"));
  const pairs = groups.flatMap(({ name }) =>
    errorCounters.map((counter) => [counter, name] as const),
  );
  return pairs.reduce((sum, [counter, name]) => sum + totalOf(run, counter, name), 0);
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}

function peersAtOnce(run: RunData): number {
  const states = new Set(["open", "unchoked", "complete"]);
  const series = run.gauges.filter(({ state }) => states.has(state));
  return peakOf(sumOf(series.map(({ values }) => numbersOf(run, values))) ?? []);
}

function busyRate({ figures }: RunData, counters: readonly CounterName[]): number | undefined {
  return positive(counters.reduce((sum, name) => sum + (figures.busyRates[name] ?? 0), 0));
}

function meanCpu(run: RunData): number | undefined {
  const targets = run.processes.filter(({ name }) => name !== "");
  return greatest(targets.map(({ cpu }) => meanOf(numbersOf(run, cpu))));
}

function greatest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}
