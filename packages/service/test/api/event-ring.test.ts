import test from "ava";
import { EventRing } from "../../src/api/event-ring.ts";

test("events are numbered from 1, and each is found after that before it", (t) => {
  const ring = new EventRing("a1");
  t.is(ring.last, 0);
  t.true(ring.hasAllAfter(0));
  ring.push("complete", { torrent: "x" });
  ring.push("stopped", {});
  t.is(ring.last, 2);
  t.deepEqual(ring.after(0), { number: 1, kind: "complete", data: '{"torrent":"x"}' });
  t.deepEqual(ring.after(1), { number: 2, kind: "stopped", data: "{}" });
  t.is(ring.after(2), undefined);
});

test("10,000 events are kept: a reader that lacks an older one has a gap", (t) => {
  const ring = new EventRing("a1");
  for (let count = 0; count < 10_005; count++) ring.push("complete", { count });
  t.false(ring.hasAllAfter(4));
  t.true(ring.hasAllAfter(5));
  t.is(ring.after(5)?.data, '{"count":5}');
  t.is(ring.after(10_004)?.number, 10_005);
  for (const number of [-1, 10_006]) t.false(ring.hasAllAfter(number));
});

test("the data of all events is 8 MiB at most", (t) => {
  const ring = new EventRing("a1");
  const text = "x".repeat(32_000);
  for (let count = 0; count < 300; count++) ring.push("complete", { text });
  const kept = Math.floor((8 * 1_024 ** 2) / Buffer.byteLength(JSON.stringify({ text })));
  t.true(ring.hasAllAfter(300 - kept));
  t.false(ring.hasAllAfter(300 - kept - 1));
});

test("data of more than 32 KiB is left out", (t) => {
  const ring = new EventRing("a1");
  ring.push("complete", { text: "é".repeat(20_000) });
  t.is(ring.after(0)?.data, '{"leftOutBytes":40011}');
});

test("listeners hear of each event until they end", (t) => {
  const ring = new EventRing("a1");
  const heard: number[] = [];
  const end = ring.onPush(() => heard.push(ring.last));
  ring.push("complete", {});
  ring.push("complete", {});
  end();
  ring.push("complete", {});
  t.deepEqual(heard, [1, 2]);
});

test("a name that would break the stream is a bug", (t) => {
  const ring = new EventRing("a1");
  for (const kind of ["", "a\nb", "A", "-a"])
    t.throws(() => ring.push(kind, {}), { message: /^bug/ });
  for (const incarnation of ["", "a-1", "x".repeat(33)])
    t.throws(() => new EventRing(incarnation), { message: /^bug/ });
});
