import test from "ava";
import { endLine, JsonLines, safeJson } from "../../src/output/json-lines.ts";
import { LineWriter } from "../../src/output/line-writer.ts";
import { FakeOutput } from "../support/fake-environment.ts";

test("a line begins with event, time and torrent", (t) => {
  const output = new FakeOutput();
  new JsonLines(new LineWriter(output), () => 5).emit("piece", "ab", { index: 3, verified: true });
  t.is(output.text, '{"event":"piece","time":5,"infoHash":"ab","index":3,"verified":true}\n');
});

test("fields cannot replace event, time or torrent of a line", (t) => {
  const output = new FakeOutput();
  const fields = { event: "x", time: 9, infoHash: "cd", seconds: 1 };
  new JsonLines(new LineWriter(output), () => 5).emit("complete", "ab", fields);
  t.deepEqual(output.events, [{ event: "complete", time: 5, infoHash: "ab", seconds: 1 }]);
});

test("only the chosen events are written", (t) => {
  const output = new FakeOutput();
  const lines = new JsonLines(new LineWriter(output), () => 5, new Set(["complete", "error"]));
  lines.emit("piece", "ab", { index: 3, verified: true });
  lines.emit("complete", "ab", { seconds: 1 });
  lines.emit("error", null, { code: "x", message: "y" });
  t.deepEqual(
    output.events.map(({ event }) => event),
    ["complete", "error"],
  );
});

test("the last line has the exit code, and no torrent", (t) => {
  t.is(endLine(130, 7), '{"event":"end","time":7,"exitCode":130}');
});

test("control characters are escaped, and unchanged after parsing", (t) => {
  const nasty = "a\u001b[2J\u009b2J\u202e\u2028\u200b\ufeff\u007f\u180e\ufff9\u{e0041}z";
  const text = safeJson({ nasty });
  t.regex(text, /^[\u0020-\u007e]+$/);
  t.deepEqual(JSON.parse(text), { nasty });
});

test("a slow reader misses `piece` lines but never the end, and gets the number of lines that it missed", async (t) => {
  const output = new FakeOutput();
  output.hold();
  const lines = new JsonLines(new LineWriter(output, 100), () => 0);
  for (let index = 0; index < 50; index++) lines.emit("piece", "ab", { index, verified: true });
  lines.emit("complete", "ab", { seconds: 1 });
  output.release();
  lines.emit("piece", "ab", { index: 50, verified: true });
  await lines.finish();
  const kinds = output.events.map(({ event }) => event);
  t.deepEqual(kinds, ["piece", "piece", "complete", "warning", "piece"]);
  t.like(output.events[3], { code: "lines-left-out", count: 48, infoHash: null });
});

test("warnings, which strangers can cause in any number, take bounded memory too", async (t) => {
  const output = new FakeOutput();
  output.hold();
  const lines = new JsonLines(new LineWriter(output, 100), () => 0);
  for (let peer = 0; peer < 50; peer++)
    lines.emit("warning", "ab", { code: "peer-banned", message: `${peer}` });
  t.true(output.writableLength < 300);
  const finished = lines.finish();
  output.release();
  await finished;
  t.like(output.events.at(-1), { code: "lines-left-out", count: 48 });
});

test("the number of lines left out last is printed at the end", async (t) => {
  const output = new FakeOutput();
  output.hold();
  const lines = new JsonLines(new LineWriter(output, 1), () => 0);
  lines.emit("checking", "ab", { done: 1, total: 2 });
  lines.emit("checking", "ab", { done: 1, total: 2 });
  const finished = lines.finish();
  output.release();
  await finished;
  t.like(output.events.at(-1), { event: "warning", count: 1 });
});
