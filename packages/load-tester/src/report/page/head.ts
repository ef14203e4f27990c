// The head of the report: the outcome in a sentence, and the figures that people look for first.

import type { ComparisonData, OutcomeData, ProcessSeries } from "../data/report-data.ts";
import { element, type Child } from "./elements.ts";
import {
  formatBytes,
  formatCount,
  formatCpu,
  formatDuration,
  formatMicros,
  formatName,
  type Format,
} from "./format.ts";
import { byInterest, marksOf } from "./latency.ts";
import {
  meanOf,
  medianOf,
  numbersOf,
  peakOf,
  rateOf,
  sumOf,
  totalOf,
  type RunView,
} from "./series.ts";

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
const answerCounters = ["announces", "scrapes", "queries"];

/** The head. */
export function head(runs: readonly RunView[], comparison: ComparisonData | null): HTMLElement {
  const [first] = runs;
  const isCompared = runs.length > 1;
  const facts = runs.map(({ data }) =>
    element(
      "p",
      { class: "facts" },
      [
        data.label === "" ? "" : `${data.label}: ${data.name} · `,
        `seed ${data.seed} · ${formatDuration(data.durationMs)} from ${startOf(data.startedAt)} · ${generatorsOf(data.generators)}`,
      ].join(""),
    ),
  );
  const remarks = runs.flatMap(({ data }) => data.generators.flatMap((one) => one.remarks ?? []));
  const notes = new Set([
    ...remarks.map((remark) => `Note: ${remark}.`),
    ...runs.flatMap(({ data }) => data.omitted),
  ]);
  return element(
    "header",
    {},
    element("p", { class: "kind" }, isCompared ? "Load tests compared" : "Load test"),
    element("h1", {}, first?.data.name ?? ""),
    comparison === null ? undefined : outcome("", comparison.outcome),
    ...outcomes(runs),
    ...facts,
    ...Array.from(notes, (text) => element("p", { class: "facts" }, text)),
    element("dl", { class: "tiles" }, ...tiles(runs)),
  );
}

/** One box for the runs that ended alike. */
function outcomes(runs: readonly RunView[]): HTMLElement[] {
  const labels = new Map<string, { readonly outcome: OutcomeData; readonly labels: string[] }>();
  for (const { data } of runs) {
    const key = JSON.stringify(data.outcome);
    const alike = labels.get(key) ?? { outcome: data.outcome, labels: [] };
    alike.labels.push(data.label);
    labels.set(key, alike);
  }
  return [...labels.values()].map((alike) => outcome(alike.labels.join(", "), alike.outcome));
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

function generatorsOf(generators: RunView["data"]["generators"]): string {
  const threads = generators.reduce((sum, generator) => sum + generator.threads, 0);
  const lost = generators.filter(({ lostAt }) => lostAt !== undefined).length;
  const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const agents = `${plural(generators.length, "generator")} with ${plural(threads, "thread")}`;
  return lost === 0 ? agents : `${agents}, ${lost} lost`;
}

/** A figure of the runs: the value of A, and in a comparison that of B beside it. */
interface Tile {
  readonly name: string;
  readonly of: (run: RunView) => number | undefined;
  readonly format: Format;
  readonly note?: Child;
}

function tiles(runs: readonly RunView[]): HTMLElement[] {
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

function side(runs: readonly RunView[], { of }: Tile, isB: boolean): number | undefined {
  return medianOf(runs.filter((run) => run.isB === isB).flatMap((run) => of(run) ?? []));
}

function tilesOf(runs: readonly RunView[]): Tile[] {
  return [
    { name: "peers at once", of: (run) => positive(peersAtOnce(run)), format: formatCount },
    {
      name: "payload a second, while busy",
      of: (run) => positive(busyRate(run, ["bytes_down", "bytes_up"])),
      format: formatBytes,
    },
    {
      name: "answers a second, while busy",
      of: (run) => positive(busyRate(run, answerCounters)),
      format: formatCount,
    },
    ...latencyTiles(runs),
    {
      name: "errors",
      of: errorsOf,
      format: formatCount,
    },
    {
      name: "target CPU",
      of: (run) => ofTargets(run, ({ cpu }) => meanOf(numbersOf(run, cpu))),
      format: formatCpu,
    },
    {
      name: "target memory, peak",
      of: (run) => ofTargets(run, ({ peakRssBytes }) => peakRssBytes),
      format: formatBytes,
    },
    { name: "generator late, p99", of: (run) => ownP99(run, "lateness"), format: formatMicros },
    { name: "answers read late, p99", of: (run) => ownP99(run, "read_wait"), format: formatMicros },
  ];
}

function ownP99(run: RunView, of: "lateness" | "read_wait"): number | undefined {
  return run.data.nines.find(({ measure, phase }) => measure === of && phase === "")?.table[2];
}

/** The p50 and p99 of the latency that matters most. */
function latencyTiles(runs: readonly RunView[]): Tile[] {
  const all = runs[0]?.data.nines.filter(({ group, phase }) => group !== "" && phase === "");
  const [main] = (all ?? []).toSorted((one, other) => byInterest(runs, one, other));
  if (main === undefined) return [];
  const of = (at: number) => (run: RunView) =>
    run.data.nines.find(
      ({ measure, group, phase }) =>
        measure === main.measure && group === main.group && phase === "",
    )?.table[at];
  const note = () => marksOf(runs, main.measure, main.group)[0];
  const nameOf = (percent: string, at: number) => {
    const isMaximum = runs.length === 1 && at >= main.soundPercentiles;
    const few = isMaximum ? ` (max of ${formatCount(main.count)})` : "";
    return `${percent} ${formatName(main.measure)}, ${main.group}${few}`;
  };
  return [
    { name: nameOf("p50", 0), of: of(0), format: formatMicros, note: note() },
    { name: nameOf("p99", 2), of: of(2), format: formatMicros, note: note() },
  ];
}

/** A target does well to refuse misbehaving peers: theirs are no errors. */
function errorsOf(run: RunView): number {
  const groups = run.data.groups.filter(({ behaviour }) => !behaviour.startsWith("hostile"));
  const pairs = groups.flatMap(({ name }) =>
    errorCounters.map((counter) => [counter, name] as const),
  );
  return pairs.reduce((sum, [counter, name]) => sum + totalOf(run, counter, name), 0);
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}

function peersAtOnce(run: RunView): number {
  const states = new Set(["open", "unchoked", "complete"]);
  const series = run.data.gauges.filter(({ state }) => states.has(state));
  return peakOf(sumOf(series.map(({ values }) => numbersOf(run, values))) ?? []);
}

/** Seconds without any have nothing to say, and those of the warm-up do not count. */
function busyRate(run: RunView, counters: readonly string[]): number {
  const all = sumOf(counters.flatMap((counter) => [rateOf(run, counter, "") ?? []])) ?? [];
  const warmUps = run.data.phases.filter(({ isWarmUp }) => isWarmUp);
  const isCounted = (at: number): boolean => {
    const beginMs = 1_000 * (run.times[at] ?? 0);
    return !warmUps.some((phase) => beginMs >= phase.beginMs && beginMs < phase.endMs);
  };
  return meanOf(all.filter((value, at) => (value ?? 0) > 0 && isCounted(at)));
}

/** The greatest value of all targets. */
function ofTargets(run: RunView, of: (series: ProcessSeries) => number): number | undefined {
  const values = run.data.processes.filter(({ name }) => name !== "").map(of);
  return values.length === 0 ? undefined : Math.max(...values);
}
