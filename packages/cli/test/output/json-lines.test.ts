import test from "ava";
import { JsonLines, safeJson } from "../../src/output/json-lines.ts";
import { LineWriter } from "../../src/output/line-writer.ts";
import { FakeOutput } from "../support/fake-environment.ts";

test("a line says what, when and about which torrent, then the rest", (t) => {
  const output = new FakeOutput();
  new JsonLines(new LineWriter(output), () => 5).emit("piece", "ab", { index: 3, verified: true });
  t.is(output.text, '{"event":"piece","time":5,"infoHash":"ab","index":3,"verified":true}\n');
});

test("fields cannot change what a line is about", (t) => {
  const output = new FakeOutput();
  const fields = { event: "x", time: 9, infoHash: "cd" };
  new JsonLines(new LineWriter(output), () => 5).emit("complete", "ab", fields);
  t.deepEqual(output.events, [{ event: "complete", time: 5, infoHash: "ab" }]);
});

test("characters that steer a terminal are escaped, and unchanged for a program", (t) => {
  const nasty = "a\u001b[2J\u009b2J\u202e\u2028\u200b\ufeff\u007f\u180e\ufff9\u{e0041}z";
  const text = safeJson({ nasty });
  t.regex(text, /^[\u0020-\u007e]+$/);
  t.deepEqual(JSON.parse(text), { nasty });
});

test("a slow reader misses pieces but never the end, and is told how many lines it missed", async (t) => {
  const output = new FakeOutput();
  output.hold();
  const lines = new JsonLines(new LineWriter(output, 100), () => 0);
  for (let index = 0; index < 50; index++) lines.emit("piece", "ab", { index });
  lines.emit("complete", "ab", { seconds: 1 });
  output.release();
  lines.emit("piece", "ab", { index: 50 });
  await lines.finish();
  const kinds = output.events.map(({ event }) => event);
  t.deepEqual(kinds, ["piece", "piece", "complete", "warning", "piece"]);
  t.like(output.events[3], { code: "lines-left-out", count: 48, infoHash: null });
});

test("warnings, of which strangers may cause any number, fill no memory either", async (t) => {
  const output = new FakeOutput();
  output.hold();
  const lines = new JsonLines(new LineWriter(output, 100), () => 0);
  for (let peer = 0; peer < 50; peer++) lines.emit("warning", "ab", { code: "peer-banned", peer });
  t.true(output.writableLength < 300);
  const finished = lines.finish();
  output.release();
  await finished;
  t.like(output.events.at(-1), { code: "lines-left-out", count: 48 });
});

test("lines that were left out last are confessed at the end", async (t) => {
  const output = new FakeOutput();
  output.hold();
  const lines = new JsonLines(new LineWriter(output, 1), () => 0);
  lines.emit("progress", "ab");
  lines.emit("progress", "ab");
  const finished = lines.finish();
  output.release();
  await finished;
  t.like(output.events.at(-1), { event: "warning", count: 1 });
});
