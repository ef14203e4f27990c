// The progress of a run: one line that changes on a terminal, else a line for each process that has ended.

import type { ProcessResult } from "./run-process.ts";

let [tests, failed] = [0, 0];

/** Shows a process that has ended. @param left Processes that are still to come. */
export function showProcess(
  { group, passed, failures, seconds }: ProcessResult,
  left: number,
): void {
  tests += passed;
  failed += failures.length;
  if (process.stdout.isTTY) {
    const text = `${tests} tests passed, ${failed} failed, ${left} processes left`;
    process.stdout.write(`\r\u001B[K${text}${left === 0 ? "\n" : ""}`);
    return;
  }
  const files = group.files.length === 1 ? "" : `, ${group.files.length} files`;
  const state = failures.length === 0 ? "ok" : "FAILED";
  console.log(
    `${state} ${group.lane} ${group.name} (${passed} tests${files}, ${seconds.toFixed(1)} s)`,
  );
}
