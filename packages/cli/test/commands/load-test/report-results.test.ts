import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { writeResult } from "@troupe/load-tester";
import type { ReportTask } from "../../../src/arguments/load-test-arguments.ts";
import { reportResults } from "../../../src/commands/load-test/report-results.ts";
import { FakeEnvironment } from "../../support/fake-environment.ts";
import { fakeLoadResult } from "../../support/fake-load-result.ts";

async function report(parts: Partial<ReportTask>, folder: string, json = false) {
  const environment = new FakeEnvironment(undefined as never);
  const path = join(folder, "run.json");
  await writeResult(path, fakeLoadResult());
  const task: ReportTask = { results: [path], format: "html", report: undefined, ...parts };
  const code: number = await reportResults(task, { json, quiet: false }, environment);
  return { code, text: environment.stdout.text };
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "troupe-report-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test("a saved result gets its page, and a broken budget of it is exit 0", async (t) => {
  await using folder = await temporaryFolder();
  const reportPath = join(folder.path, "report.html");
  const { code, text } = await report({ report: reportPath }, folder.path);
  t.is(code, 0);
  t.is(text, `wrote ${reportPath}\n`);
  t.regex(await readFile(reportPath, "utf8"), /^<!doctype html>[^]*small-swarm/);
});

test("without a file the report is the output", async (t) => {
  await using folder = await temporaryFolder();
  const page = await report({}, folder.path);
  t.regex(page.text, /^<!doctype html>[^]*<\/html>\n$/);
  const junit = await report({ format: "junit" }, folder.path);
  t.regex(junit.text, /^<\?xml [^]*<\/testsuites>\n$/);
});

test("--json names the written file", async (t) => {
  await using folder = await temporaryFolder();
  const reportPath = join(folder.path, "junit.xml");
  const { text } = await report({ report: reportPath, format: "junit" }, folder.path, true);
  t.like(JSON.parse(text), { event: "load-wrote", path: reportPath });
});

test("a report refuses a file that is no result in a sentence", async (t) => {
  await using folder = await temporaryFolder();
  const results = [join(folder.path, "absent.json")];
  await t.throwsAsync(report({ results }, folder.path), { code: "result-unreadable" });
});
