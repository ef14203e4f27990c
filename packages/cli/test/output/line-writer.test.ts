import { Writable } from "node:stream";
import test from "ava";
import { LineWriter } from "../../src/output/line-writer.ts";
import { FakeOutput, settle } from "../support/fake-environment.ts";

test("lines arrive in order", (t) => {
  const output = new FakeOutput();
  const writer = new LineWriter(output);
  writer.write("one", "keep");
  writer.write("two", "spare");
  t.is(output.text, "one\ntwo\n");
});

test("the lines of a turn reach the system together", async (t) => {
  const together: number[] = [];
  const output = new Writable({
    writev(chunks, done) {
      together.push(chunks.length);
      done();
    },
  });
  const writer = new LineWriter(output);
  for (const line of ["one", "two", "three"]) writer.write(line, "spare");
  t.deepEqual(together, []);
  await writer.drained();
  writer.write("four", "keep");
  writer.write("five", "keep");
  await settle();
  t.deepEqual(together, [4, 2]);
});

test("beyond the bound spare lines are counted, the others still queued", (t) => {
  const output = new FakeOutput();
  output.hold();
  const writer = new LineWriter(output, 10);
  t.true(writer.write("0123456789", "spare"));
  t.false(writer.write("spared", "spare"));
  t.true(writer.write("kept", "keep"));
  t.is(writer.takeLeftOut(), 1);
  t.is(writer.leftOut, 0);
  output.release();
  t.is(output.text, "0123456789\nkept\n");
});

test("draining ends when the reader has everything", async (t) => {
  const output = new FakeOutput();
  output.hold();
  const writer = new LineWriter(output);
  writer.write("line", "keep");
  let isDrained = false;
  const drained = writer.drained().then(() => (isDrained = true));
  await settle();
  t.false(isDrained);
  output.release();
  await drained;
  t.is(output.text, "line\n");
});

test("draining to a reader that never reads ends at the abort", async (t) => {
  const output = new FakeOutput();
  output.hold();
  const writer = new LineWriter(output);
  writer.write("line", "keep");
  const giveUp = new AbortController();
  const drained = writer.drained(giveUp.signal);
  giveUp.abort();
  await t.notThrowsAsync(drained);
});

test("lines after the end of the reader are dropped without waiting", async (t) => {
  const output = new FakeOutput();
  const writer = new LineWriter(output);
  output.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  await settle();
  t.false(writer.write("line", "keep"));
  await t.notThrowsAsync(writer.drained());
});
