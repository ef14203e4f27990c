import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { writeResult, type Outcome } from "@troupe/load-tester";
import { compareResults } from "../../../src/commands/load-test/compare-results.ts";
import { FakeEnvironment } from "../../support/fake-environment.ts";
import { fakeLoadResult } from "../../support/fake-load-result.ts";

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "troupe-compare-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function compare(
  folder: string,
  parts: {
    budgets?: readonly string[];
    json?: boolean;
    format?: "junit";
    /** The outcome of the second run after; default: it passed, like the others. */
    outcome?: Outcome;
  },
) {
  const environment = new FakeEnvironment(undefined as never);
  const [path, last] = [join(folder, "run.json"), join(folder, "last.json")];
  const passed = fakeLoadResult({ outcome: { kind: "passed" }, budgets: [] });
  await writeResult(path, passed);
  const { outcome } = parts;
  await writeResult(last, outcome === undefined ? passed : fakeLoadResult({ outcome }));
  const code: number = await compareResults(
    {
      ...{ base: [path], other: [path, last], budgets: parts.budgets ?? [] },
      ...{ report: join(folder, "compare.html"), format: parts.format ?? "html" },
    },
    { quiet: false, json: parts.json ?? false },
    environment,
  );
  return { code, output: environment.stdout };
}

test("compare shows the ratios of result files and writes the report of all runs", async (t) => {
  await using folder = await temporaryFolder();
  const { code, output } = await compare(folder.path, {});
  t.is(code, 0);
  t.regex(output.text, /no change beyond what is allowed\n$/);
  t.regex(await readFile(join(folder.path, "compare.html"), "utf8"), /^<!doctype html>/);
});

test("compare writes its checks as JUnit XML", async (t) => {
  await using folder = await temporaryFolder();
  await compare(folder.path, { format: "junit", budgets: ["throughput.mean > 1.5"] });
  t.regex(
    await readFile(join(folder.path, "compare.html"), "utf8"),
    /<testsuite name="comparison" tests="4" failures="1"[^]*name="throughput.mean &#62; 1.5"/,
  );
});

test("a broken budget of compare is exit 4", async (t) => {
  await using folder = await temporaryFolder();
  t.is((await compare(folder.path, { budgets: ["throughput.mean > 1.5"] })).code, 4);
  t.is((await compare(folder.path, { budgets: ["throughput.mean > 0.5"] })).code, 0);
});

for (const [outcome, code] of [
  [{ kind: "aborted", budget: "errors < 1%" }, 4],
  [{ kind: "generator-saturated", reason: "late" }, 1],
  [{ kind: "load-not-sent", reason: "5 of 10" }, 1],
  [{ kind: "partial" }, 1],
  [{ kind: "stopped" }, 1],
  [{ kind: "failed", code: "accounts-open", message: "a sum is open" }, 1],
] as const) {
  test(`a comparison with a run that ended as ${outcome.kind} is exit ${code}, whatever its checks say`, async (t) => {
    await using folder = await temporaryFolder();
    t.is((await compare(folder.path, { outcome })).code, code);
    t.is((await compare(folder.path, { outcome, budgets: ["throughput.mean > 0.5"] })).code, code);
    const broken = await compare(folder.path, { outcome, budgets: ["throughput.mean > 1.5"] });
    t.is(broken.code, code);
  });
}

test("a run after with a broken budget of its own is exit 4 by the default checks alone", async (t) => {
  await using folder = await temporaryFolder();
  const outcome = { kind: "budget-broken" } as const;
  t.is((await compare(folder.path, { outcome })).code, 4);
  const judged = await compare(folder.path, { outcome, budgets: ["throughput.mean > 0.5"] });
  t.is(judged.code, 0);
  t.regex(judged.output.text, /note: run 2 of the side after did not pass by itself/);
});

test("a run that proves nothing is an error of the JUnit XML and in --json", async (t) => {
  await using folder = await temporaryFolder();
  const outcome = { kind: "generator-saturated", reason: "late" } as const;
  const { output } = await compare(folder.path, { outcome, json: true, format: "junit" });
  t.like(output.events[0]?.["runs"], [
    { side: "before", number: 1, verdict: "ok" },
    { side: "after", number: 1, verdict: "ok" },
    { side: "after", number: 2, verdict: "proves-nothing", reason: "generator-saturated: late" },
  ]);
  t.regex(
    await readFile(join(folder.path, "compare.html"), "utf8"),
    /errors="1"[^]*name="run 2 of the side after [^"]*">\n +<error message="generator-saturated: late"/,
  );
});

test("compare --json gives one line with rows and verdicts", async (t) => {
  await using folder = await temporaryFolder();
  const { output } = await compare(folder.path, { json: true, budgets: ["throughput.mean > 1.5"] });
  const [line, ...others] = output.events;
  t.deepEqual(others, []);
  t.is(line?.["event"], "load-compare");
  t.like(line?.["verdicts"], [{ text: "throughput.mean > 1.5", holds: false }]);
});

test("a comparison refuses a file that is no result in a sentence", async (t) => {
  await using folder = await temporaryFolder();
  const environment = new FakeEnvironment(undefined as never);
  const none = { budgets: [], report: undefined, format: "html" } as const;
  const task = { base: [join(folder.path, "absent")], other: [], ...none };
  await t.throwsAsync(compareResults(task, { json: false, quiet: false }, environment), {
    code: "result-unreadable",
    message: /there is no such file$/,
  });
});
