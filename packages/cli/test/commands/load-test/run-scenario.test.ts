import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import {
  measuredRun,
  readResult,
  type LoadTestOptions,
  type LoadTestResult,
  type Outcome,
  type Scenario,
} from "@troupe/load-tester";
import { failureOf } from "../../../src/failure.ts";
import { serveMetrics } from "../../../src/commands/load-test/metrics-server.ts";
import {
  exitCodeOf,
  runScenario,
  type LoadTester,
  type RunRequest,
} from "../../../src/commands/load-test/run-scenario.ts";
import { runTroupe } from "../../../src/main.ts";
import { FakeEnvironment } from "../../support/fake-environment.ts";
import { fakeFacts, fakeLoadResult } from "../../support/fake-load-result.ts";
import { makeFifos } from "../../../../../test/support/files/fifo.ts";

const scenario = {
  name: "small-swarm",
  budgets: ["request_block.p99 < 50ms"],
} as unknown as Scenario;

const goodScenario = `
targets: { tracker: "udp://127.0.0.1:1/announce" }
groups: { crowd: { behaviour: tracker, count: 1 } }
phases: { steady: 1s }
`;

function requestOf(parts: Partial<RunRequest> = {}): RunRequest {
  const none = { result: undefined, report: undefined, metrics: undefined };
  const output = { json: false, quiet: false, format: "html" } as const;
  return { scenario, options: {}, ...output, ...none, ...parts };
}

/** Begins, tells of two seconds, and ends with the result. */
function testerOf(
  result: LoadTestResult,
  between: (options: LoadTestOptions) => void | Promise<void> = () => undefined,
): LoadTester {
  return {
    loadTest: async (_scenario, options) => {
      options.onBegin?.(fakeFacts());
      for (const second of result.seconds.slice(0, 2))
        options.onSecond?.(second, measuredRun(result), () => partialOf(result));
      await between(options);
      return result;
    },
    reportHtml: (results, others = []) => `<html>${results.length}+${others.length}</html>`,
  };
}

function partialOf(result: LoadTestResult): LoadTestResult {
  return { ...result, outcome: { kind: "partial" } };
}

/** A leader that dies before it has measured anything. */
const dyingTester: LoadTester = {
  ...testerOf(fakeLoadResult()),
  loadTest: async () => {
    throw new Error("the leader dies");
  },
};

