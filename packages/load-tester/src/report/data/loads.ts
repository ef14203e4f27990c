// Latencies that depend on the pace of their group: marked as of an open or a closed load wherever they stand.

import type { MeasureName } from "../../measures/measures.ts";
import { isClosedLatency } from "../../results/measured-run.ts";
import type { GroupFacts, LoadTestResult } from "../../results/result.ts";
import type { LoadData } from "./report-data.ts";

/** A mark for each measure and group whose latencies depend on a pace. */
export function loadsOf({ groups, histograms }: LoadTestResult): LoadData[] {
  const seen = new Map(
    histograms.map(({ measure, group }) => [`${measure} ${group}`, { measure, group }]),
  );
  return [...seen.values()].flatMap(({ measure, group }) => {
    const facts = groups.find(({ name }) => name === group);
    return facts === undefined || !hasPace(measure, facts)
      ? []
      : [{ measure, group, isClosed: facts.isClosedLoad }];
  });
}

function hasPace(measure: MeasureName, { pace }: GroupFacts): boolean {
  return pace !== "" && isClosedLatency(measure, { isClosedLoad: true });
}
