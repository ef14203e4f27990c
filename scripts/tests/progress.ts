// The progress of a run: one line that changes on a terminal, else a line for each process that has ended.

import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";
import type { ProcessResult } from "./run-process.ts";

const reportPath = join(root, "reports/processes.jsonl");

let [processes, tests, failed] = [0, 0, 0];

/** Shows a process that has ended, and writes its facts to reports/processes.jsonl. @param left Processes that are still to come. */
export function showProcess(
  { group, passed, failures, facts, seconds }: ProcessResult,
  left: number,
): void {
  const { lane, name } = group;
  if (processes++ === 0) {
    mkdirSync(join(root, "reports"), { recursive: true });
    rmSync(reportPath, { force: true });
  }
  appendFileSync(reportPath, `${JSON.stringify({ lane, name, seconds, facts })}\n`);
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
