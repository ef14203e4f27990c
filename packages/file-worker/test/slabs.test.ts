import test from "ava";
import type { SlabId } from "@troupe/messages";
import { isRange, Slabs } from "../src/slabs.ts";

const slab = 3 as SlabId;

test("a view shares the slab's memory", (t) => {
  const slabs = new Slabs();
  const memory = new SharedArrayBuffer(16);
  slabs.open(slab, memory);
  const view = slabs.view(slab, 4, 8);
  new Uint8Array(memory).set([7], 4);
  t.deepEqual([...(view as Uint8Array)], [7, 0, 0, 0, 0, 0, 0, 0]);
});

test("a slab that is opened again under its id has the new memory", (t) => {
  const slabs = new Slabs();
  slabs.open(slab, new SharedArrayBuffer(4));
  slabs.open(slab, new SharedArrayBuffer(16));
  t.is((slabs.view(slab, 0, 16) as Uint8Array).byteLength, 16);
});

test("a slab that was never opened, or is closed, is unknown", (t) => {
  const slabs = new Slabs();
  t.like(slabs.view(slab, 0, 1), { refused: "unknown-slab" });
  slabs.open(slab, new SharedArrayBuffer(4));
  slabs.close(slab);
  t.like(slabs.view(slab, 0, 1), { refused: "unknown-slab" });
});

test("a range has at least one byte, whole numbers and its end inside", (t) => {
  t.true(isRange(0, 1, 1));
  t.true(isRange(3, 5, 8));
  for (const [start, length] of [
    [0, 0],
    [-1, 2],
    [3, 6],
    [0.5, 1],
    [0, 1.5],
    [Number.NaN, 1],
    [0, Infinity],
  ]) {
    t.false(isRange(start ?? 0, length ?? 0, 8));
  }
});
