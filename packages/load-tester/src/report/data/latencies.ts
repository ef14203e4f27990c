// Latencies over time: percentiles and heat maps of each measure and group.

import type { SecondLatency } from "../../results/result.ts";
import { encodeLevels, encodeSeries, levelOf } from "./codes.ts";
import type { Columns, HeatMap, LatencySeries } from "./report-data.ts";
import type { SecondsByColumn } from "./seconds.ts";

/** A bucket beyond this holds latencies of more than a day: it is shown as this. */
const highestBucket = 72;

/** A series for each measure and group with latencies; most latencies first. */
export function latencySeries(byColumn: SecondsByColumn, columns: Columns): LatencySeries[] {
  const byKey = new Map<string, SecondLatency[][]>();
  byColumn.forEach((column, index) => {
    for (const latency of column.flatMap(({ latencies }) => latencies)) {
      const key = JSON.stringify([latency.measure, latency.group]);
      const cells = byKey.get(key) ?? Array.from({ length: byColumn.length }, () => []);
      cells[index]?.push(latency);
      byKey.set(key, cells);
    }
  });
  return [...byKey.values()]
    .flatMap((cells) => seriesOf(cells, columns))
    .sort((a, b) => b.count - a.count);
}

function seriesOf(cells: readonly (readonly SecondLatency[])[], columns: Columns): LatencySeries[] {
  const first = cells.flat()[0];
  if (first === undefined) return [];
  const counts = cells.map((cell) => sum(cell.map(({ count }) => count)));
  return [
    {
      measure: first.measure,
      group: first.group,
      count: sum(counts),
      counts: encodeSeries(counts),
      p50: encodeSeries(cells.map((cell) => weightedMean(cell, "p50"))),
      p90: encodeSeries(cells.map((cell) => weightedMean(cell, "p90"))),
      p99: encodeSeries(cells.map((cell) => highest(cell, "p99"))),
      max: encodeSeries(cells.map((cell) => highest(cell, "max"))),
      heat: heatMap(cells, columns.heat),
    },
  ];
}

/** Percentiles of several seconds cannot be joined: a point shows the mean p50 and p90 of its seconds. */
function weightedMean(cell: readonly SecondLatency[], of: "p50" | "p90"): number | undefined {
  const count = sum(cell.map((second) => second.count));
  return count === 0 ? undefined : sum(cell.map((second) => second[of] * second.count)) / count;
}

/** And the highest p99 and max, so that no slow second is hidden. */
function highest(cell: readonly SecondLatency[], of: "p99" | "max"): number | undefined {
  const filled = cell.filter(({ count }) => count > 0);
  return filled.length === 0 ? undefined : Math.max(...filled.map((second) => second[of]));
}

function heatMap(cells: readonly (readonly SecondLatency[])[], perColumn: number): HeatMap {
  const columns: Map<number, number>[] = [];
  cells.forEach((cell, index) => {
    const column = (columns[Math.floor(index / perColumn)] ??= new Map<number, number>());
    for (const { buckets } of cell) addBuckets(column, buckets);
  });
  const used = columns.flatMap((column) => [...column.keys()]);
  if (used.length === 0) return { lowest: 0, rows: 0, levels: "" };
  const lowest = Math.min(...used);
  const rows = Math.max(...used) - lowest + 1;
  const levels = columns.flatMap((column) =>
    Array.from({ length: rows }, (_, row) => levelOf(column.get(lowest + row) ?? 0)),
  );
  return { lowest, rows, levels: encodeLevels(levels) };
}

function addBuckets(column: Map<number, number>, pairs: readonly number[]): void {
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const bucket = Math.min(Math.max(pairs[at] ?? 0, 0), highestBucket);
    column.set(bucket, (column.get(bucket) ?? 0) + (pairs[at + 1] ?? 0));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
