import test from "ava";
import { runMetrics } from "../../../src/results/prometheus/run-metrics.ts";
import { measuredRun } from "../../../src/results/measured-run.ts";
import { fakeResult } from "../../support/fake-result.ts";

const text = runMetrics(measuredRun(fakeResult()), "small", [
  "request_block.p99 < 50ms",
  "request_block.p99 < 1us",
]);

/** A line of the text format: a comment with a type, or a sample. */
const line =
  /^(?:# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ (?:counter|gauge|summary)|[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (?:[-+]?\d[\d.e+-]*|[-+]Inf|NaN))$/;

test("every line is a comment or a sample of the text format", (t) => {
  t.true(text.endsWith("\n"));
  for (const each of text.trimEnd().split("\n")) t.regex(each, line);
});

test("the samples of a metric follow its type, once", (t) => {
  const types = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  t.is(new Set(types).size, types.length);
  let current = "";
  for (const each of text.trimEnd().split("\n")) {
    if (each.startsWith("# TYPE ")) current = each.split(" ")[2] ?? "";
    if (!each.startsWith("#")) t.true(each.startsWith(current), `${each} after ${current}`);
  }
});

for (const sample of [
  'troupe_load_seconds{scenario="small"} 10',
  'troupe_load_latency_seconds{measure="request_block",group="leech",loop="closed",quantile="0.99"} 0.004001',
  'troupe_load_latency_seconds_count{measure="request_block",group="leech",loop="closed"} 30',
  'troupe_load_bytes_down_total{group="leech"} 31457280',
  'troupe_load_closed_by_target_total{group="leech",reason="ECONNRESET"} 10',
  'troupe_load_peers{group="leech",state="open"} 10',
  'troupe_load_process_cpu_seconds_total{process="target",name="ours"} 2.5',
  'troupe_load_process_resident_memory_bytes{process="target",name="ours"} 136314880',
  'troupe_load_budget_holds{budget="request_block.p99 < 50ms"} 1',
  'troupe_load_budget_holds{budget="request_block.p99 < 1us"} 0',
]) {
  test(`a run has the sample ${sample}`, (t) => {
    t.true(text.split("\n").includes(sample), text);
  });
}
