// Rows of the tables: the figures of one run against one client.

import {
  measuredRun,
  type LatencyFigures,
  type LoadTestResult,
  type MeasuredRun,
  runFigures,
} from "@troupe/load-tester";

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;
const leech = "leech";
const hostile = "hostile";

/** Titles of {@link clientRow}. */
export const clientTitles: readonly string[] = [
  "client",
  "leechers whole",
  "whole p50 s",
  "whole p95 s",
  "beside ours",
  "request p50 ms",
  "request p99 ms",
  "wrong blocks",
  "hostile opened",
  "closed by the client",
  "CPU s",
  "CPU s/GiB",
  "memory + MiB",
];

/** 500 leechers beside 100 misbehaving peers. */
export function clientRow(_client: string, result: LoadTestResult, ours: LoadTestResult): string[] {
  const run = measuredRun(result);
  const completion = latencyOf(run, "completion");
  const request = latencyOf(run, "request_block");
  const oursP95 = latencyOf(measuredRun(ours), "completion")?.p95;
  const bytes = run.totals.count("bytes_down", { groups: [leech] });
  const use = useOf(run);
  return [
    clientName(run, result),
    `${run.totals.count("completed", { groups: [leech] })} of ${membersOf(run, leech)}`,
    seconds(completion?.p50),
    seconds(completion?.p95),
    times(completion?.p95, oursP95),
    milliseconds(request?.p50),
    milliseconds(request?.p99),
    String(run.totals.count("wrong_blocks")),
    String(run.totals.count("opened", { groups: [hostile] })),
    String(run.totals.count("closed_by_target", { groups: [hostile] })),
    use.cpuSeconds.toFixed(1),
    bytes === 0 ? "–" : (use.cpuSeconds / (bytes / gibibyte)).toFixed(2),
    use.growth,
  ];
}

/** Titles of {@link stormRow}. */
export const stormTitles: readonly string[] = [
  "client",
  "hostile opened",
  "open at once",
  "request p99 before ms",
  "in the storm ms",
  "max in the storm ms",
  "after ms",
  "answered of sent",
  "CPU s",
  "memory + MiB",
  "of it after",
  "own lateness p99 ms",
];

/** 10,000 misbehaving connections beside 20 leechers with an open load. */
export function stormRow(_client: string, result: LoadTestResult): string[] {
  const run = measuredRun(result);
  const [before, storm, rest] = ["before", "storm", "rest"].map((phase) =>
    latencyOf(run, "request_block", phase),
  );
  const open = run.seconds.map(({ gauges }) => gauges[hostile]?.open ?? 0);
  const use = useOf(run);
  return [
    clientName(run, result),
    String(run.totals.count("opened", { groups: [hostile] })),
    String(Math.max(0, ...open)),
    milliseconds(before?.p99),
    milliseconds(storm?.p99),
    milliseconds(storm?.max),
    milliseconds(rest?.p99),
    `${run.totals.count("blocks", { groups: [leech] })} of ${run.totals.count("requests", { groups: [leech] })}`,
    use.cpuSeconds.toFixed(1),
    use.growth,
    use.growthAtEnd,
    milliseconds(latenessOf(run)),
  ];
}

/** A saturated generator measures itself: such a row is marked. */
function clientName(run: MeasuredRun, { outcome }: LoadTestResult): string {
  const [target] = run.targets;
  const client = target?.client ?? "";
  return outcome.kind === "generator-saturated" ? `${client} (generator-saturated)` : client;
}

/** p99 over the whole run. */
function latenessOf(run: MeasuredRun): number | undefined {
  const histogram = run.totals.histogram("lateness");
  return histogram.count === 0 ? undefined : histogram.percentile(99);
}

function membersOf(run: MeasuredRun, group: string): number {
  return run.groups.find(({ name }) => name === group)?.count ?? 0;
}

function latencyOf(
  run: MeasuredRun,
  measure: LatencyFigures["measure"],
  phase?: string,
):
  | { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number }
  | undefined {
  const of = { groups: [leech], ...(phase !== undefined && { phases: [phase] }) };
  const histogram = run.totals.histogram(measure, of);
  if (histogram.count === 0) return undefined;
  const [p50, p95, p99] = [50, 95, 99].map((part) => histogram.percentile(part));
  return { p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0, max: histogram.maxUs };
}

/** CPU time and memory of the target, with its children. */
function useOf(run: MeasuredRun): {
  readonly cpuSeconds: number;
  readonly growth: string;
  readonly growthAtEnd: string;
} {
  const use = runFigures(run).processes.find(({ target }) => target !== undefined);
  const base = use?.baseRssBytes ?? Number.NaN;
  const inMebibytes = (bytes: number | undefined): string =>
    (((bytes ?? Number.NaN) - base) / mebibyte).toFixed(0);
  return {
    cpuSeconds: (use?.cpuMs ?? Number.NaN) / 1_000,
    growth: inMebibytes(use?.mostRssBytes),
    growthAtEnd: inMebibytes(use?.rssBytes),
  };
}

function times(value: number | undefined, unit: number | undefined): string {
  return value === undefined || unit === undefined ? "–" : `${(value / unit).toFixed(2)} ×`;
}

function seconds(microseconds: number | undefined): string {
  return microseconds === undefined ? "–" : (microseconds / 1e6).toFixed(1);
}

function milliseconds(microseconds: number | undefined): string {
  return microseconds === undefined ? "–" : (microseconds / 1e3).toFixed(1);
}
