import test from "ava";
import { TroupeError } from "@troupe/control";
import { EngineMetrics } from "../../src/engine/metrics/engine-metrics.ts";
import { countedTransport } from "../../src/trackers/counted-transport.ts";
import type { TrackerCall, TrackerTransport } from "../../src/trackers/tracker-transport.ts";

function scene(announce: TrackerTransport["announce"]) {
  const { announces } = new EngineMetrics(0);
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, epochMs: () => nowMs, utcOffsetMinutes: () => 0 };
  const transport = countedTransport({ announce }, announces, clock);
  const call = (url: string) =>
    transport.announce({ url, begun: () => {} } as Partial<TrackerCall> as TrackerCall);
  const outcomes = (of: "http" | "udp") =>
    Object.fromEntries(
      announces[of].outcomes
        .read()
        .filter(({ value }) => value > 0)
        .map(({ labels, value }) => [labels["outcome"], value]),
    );
  return { announces, call, outcomes, pass: (ms: number) => (nowMs += ms) };
}

test("I02: an announce counts by its transport and outcome", async (t) => {
  const errors: unknown[] = [
    new TroupeError("tracker-refused", "no"),
    new DOMException("stopped", "AbortError"),
    new Error("odd"),
  ];
  const { call, outcomes } = scene(() => Promise.reject(errors.shift()));
  for (const url of ["udp://t.example:1", "http://t.example/a", "http://t.example/a"])
    await t.throwsAsync(call(url), { any: true });
  t.deepEqual(outcomes("udp"), { "tracker-refused": 1 });
  t.deepEqual(outcomes("http"), { aborted: 1, other: 1 });
});

test("I02: the time of an announce begins when it has a place", async (t) => {
  const { announces, call, outcomes, pass } = scene((given) => {
    pass(5_000);
    given.begun();
    pass(1_500);
    return Promise.resolve({} as Awaited<ReturnType<TrackerTransport["announce"]>>);
  });
  await call("udp://t.example:1");
  t.deepEqual(outcomes("udp"), { replied: 1 });
  t.is(announces.udp.seconds.read({}).sum, 1.5);
});
