import test from "ava";
import { compareRuns } from "@troupe/load-tester";
import { junitOfComparison, junitOfRuns } from "../../../src/report/load-test/junit-report.ts";
import { fakeLoadResult } from "../../support/fake-load-result.ts";

const end = "the run is whole, and its generators sent the load in time";

test("a run is a suite with a case for its end and one for each budget", (t) => {
  t.deepEqual(junitOfRuns([fakeLoadResult()]).split("\n"), [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    '  <testsuite name="small-swarm" tests="3" failures="1" errors="0" time="10.000" timestamp="2026-01-31T12:00:00">',
    `    <testcase classname="small-swarm" name="${end}"/>`,
    '    <testcase classname="small-swarm" name="request_block{leech,steady}.p99 &#60; 50ms">',
    '      <failure message="61 ms, allowed 50 ms"/>',
    "    </testcase>",
    '    <testcase classname="small-swarm" name="target.rss.max &#60; base + 128MiB"/>',
    "  </testsuite>",
    "</testsuites>",
    "",
  ]);
});

for (const [outcome, tag] of [
  [{ kind: "generator-saturated", reason: "late" }, "error"],
  [{ kind: "failed", code: "target-ended", message: "it ended" }, "error"],
  [{ kind: "stopped" }, "error"],
  [{ kind: "aborted", budget: "errors < 1%" }, "failure"],
] as const) {
  test(`a run that ended as ${outcome.kind} is one ${tag} more, also with budgets that hold`, (t) => {
    const xml = junitOfRuns([fakeLoadResult({ outcome, budgets: [] })]);
    const [failures, errors] = tag === "error" ? [0, 1] : [1, 0];
    t.true(xml.includes(`tests="1" failures="${failures}" errors="${errors}"`), xml);
    t.regex(xml, new RegExp(`<testcase [^>]*name="${end}">\\n +<${tag} message="[^"]+"/>`));
  });
}

test("texts of a result stay texts", (t) => {
  const outcome = { kind: "failed", code: "x", message: 'a "<b>" & c' } as const;
  const xml = junitOfRuns([{ ...fakeLoadResult({ budgets: [] }), name: "\u0000<x>", outcome }]);
  t.true(xml.includes('name="\ufffd&#60;x&#62;"'));
  t.true(xml.includes("failed: a &#34;&#60;b&#62;&#34; &#38; c [x]"));
});

test("several runs are several suites", (t) => {
  t.is(junitOfRuns([fakeLoadResult(), fakeLoadResult()]).split("<testsuite ").length, 3);
});

test("a comparison is a suite of its runs and its checks", (t) => {
  const run = fakeLoadResult();
  const budgets = ["throughput.mean > 1.5", "request_block.p99 < 1.1", "announce.p50 < 2"];
  const xml = junitOfComparison(compareRuns([run], [run], budgets));
  t.true(xml.includes('name="comparison" tests="5" failures="2" errors="0"'));
  t.true(
    xml.includes(
      'name="run 1 of the side before is whole, and its generators sent the load in time"/>',
    ),
  );
  t.true(xml.includes('<failure message="ratio 1"/>'));
  t.true(xml.includes('<failure message="not measured"/>'));
});

for (const [outcome, tag] of [
  [{ kind: "load-not-sent", reason: "5 of 10" }, "error"],
  [{ kind: "partial" }, "error"],
  [{ kind: "aborted", budget: "errors < 1%" }, "failure"],
] as const) {
  test(`a compared run that ended as ${outcome.kind} is one ${tag} more`, (t) => {
    const [passed, other] = [
      fakeLoadResult({ outcome: { kind: "passed" } }),
      fakeLoadResult({ outcome }),
    ];
    const xml = junitOfComparison(
      compareRuns([passed], [passed, other], ["throughput.mean > 0.5"]),
    );
    const [failures, errors] = tag === "error" ? [0, 1] : [1, 0];
    t.true(xml.includes(`tests="4" failures="${failures}" errors="${errors}"`), xml);
    const name = "run 2 of the side after is whole, and its generators sent the load in time";
    t.regex(xml, new RegExp(`name="${name}">\\n +<${tag} message="${outcome.kind}: `));
  });
}

test("a check without a ratio has what was seen as its failure", (t) => {
  const passed = fakeLoadResult({ outcome: { kind: "passed" }, budgets: [] });
  const xml = junitOfComparison(compareRuns([passed], [fakeLoadResult()]));
  t.true(xml.includes('<failure message="broken by no run before, and by 1 of 1 after"/>'), xml);
});
