// The progress of a run: one line that changes on a terminal, else a line for each process that has ended.

import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";
import type { Failure, ProcessResult } from "./run-process.ts";

const reportPath = join(root, "reports/processes.jsonl");

/** Tests that take as long are told by title, in ms. */
const slowMs = 1_000;

let [processes, tests, failed] = [0, 0, 0];

/** Shows a process that has ended, and writes its facts to reports/processes.jsonl. @param left Processes that are still to come. */
export function showProcess(
  { cpu, durations, group, passed, failures, facts, seconds }: ProcessResult,
  left: number,
): void {
  const { lane, name } = group;
  if (processes++ === 0) {
    mkdirSync(join(root, "reports"), { recursive: true });
    rmSync(reportPath, { force: true });
  }
  const slow = Object.fromEntries([...durations].filter(([, ms]) => ms >= slowMs));
  appendFileSync(reportPath, `${JSON.stringify({ lane, name, seconds, cpu, slow, facts })}\n`);
  if (process.stdout.isTTY && failures.length > 0) process.stdout.write("\n");
  for (const failure of failures) printFailure(failure);
  tests += passed;
  failed += failures.length;
  if (process.stdout.isTTY) {
    const text = `${tests} tests passed, ${failed} failed, ${left} processes left`;
    process.stdout.write(`\r\u001B[K${text}${left === 0 ? "\n" : ""}`);
    return;
  }
  const files = group.files.length === 1 ? "" : `, ${group.files.length} files`;
  const state = failures.length === 0 ? "ok" : "FAILED";
  console.log(`${state} ${lane} ${name} (${passed} tests${files}, ${seconds.toFixed(1)} s)`);
}

/** Prints a failure so that it can be found by "not ok". */
export function printFailure({ file, title, text }: Failure): void {
  console.log(
    `not ok ${file}${title === "" ? "" : ` › ${title}`}\n${text.replaceAll(/^/gm, "    ")}`,
  );
}
