// Reads the data out of a report, as its page does.

import type { ReportData } from "../../src/report/data/report-data.ts";

/** The data inside a report. */
export function dataOf(html: string): ReportData {
  const [, json = ""] =
    /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(html) ?? [];
  return JSON.parse(json) as ReportData;
}