function environmentOf(): FakeEnvironment {
  return new FakeEnvironment(undefined as never);
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "troupe-load-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

for (const [outcome, code] of [
  [{ kind: "passed" }, 0],
  [{ kind: "budget-broken" }, 4],
  [{ kind: "aborted", budget: "errors < 1%" }, 4],
  [{ kind: "generator-saturated", reason: "late" }, 1],
  [{ kind: "failed", code: "target-ended", message: "it ended" }, 1],
  [{ kind: "stopped" }, 130],
  [{ kind: "partial" }, 1],
] satisfies readonly (readonly [Outcome, number])[]) {
  test(`the outcome ${outcome.kind} is exit ${code}`, (t) => {
    t.is<number, number>(exitCodeOf({ outcome }), code);
  });
}

test("a run ends with the closing report on stdout, and no timer", async (t) => {
  const environment = environmentOf();
  const tester = testerOf(fakeLoadResult(), () => environment.pass(5_000));
  t.is<number, number>(await runScenario(requestOf(), environment, tester), 4);
  t.regex(
    environment.stdout.text,
    /^small-swarm: 10\.0 s, seed 7\n[^]*failed: 1 of 2 budgets broken\n$/,
  );
  t.regex(environment.stderr.text, /^troupe: steady, 5s of 10s: down 3\.00 MiB\/s/);
  t.is(environment.timers, 0);
});

test("a terminal gets at most ten frames a second, and its cursor back", async (t) => {
  const environment = environmentOf();
  environment.stderr.isTTY = true;
  await runScenario(
    requestOf(),
    environment,
    testerOf(fakeLoadResult(), () => environment.pass(3_000)),
  );
  const frames = environment.stderr.text.split("\u001b[?2026h").length - 1;
  t.true(frames >= 3 && frames <= 30, `${frames} frames`);
  t.true(environment.stderr.text.includes("request_block leech (closed)"));
  t.true(environment.stderr.text.endsWith("\u001b[?25h"));
});

test("--json gives a line for the begin, each second and the end", async (t) => {
  const environment = environmentOf();
  await runScenario(requestOf({ json: true }), environment, testerOf(fakeLoadResult()));
  const { events } = environment.stdout;
  t.deepEqual(
    events.map(({ event }) => event),
    ["load-begin", "load-second", "load-second", "load-end"],
  );
  t.deepEqual(events[1]?.["counts"], fakeLoadResult().seconds[0]?.counts);
  t.deepEqual(events[3]?.["outcome"], { kind: "budget-broken" });
  t.like(events[3]?.["budgets"], [{ holds: false }, { holds: true }]);
  t.is(environment.stderr.text, "");
});

test("--quiet prints a sentence for a run that did not pass, else nothing", async (t) => {
  const outcome = { kind: "passed" } as const;
  for (const [result, text] of [
    [fakeLoadResult(), "troupe: failed: 1 of 2 budgets broken\n"],
    [fakeLoadResult({ outcome }), ""],
  ] as const) {
    const environment = environmentOf();
    // One after the other. oxlint-disable-next-line no-await-in-loop
    await runScenario(requestOf({ quiet: true }), environment, testerOf(result));
    t.is(environment.stdout.text + environment.stderr.text, text);
  }
});

test("a signal reaches the run, whose figures so far are reported", async (t) => {
  const environment = environmentOf();
  let wasAborted = false;
  const tester = testerOf(fakeLoadResult({ outcome: { kind: "stopped" } }), ({ signal }) => {
    environment.askToStop();
    wasAborted = signal?.aborted === true;
  });
  t.is<number, number>(await runScenario(requestOf(), environment, tester), 130);
  t.true(wasAborted);
  t.regex(environment.stdout.text, /stopped before its end: these are the figures so far\n$/);
});

test("result file, report and metrics are written, and named", async (t) => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const environment = environmentOf();
  const result = fakeLoadResult();
  await runScenario(
    requestOf({
      result: at("run.json"),
      report: at("run.html"),
      metrics: { kind: "file", path: at("run.prom") },
    }),
    environment,
    testerOf(result),
  );
  t.is(JSON.stringify(await readResult(at("run.json"))), JSON.stringify(result));
  t.is(await readFile(at("run.html"), "utf8"), "<html>1+0</html>");
  t.regex(
    await readFile(at("run.prom"), "utf8"),
    /troupe_load_bytes_down_total\{group="leech"\} \d+/,
  );
  for (const name of ["run.json", "run.html", "run.prom"])
    t.true(environment.stdout.text.includes(`wrote ${at(name)}\n`));
});

test("a run that dies leaves a partial result in the place of its result", async (t) => {
  await using folder = await temporaryFolder();
  const resultPath = join(folder.path, "run.json");
  const environment = environmentOf();
  const result = fakeLoadResult();
  const tester: LoadTester = {
    ...testerOf(result),
    loadTest: async (_scenario, options) => {
      const [second] = result.seconds;
      if (second === undefined) throw new Error("bug: no second");
      environment.pass(10_000);
      options.onSecond?.(second, measuredRun(result), () => partialOf(result));
      throw new Error("the leader dies");
    },
  };
  await t.throwsAsync(runScenario(requestOf({ result: resultPath }), environment, tester), {
    message: "the leader dies",
  });
  t.deepEqual((await readResult(resultPath)).outcome, { kind: "partial" });
});

