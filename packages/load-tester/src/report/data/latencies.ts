// Latencies over time: percentiles of each measure and group.

import { pacedMeasures } from "../../results/measured-run.ts";
import type { GroupFacts, SecondLatency } from "../../results/result.ts";
import { encodeSeries } from "./codes.ts";
import type { LatencySeries } from "./report-data.ts";
import type { SecondsByColumn } from "./seconds.ts";

/** A series for each measure and group with latencies; most latencies first. */
export function latencySeries(
  byColumn: SecondsByColumn,
  groups: readonly GroupFacts[],
): LatencySeries[] {
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
    .flatMap((cells) => seriesOf(cells, groups))
    .sort((a, b) => b.count - a.count);
}

function seriesOf(
  cells: readonly (readonly SecondLatency[])[],
  groups: readonly GroupFacts[],
): LatencySeries[] {
  const first = cells.flat()[0];
  if (first === undefined) return [];
  return [
    {
      measure: first.measure,
      group: first.group,
      load: loadOf(
        first,
        groups.find(({ name }) => name === first.group),
      ),
      count: sum(cells.flat().map(({ count }) => count)),
      p50: encodeSeries(cells.map((cell) => weightedMean(cell, "p50"))),
      p90: encodeSeries(cells.map((cell) => weightedMean(cell, "p90"))),
      p99: encodeSeries(cells.map((cell) => highest(cell, "p99"))),
      max: encodeSeries(cells.map((cell) => highest(cell, "max"))),
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

/** Undefined for latencies that are measured once a visit. */
function loadOf({ measure }: SecondLatency, group: GroupFacts | undefined): LatencySeries["load"] {
  if (group === undefined || group.pace === "" || !pacedMeasures.has(measure)) return undefined;
  return group.isClosedLoad ? "closed" : "open";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
