import test from "ava";
import type { FileProtocol } from "@troupe/messages";
import { RecordingRef } from "@troupe/actor-runtime/testing";
import { Slabs } from "../../../src/engine/base/slabs.ts";

function scene() {
  const file = new RecordingRef<FileProtocol>("file-0");
  return {
    file,
    slabs: new Slabs([file]),
    closed: () => file.casts("close-slab").map(({ slab }) => slab),
  };
}

test("a slab is fresh memory under a number that is never used again", (t) => {
  const { file, slabs } = scene();
  const first = slabs.open(16_384);
  slabs.retire(first);
  const second = slabs.open(32_768);
  t.not(first.id, second.id);
  t.is(second.memory.byteLength, 32_768);
  t.deepEqual(
    file.casts("open-slab").map(({ slab }) => slab),
    [first.id, second.id],
  );
});

test("a retired slab is closed when no piece uses it", (t) => {
  const { slabs, closed } = scene();
  const slab = slabs.open(16_384);
  slabs.retire(slab);
  t.deepEqual(closed(), [slab.id]);
  t.is(slabs.get(slab.id), undefined);
});

test("a retired slab stays until its last sealed piece is released", (t) => {
  const { slabs, closed } = scene();
  const slab = slabs.open(16_384);
  slabs.retain(slab);
  slabs.retain(slab);
  slabs.retire(slab);
  slabs.release(slab);
  t.deepEqual(closed(), []);
  t.is(slabs.get(slab.id), slab);
  slabs.release(slab);
  t.deepEqual(closed(), [slab.id]);
});

test("a slab that is not retired stays open when its pieces are released", (t) => {
  const { slabs, closed } = scene();
  const slab = slabs.open(16_384);
  slabs.retain(slab);
  slabs.release(slab);
  t.deepEqual(closed(), []);
});

test("a slab is closed once", (t) => {
  const { slabs, closed } = scene();
  const slab = slabs.open(16_384);
  slabs.retire(slab);
  slabs.retire(slab);
  t.is(closed().length, 1);
});

test("a new file-worker gets every open slab", (t) => {
  const { file, slabs } = scene();
  const [first, second] = [slabs.open(16_384), slabs.open(16_384)];
  slabs.retire(first);
  file.sent.length = 0;
  slabs.announceAll(file);
  t.deepEqual(file.casts("open-slab"), [{ slab: second.id, memory: second.memory }]);
});
