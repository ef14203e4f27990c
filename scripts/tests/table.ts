import type { SectionResult } from "./run-section.ts";

const columns = [
  "section",
  "s",
  "CPU s",
  "norm",
  "budget",
  "tests",
  "processes",
  "late p99.9, longest (ms)",
  "unstable",
];

/** Prints a row a section, and their sum. @param seconds Time of all: sections run beside each other. */
export function printTable(results: readonly SectionResult[], seconds: number): void {
  const sum = (pick: (result: SectionResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const rows = results.map((result) => [
    result.name,
    ...[result.seconds, result.cpu, result.norm].map((value) => value.toFixed(0)),
    result.budget === 0 ? "" : String(result.budget),
    ...[result.passed, result.processes].map(String),
    textOf(result),
    String(result.unstable.length),
  ]);
  const total = [
    "all",
    ...[seconds, sum(({ cpu }) => cpu), sum(({ norm }) => norm)].map((value) => value.toFixed(0)),
    String(sum(({ budget }) => budget)),
    String(sum(({ passed }) => passed)),
    String(sum(({ processes }) => processes)),
    "",
    String(sum(({ unstable }) => unstable.length)),
  ];
  const lines = [columns, ...rows, total];
  const widths = columns.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  "),
    );
  }
}

function textOf({ lateness: { longestMs, p999Ms } }: SectionResult): string {
  return longestMs === 0 ? "" : `${p999Ms.toFixed(0)}, ${longestMs.toFixed(0)}`;
}
