import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { writeResult } from "@troupe/load-tester";
import { compareResults } from "../../../src/commands/load-test/compare-results.ts";
import { FakeEnvironment } from "../../support/fake-environment.ts";
import { fakeLoadResult } from "../../support/fake-load-result.ts";

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "troupe-compare-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function compare(
  folder: string,
  parts: { budgets?: readonly string[]; json?: boolean; format?: "junit" },
) {
  const environment = new FakeEnvironment(undefined as never);
  const path = join(folder, "run.json");
  await writeResult(path, fakeLoadResult());
  const code: number = await compareResults(
    {
      ...{ before: [path], after: [path, path], budgets: parts.budgets ?? [] },
      ...{ reportPath: join(folder, "compare.html"), quiet: false, json: parts.json ?? false },
      format: parts.format ?? "html",
    },
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
    /<testsuite name="comparison" tests="1" failures="1".*\n.*name="throughput.mean &#62; 1.5"/,
  );
});

test("a broken budget of compare is exit 4", async (t) => {
  await using folder = await temporaryFolder();
  t.is((await compare(folder.path, { budgets: ["throughput.mean > 1.5"] })).code, 4);
  t.is((await compare(folder.path, { budgets: ["throughput.mean > 0.5"] })).code, 0);
});

test("compare --json gives one line with rows and verdicts", async (t) => {
  await using folder = await temporaryFolder();
  const { output } = await compare(folder.path, { json: true, budgets: ["throughput.mean > 1.5"] });
  const [line, ...others] = output.events;
  t.deepEqual(others, []);
  t.is(line?.["event"], "load-compare");
  t.like(line?.["verdicts"], [{ text: "throughput.mean > 1.5", holds: false }]);
});

test("a file that is no result is refused in a sentence", async (t) => {
  await using folder = await temporaryFolder();
  const environment = new FakeEnvironment(undefined as never);
  const none = { budgets: [], reportPath: undefined, json: false, quiet: false };
  const format = "html";
  const request = { before: [join(folder.path, "absent")], after: [], format, ...none } as const;
  await t.throwsAsync(compareResults(request, environment), {
    code: "result-unreadable",
    message: /there is no such file$/,
  });
});
