// The report of a run, or of compared runs over each other: one HTML file that needs no network.

import { createHash } from "node:crypto";
import { compareRuns, type RunComparison } from "../results/compare/compare-runs.ts";
import type { LoadTestResult } from "../results/result.ts";
import { comparisonData } from "./data/comparison.ts";
import { jsonText } from "./data/json-text.ts";
import type { ReportData, RunPlace } from "./data/report-data.ts";
import { runData } from "./data/run-data.ts";
import { reportAssets } from "./report-assets.ts";

/** Bytes of the data of all runs together; with the library a report stays below a mebibyte. */
const mostDataBytes = 880 * 1024;

/**
 * Writes a report. Texts of peers and targets stay texts, whatever they contain.
 *
 * @param results The runs; of a comparison, those of side A.
 * @param others The runs of side B.
 * @param comparison Without it, both sides are compared by the default checks.
 * @returns One HTML file, which opens from disk, loads nothing and runs no script but its own.
 * @throws TroupeError `histogram-malformed`
 */
export function reportHtml(
  results: readonly LoadTestResult[],
  others: readonly LoadTestResult[] = [],
  comparison: RunComparison | undefined = compared(results, others),
): string {
  const runs = [...results, ...others];
  const mostBytes = Math.floor(mostDataBytes / Math.max(runs.length, 1));
  const data: ReportData = {
    runs: runs.map((run, index) => runData(run, placeOf(index, results, others), mostBytes)),
    comparison: comparison && comparisonData(comparison),
  };
  return page(runs[0]?.name ?? "", jsonText(data));
}

function compared(
  results: readonly LoadTestResult[],
  others: readonly LoadTestResult[],
): RunComparison | undefined {
  return results.length === 0 || others.length === 0 ? undefined : compareRuns(results, others);
}

function placeOf(
  index: number,
  results: readonly LoadTestResult[],
  others: readonly LoadTestResult[],
): RunPlace {
  if (results.length + others.length === 1) return { label: "", isB: false, number: 0 };
  const isB = index >= results.length;
  const number = isB ? index - results.length : index;
  const isOnly = (isB ? others : results).length === 1;
  return { label: `${isB ? "B" : "A"}${isOnly ? "" : number + 1}`, isB, number };
}

function page(name: string, data: string): string {
  const { library, script, libraryStyle, style } = reportAssets();
  const styles = `${libraryStyle}\n${style}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy([library, script], [styles])}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Load test: ${escapedText(name)}</title>
<style>${styles}</style>
</head>
<body>
<noscript><p>This report draws its plots and tables by a script of its own, which is switched off.</p></noscript>
<script type="application/json" id="data">${data}</script>
<script>${library}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Only these scripts and styles, and nothing from anywhere else. */
function policy(scripts: readonly string[], styles: readonly string[]): string {
  const hashes = (texts: readonly string[]) =>
    texts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`).join(" ");
  return [
    "default-src 'none'",
    `script-src ${hashes(scripts)}`,
    `style-src ${hashes(styles)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

function escapedText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