test("a run that dies before it has measured anything leaves no result, report or metrics of an earlier run", async (t) => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  for (const name of ["run.json", "run.xml", "run.prom", "other.json"])
    // One after the other. oxlint-disable-next-line no-await-in-loop
    await writeFile(at(name), "passed");
  const request = requestOf({
    result: at("run.json"),
    report: at("run.xml"),
    format: "junit",
    metrics: { kind: "file", path: at("run.prom") },
  });
  await t.throwsAsync(runScenario(request, environmentOf(), dyingTester), {
    message: "the leader dies",
  });
  t.deepEqual(await readdir(folder.path), ["other.json"]);
});

test("a run removes no link and no FIFO at the places of its files, and not the file behind a link", async (t) => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await writeFile(at("behind"), "passed");
  await symlink("behind", at("link"));
  await makeFifos(at("fifo"));
  const request = requestOf({ result: at("link"), report: at("fifo") });
  await t.throwsAsync(runScenario(request, environmentOf(), dyingTester), {
    message: "the leader dies",
  });
  t.true((await lstat(at("link"))).isSymbolicLink());
  t.true((await lstat(at("fifo"))).isFIFO());
  t.is(await readFile(at("behind"), "utf8"), "passed");
});

for (const [what, words, refusal] of [
  ["its scenario", ["bad.yaml"], /^troupe: bad\.yaml:1/],
  ["an option", ["good.yaml", "--threads", "0"], /^troupe: --threads/],
  ["a port in use", ["good.yaml", "--prometheus", "USED"], /metrics-port-in-use/],
] as const) {
  test(`a run that is refused because of ${what} leaves the files of an earlier run`, async (t) => {
    await using folder = await temporaryFolder();
    await using server = await serveMetrics(0, "text/plain");
    const at = (name: string) => join(folder.path, name);
    await writeFile(at("bad.yaml"), "targets: 1");
    await writeFile(at("good.yaml"), goodScenario);
    await writeFile(at("run.json"), "passed");
    const usedPort = new URL(server.address).port;
    const line = words.map((word) => (word === "USED" ? usedPort : word));
    const [file = "", ...options] = line;
    const run = ["load-test", at(file), ...options, "--result", at("run.json")];
    const environment = environmentOf();
    t.not<number, number>(await runTroupe(run, environment), 0);
    t.regex(environment.stderr.text, refusal);
    t.is(await readFile(at("run.json"), "utf8"), "passed");
  });
}

test("a folder that does not exist is refused before any load", async (t) => {
  const tester = testerOf(fakeLoadResult(), () => t.fail());
  const request = requestOf({ result: "/nonexistent/run.json" });
  await t.throwsAsync(runScenario(request, environmentOf(), tester), {
    code: "result-not-saved",
    message: /there is no such folder/,
  });
});

test("a folder in place of a file is refused before any load", async (t) => {
  await using folder = await temporaryFolder();
  const tester = testerOf(fakeLoadResult(), () => t.fail());
  const request = requestOf({ report: folder.path });
  await t.throwsAsync(runScenario(request, environmentOf(), tester), {
    code: "result-not-saved",
    message: /: it is a folder$/,
  });
});

test("metrics can be read over HTTP during a run, and no longer after it", async (t) => {
  const environment = environmentOf();
  let address = "";
  const tester = testerOf(fakeLoadResult(), async () => {
    address = /metrics at (\S+)/.exec(environment.stderr.text)?.[1] ?? "";
    const answer = await fetch(address);
    t.is(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    t.regex(
      await answer.text(),
      /troupe_load_budget_holds\{budget="request_block\.p99 < 50ms"\} 0\n$/,
    );
    t.is((await fetch(address.replace("/metrics", "/other"))).status, 404);
    t.is((await fetch(address, { method: "POST" })).status, 405);
  });
  await runScenario(requestOf({ metrics: { kind: "port", port: 0 } }), environment, tester);
  await t.throwsAsync(fetch(address));
});

test("a port in use is refused", async (t) => {
  await using first = await serveMetrics(0, "text/plain");
  const port = Number(new URL(first.address).port);
  const error = await t.throwsAsync(serveMetrics(port, "text/plain"));
  const { code, advice } = failureOf(error);
  t.is(code, "metrics-port-in-use");
  t.regex(advice ?? "", /--prometheus 0/);
});
