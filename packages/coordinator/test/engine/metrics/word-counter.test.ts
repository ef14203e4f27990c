import test from "ava";
import { WordCounter } from "../../../src/engine/metrics/word-counter.ts";

test("I02: listed words are there from the start, and others as they come", (t) => {
  const counter = new WordCounter("outcome", ["opened", "timeout"]);
  counter.count("opened");
  counter.count("EPIPE");
  t.deepEqual(counter.read({ transport: "udp" }), [
    { labels: { transport: "udp", outcome: "opened" }, value: 1 },
    { labels: { transport: "udp", outcome: "timeout" }, value: 0 },
    { labels: { transport: "udp", outcome: "EPIPE" }, value: 1 },
  ]);
});

test("I02: the words of strangers are bounded, and the rest counts as other", (t) => {
  const counter = new WordCounter("reason", ["idle"]);
  for (let word = 0; word < 1_000; word++) counter.count(`word ${word}`);
  const series = counter.read();
  t.true(series.length <= 49);
  t.is(
    series.reduce((sum, { value }) => sum + value, 0),
    1_000,
  );
  t.is(series.at(-1)?.labels["reason"], "other");
});
