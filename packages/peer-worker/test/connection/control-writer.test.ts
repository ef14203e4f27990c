import test from "ava";

import { ControlWriter } from "../../src/connection/control-writer.ts";

function writer(): { control: ControlWriter; writes: Uint8Array[]; calls: number[] } {
  const writes: Uint8Array[] = [];
  const calls: number[] = [];
  const output = {
    write: (bytes: Uint8Array) => void writes.push(bytes),
    scheduleFlush: () => void calls.push(writes.length),
  };
  return { control: new ControlWriter(output), writes, calls };
}

test("messages are gathered and written as one, and a flush is asked for once", (t) => {
  const { control, writes, calls } = writer();
  control.interested();
  for (let piece = 0; piece < 100; piece++) control.have(piece);
  control.request(1, 2, 3);
  t.is(writes.length, 0);
  t.is(calls.length, 1);
  control.flush();
  t.is(writes.length, 1);
  t.is(writes[0]?.length, 5 + 900 + 17);
  control.flush();
  t.is(writes.length, 1);
});

test("memory that was passed on is not written to again", (t) => {
  const { control, writes } = writer();
  control.have(1);
  control.flush();
  const [first] = writes;
  const before = first?.slice();
  control.have(2);
  control.flush();
  t.deepEqual(first, before);
});

test("a delayed `have` of a piece that was lost since is not sent", (t) => {
  const { control, writes } = writer();
  for (const piece of [1, 2, 1, 3]) control.queueHave(piece);
  control.forgetHave(1);
  control.sendQueuedHaves();
  control.flush();
  t.deepEqual(
    [...(writes[0] ?? [])],
    [2, 3].flatMap((piece) => [0, 0, 0, 5, 4, 0, 0, 0, piece]),
  );
});

test("a full buffer is sent by itself", (t) => {
  const { control, writes } = writer();
  for (let piece = 0; piece < 5_000; piece++) control.have(piece);
  control.flush();
  t.true(writes.length > 1);
  t.is(
    writes.reduce((sum, bytes) => sum + bytes.length, 0),
    45_000,
  );
});

test("a bitfield larger than the buffer is sent whole", (t) => {
  const { control, writes } = writer();
  control.bitfield(new Uint8Array(100_000).fill(0xff));
  control.flush();
  t.is(writes[0]?.length, 100_005);
});
