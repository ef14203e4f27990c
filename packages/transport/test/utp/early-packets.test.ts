import { seqPlus } from "@troupe/protocol/utp";
import test from "ava";
import fc from "fast-check";

import { EarlyPackets } from "../../src/utp/early-packets.ts";
import { HeldMemory } from "../../src/utp/held-memory.ts";
import { UnreadBytes } from "../../src/utp/unread-bytes.ts";

const text = (bytes: string): Uint8Array => new TextEncoder().encode(bytes);

test("packets are kept at any distance and found by their number, also past the wrap", (t) => {
  const distances = fc.uniqueArray(fc.integer({ min: 1, max: 4_095 }), {
    maxLength: 60,
    size: "max",
  });
  fc.assert(
    fc.property(fc.nat(65_535), distances, (next, ahead) => {
      const memory = new HeldMemory(1_000_000);
      const early = new EarlyPackets(memory);
      for (const distance of ahead)
        t.true(early.keep(next, seqPlus(next, distance), text(`--${distance}`), 2));
      t.is(early.count, ahead.length);
      t.is(early.reachFrom(next), Math.max(0, ...ahead));
      for (const distance of ahead) {
        const seq = seqPlus(next, distance);
        t.false(early.keep(next, seq, text("again"), 0));
        const lengthBytes = early.lengthOf(seq);
        const slot = early.take(seq);
        t.is(Buffer.from(slot ?? []).toString("utf8", 0, lengthBytes), `${distance}`);
        if (slot !== undefined) memory.give(slot);
      }
      t.is(early.count, 0);
      t.is(memory.heldBytes, 0);
    }),
    { numRuns: 50 },
  );
});

test("a packet without payload takes no memory, and memory beyond the budget is refused", (t) => {
  const memory = new HeldMemory(3_000);
  const early = new EarlyPackets(memory);
  t.true(early.keep(0, 1, new Uint8Array(20), 20));
  t.is(memory.heldBytes, 0);
  t.true(early.keep(0, 2, text("a"), 0));
  t.true(early.keep(0, 3, text("b"), 0));
  t.false(early.keep(0, 4, text("c"), 0));
  t.is(early.take(1), undefined);
  early.clear();
  t.is(memory.heldBytes, 0);
});

test("unread bytes share slots, are read in their order, and are refused as a whole", (t) => {
  const memory = new HeldMemory(1_480 * 2);
  const unread = new UnreadBytes(memory);
  const read: string[] = [];
  t.true(unread.add(text("..abc"), 2));
  t.true(unread.add(text("def"), 0));
  t.is(unread.slotCount, 1);
  t.true(unread.add(text("x".repeat(1_480)), 0));
  t.is(unread.slotCount, 2);
  t.false(unread.add(text("y".repeat(1_480)), 0));
  while (!unread.isEmpty) unread.readFirst((bytes) => read.push(Buffer.from(bytes).toString()));
  t.is(read.join(""), `abcdef${"x".repeat(1_480)}`);
  t.is(memory.heldBytes, 0);
  t.true(unread.add(text("z"), 0));
  unread.clear();
  t.is(memory.heldBytes, 0);
});

test("the share of a connection is the budget divided, 16 KiB at least and 4 MiB at most", (t) => {
  const memory = new HeldMemory(16 * 1024 * 1024);
  t.is(memory.shareOf(1), 4 * 1024 * 1024);
  t.is(memory.shareOf(16), 1024 * 1024);
  t.is(memory.shareOf(4_096), 16 * 1024);
});
