// Latencies by nines: percentiles of whole histograms, over the run and in each phase.

import { LatencyHistogram } from "../../measures/latency-histogram.ts";
import type { MeasureName, NamedHistogram } from "../../measures/measures.ts";
import { isMaximum } from "../../results/summary/too-few.ts";
import { countsInRun } from "../../scenario/warm-up.ts";
import { encodeSeries } from "./codes.ts";
import type { NinesSeries } from "./report-data.ts";

const tablePercentiles = [50, 90, 99, 99.9, 99.99];
/** Points for each further nine. */
const pointsPerNine = 8;
/** Seven nines. */
const mostPoints = 7 * pointsPerNine;

/** Series of each measure and group over the run (phase ""), then, of runs with several phases, by phase. */
export function ninesSeries(
  histograms: readonly NamedHistogram[],
  shareOf: (key: SeriesKey) => number | undefined,
): NinesSeries[] {
  const decoded = histograms.map(({ measure, group, phase, hdr }) => ({
    key: { measure, group, phase },
    histogram: LatencyHistogram.decode(hdr),
  }));
  const whole = new Map<string, LatencyHistogram>();
  for (const { key, histogram } of decoded) {
    if (!countsInRun(key.measure, key.phase)) continue;
    const name = JSON.stringify([key.measure, key.group]);
    const sum = whole.get(name) ?? LatencyHistogram.empty();
    sum.add(histogram);
    whole.set(name, sum);
  }
  const overRun = [...whole].map(([name, histogram]) => {
    const [measure, group] = JSON.parse(name) as [string, string];
    return seriesOf({ measure: measure as MeasureName, group, phase: "" }, histogram);
  });
  const hasPhases = new Set(histograms.map(({ phase }) => phase)).size > 1;
  const byPhase = hasPhases ? decoded.map(({ key, histogram }) => seriesOf(key, histogram)) : [];
  return [...overRun, ...byPhase]
    .filter(({ count }) => count > 0)
    .map((series) => ({ ...series, unansweredShare: shareOf(series) ?? null }));
}

/** Names of a series. */
interface SeriesKey {
  readonly measure: MeasureName;
  readonly group: string;
  /** "" for the whole run. */
  readonly phase: string;
}

function seriesOf(
  key: SeriesKey,
  histogram: LatencyHistogram,
): Omit<NinesSeries, "unansweredShare"> & SeriesKey {
  const { count, maxUs: max } = histogram;
  // The slowest of n latencies is the last that a percentile can tell from its neighbours: 1 - 1/n.
  const points =
    Math.min(Math.floor(pointsPerNine * Math.log10(Math.max(count, 1))), mostPoints) + 1;
  const values = Array.from({ length: points }, (_, index) =>
    histogram.percentile(100 - 100 / 10 ** (index / pointsPerNine)),
  );
  return {
    ...key,
    count,
    table: [...tablePercentiles.map((percentile) => histogram.percentile(percentile)), max].map(
      Math.round,
    ),
    soundPercentiles: tablePercentiles.filter((percent) => !isMaximum(percent, count)).length,
    values: encodeSeries(values),
  };
}
