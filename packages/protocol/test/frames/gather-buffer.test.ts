import test from "ava";
import { GatherBuffer } from "../../src/frames/gather-buffer.ts";

test("parts are joined in the order they came", (t) => {
  const buffer = new GatherBuffer();
  const source = Uint8Array.from({ length: 2_000 }, (_, i) => i & 0xff);
  buffer.append(source, 0, 1, 2_000);
  buffer.append(source, 1, 600, 2_000);
  buffer.append(source, 600, 2_000, 2_000);
  t.is(buffer.lengthBytes, 2_000);
  t.deepEqual(buffer.take(), source);
  t.is(buffer.lengthBytes, 0);
});

test("memory grows with the bytes that came, not with the announced length", (t) => {
  const buffer = new GatherBuffer();
  buffer.append(new Uint8Array(1), 0, 1, 65_536);
  t.is(buffer.take().buffer.byteLength, 512);
});

test("no more memory than the announced length is allocated", (t) => {
  const buffer = new GatherBuffer();
  buffer.append(new Uint8Array(3), 0, 3, 5);
  buffer.append(new Uint8Array(2), 0, 2, 5);
  t.is(buffer.take().buffer.byteLength, 5);
});
