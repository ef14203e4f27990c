import test from "ava";
import { reportHtml } from "../../src/report/report-html.ts";
import type { LoadTestResult } from "../../src/results/result.ts";
import { syntheticResult } from "../support/synthetic-result.ts";
import { dataOf } from "../support/report-data.ts";

const mebibyte = 2 ** 20;
const small = {
  seconds: 12,
  groups: ["leech", "crowd"],
  measures: ["request_block", "connect"],
} as const;
const smallResult = syntheticResult(small);

test("a report has three scripts, one style sheet and no address to load", (t) => {
  const html = reportHtml([smallResult]);
  t.is(html.match(/<script/g)?.length, 3);
  t.is(html.match(/<style/g)?.length, 1);
  const markup = html.replaceAll(/<(script|style)[^>]*>[^]*?<\/\1>/g, "");
  t.notRegex(markup, /https?:|src=|<link|<img|<iframe|\son\w+=|style=/);
});

test("the policy of a report allows its own scripts and style by hash and nothing else", (t) => {
  const html = reportHtml([smallResult]);
  const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  t.true(policy.startsWith("default-src 'none'; script-src 'sha256-"));
  t.is(policy.match(/'sha256-/g)?.length, 3);
  t.notRegex(policy, /unsafe|https?:|\*/);
});

test("ten minutes of eight groups and five measures stay below a mebibyte", (t) => {
  const groups = Array.from({ length: 8 }, (_, index) => `group ${index}`);
  const measures = ["request_block", "connect", "handshake", "unchoke", "completion"] as const;
  // Twenty seconds of latencies, thirty times over: drawing each takes long and changes no size.
  const part = syntheticResult({ seconds: 20, groups, measures });
  const html = reportHtml([repeated(part, 30)]);
  t.true(html.length < mebibyte, `${html.length} bytes`);
  t.is(dataOf(html).runs[0]?.columns.seconds, 1);
});

function repeated(result: LoadTestResult, times: number): LoadTestResult {
  const length = result.seconds.length;
  const seconds = Array.from({ length: times * length }, (_, second) => second).flatMap(
    (second) => {
      const original = result.seconds[second % length];
      return original === undefined ? [] : [{ ...original, second }];
    },
  );
  return {
    ...result,
    durationMs: times * result.durationMs,
    seconds,
  };
}

test("a run of ten hours joins its seconds, says so and stays below a mebibyte", (t) => {
  const html = reportHtml([repeated(smallResult, 3000)]);
  const [run] = dataOf(html).runs;
  t.is(run?.columns.seconds, 60);
  t.is(run?.columns.count, 600);
  t.true(run?.omitted.some((sentence) => sentence.startsWith("Each point over time covers 60 s")));
  t.true(html.length < mebibyte);
});

test("groups beyond 64, counts beyond 500 and a long scenario are cut, with a sentence each", (t) => {
  const groups = Array.from({ length: 70 }, (_, index) => `group ${index}`);
  const result = syntheticResult({ seconds: 3, groups, measures: ["connect"] });
  const counts = Array.from({ length: 600 }, (_, value) => ({
    ...({
      counter: "broken_rules",
      group: "group 1",
      phase: "ramp",
      label: `rule ${value}`,
      value,
    } as const),
  }));
  const [run] = dataOf(reportHtml([{ ...result, counts, scenario: "x".repeat(mebibyte) }])).runs;
  t.is(run?.groups.length, 64);
  t.is(run?.counts.length, 500);
  t.is(run?.counts[0]?.value, 599);
  t.is(run?.scenario.length, 48 * 1024);
  t.is(run?.omitted.length, 3);
  t.false(run?.rates.some(({ group }) => group === "group 65"));
});

test("texts from outside are data of the page and never markup", (t) => {
  const hostile = "</script><script>alert(1)</script><!--";
  const result = {
    ...syntheticResult({ ...small, client: hostile }),
    name: hostile,
    scenario: hostile,
    outcome: { kind: "failed", code: hostile, message: hostile },
  } as const;
  const html = reportHtml([result]);
  t.false(html.includes("<script>alert"));
  t.false(html.includes("<!--"));
  const [run] = dataOf(html).runs;
  t.is(run?.targets[0]?.client, hostile);
  t.is(run?.scenario, hostile);
});

test("runs of two sides are labelled by side, and by number where a side has several", (t) => {
  const run = smallResult;
  const labels = (html: string) => dataOf(html).runs.map(({ label }) => label);
  t.deepEqual(labels(reportHtml([run])), [""]);
  t.deepEqual(labels(reportHtml([run], [run])), ["A", "B"]);
  t.deepEqual(labels(reportHtml([run, run], [run])), ["A1", "A2", "B"]);
  const { runs } = dataOf(reportHtml([run, run], [run]));
  t.deepEqual(
    runs.map(({ isB, number }) => [isB, number]),
    [
      [false, 0],
      [false, 1],
      [true, 0],
    ],
  );
});

test("a run without seconds, histograms and groups has a report", (t) => {
  const empty = {
    ...syntheticResult({ seconds: 0, groups: [], measures: [] }),
    targets: [],
    budgets: [],
  };
  const [run] = dataOf(reportHtml([empty])).runs;
  t.is(run?.columns.count, 0);
  t.deepEqual(run?.latencies, []);
  t.is(run?.outcome.sentence, "The run reached its end. It has no budgets.");
});
