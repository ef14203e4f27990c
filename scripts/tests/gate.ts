// The run of CI: the sections of the gate, the tests of the folders that the change touches, and a part of the long lanes.

import { changedParts, quarantinePart, rotatingPart } from "./parts.ts";
import { readChange } from "./change.ts";
import { runSections, type Part, type SectionResult } from "./run-section.ts";
import { gateSections } from "./sections.ts";
import { printTable } from "./table.ts";
import { readQuarantine, reasonsAgainst, reportUnstable } from "./unstable.ts";

/** Above so many times its budget a section is named, or fails the run. */
const overAt = 1.2;
const redAt = 1.5;

/** Runs all. @returns Whether nothing failed. */
export async function runGate(): Promise<boolean> {
  const change = readChange();
  const base = change.base ?? "nothing: there is no earlier commit";
  console.log(`the change: ${change.files.size} files against ${base}`);
  const leftOut = readQuarantine();
  const began = performance.now();
  const sections = gateSections().map((section): Part => ({ section, options: {} }));
  const parts = [...sections, ...changedParts(change), rotatingPart()];
  const results = await runSections(
    parts.map(({ options, section }) => ({ section, options: { ...options, leftOut } })),
  );
  // Its failures are printed: they are known, and judge no change.
  const quarantine = quarantinePart(leftOut);
  if (quarantine !== undefined) await runSections([quarantine]);
  const reasons = [
    ...reasonsAgainst(
      results.flatMap(({ unstable }) => unstable),
      change,
    ),
    ...results.flatMap(({ skipped }) => skipped).map((title) => `"${title}" was skipped`),
    ...results.flatMap((result) => overBudget(result)),
  ];
  return conclude(results, reasons, (performance.now() - began) / 1_000);
}

/**
 * Prints the failures and the unstable tests again, the table, and the line that counts them. Unstable tests are added to the report.
 *
 * @param seconds Time of all sections; without it their sum, as they ran one after the other.
 */
export function conclude(
  results: readonly SectionResult[],
  reasons: readonly string[] = [],
  seconds: number = results.reduce((sum, result) => sum + result.seconds, 0),
): boolean {
  const failures = results.flatMap((result) => result.failures);
  const unstable = results.flatMap((result) => result.unstable);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  reportUnstable(unstable);
  console.log("\n===== result");
  for (const { file, title, text } of failures)
    console.log(`not ok ${file}${title === "" ? "" : ` › ${title}`}: ${shortened(text)}`);
  for (const { file, title, text } of unstable)
    console.log(`UNSTABLE ${file}: ${title}\n    ${shortened(text)}`);
  for (const reason of reasons) console.log(`FAILED: ${reason}`);
  printTable(results, seconds);
  const failed = failures.length + reasons.length;
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

/** The first lines of a failure. */
const shortened = (text: string): string => text.split("\n").slice(0, 12).join("\n    ");

function overBudget({ name, norm, budget }: SectionResult): string[] {
  if (budget === 0 || norm <= budget * overAt) return [];
  const text = `${name} took ${norm.toFixed(0)} processor seconds (norm), its budget is ${budget}`;
  console.log(`OVER: ${text}`);
  return norm > budget * redAt ? [text] : [];
}
