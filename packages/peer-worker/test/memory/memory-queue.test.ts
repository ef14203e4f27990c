import test from "ava";
import { evenWeight, torrentWeight } from "@troupe/messages";

import {
  MemoryQueue,
  type MemoryTaker,
  type MemoryWaitReason,
} from "../../src/memory/memory-queue.ts";
import { BuddyAllocator } from "../../src/memory/buddy-allocator.ts";
import { WorkerBench } from "../support/worker-bench.ts";

const unit = 16_384;

class Taker implements MemoryTaker {
  torrent = { weight: evenWeight };
  rank: 0 | 1 | 2 = 0;
  isDiskBehind = false;
  waitsFor: MemoryWaitReason = "nothing";

  memoryRank(): 0 | 1 | 2 {
    return this.rank;
  }

  mayTakeExtent(): boolean {
    return !this.isDiskBehind;
  }

  noteMemoryWait(reason: MemoryWaitReason): void {
    this.waitsFor = reason;
  }
}

/** A queue over so many units of memory, all of them given out, and takers that have tried in this order. */
function fullQueue(units: number, takers: readonly Taker[]) {
  const memory = new BuddyAllocator(0, units * unit, unit);
  let wakes = 0;
  const queue = new MemoryQueue<Taker>(memory, () => wakes++);
  const held = Array.from({ length: units }, () => memory.allocate(unit));
  for (const [at, taker] of takers.entries()) queue.allocate(taker, unit, at);
  return { memory, queue, held, wakes: () => wakes };
}

/** Each takes as much as it gets, `most` extents at most. @returns The takers that got one, in this order. */
function shareOut(queue: MemoryQueue<Taker>, nowMs: number, most = 1, units = 1): Taker[] {
  const got: Taker[] = [];
  queue.shareOut(nowMs, (taker) => {
    for (let extent = 0; extent < most; extent++) {
      if (queue.allocate(taker, units * unit, nowMs) < 0) break;
      got.push(taker);
    }
  });
  return got;
}

test("the torrent that has waited longest gets the next free extent", (t) => {
  const [a, b, c] = [new Taker(), new Taker(), new Taker()];
  const { memory, queue, held } = fullQueue(2, [a, b, c]);
  memory.free(held[1] ?? 0);
  t.is(queue.allocate(c, unit, 10), -1, "it is not its turn");
  t.deepEqual(shareOut(queue, 10), [a]);
  memory.free(held[0] ?? 0);
  t.deepEqual(shareOut(queue, 20), [b]);
});

test("torrents without an open piece go first, then those that wasted their last extent", (t) => {
  const [barren, fast, slow] = [new Taker(), new Taker(), new Taker()];
  barren.rank = 2;
  fast.rank = 1;
  const { memory, queue, held } = fullQueue(1, [barren, fast, slow]);
  for (const due of [slow, fast, barren]) {
    memory.free(held[0] ?? 0);
    t.deepEqual(shareOut(queue, 10), [due]);
  }
});

test("free memory is shared equally among waiting torrents, and the rest goes to torrents that can use it", (t) => {
  const [a, b] = [new Taker(), new Taker()];
  const { memory, queue, held, wakes } = fullQueue(8, [a, b]);
  for (const offset of held.slice(0, 6)) memory.free(offset);
  const before = wakes();
  t.deepEqual(shareOut(queue, 10, 5), [a, a, a, b, b, b]);
  memory.free(held[6] ?? 0);
  t.true(wakes() > before, "both wait again, and there might be more for them");
  t.deepEqual(shareOut(queue, 20, 5), [a]);
});

for (const [weight, heavy, light] of [
  [1, 5, 5],
  [2, 7, 4],
  [8, 9, 2],
] as const) {
  test(`a torrent of weight ${weight} gets its share of free memory beside a torrent of weight 1`, (t) => {
    const [a, b] = [new Taker(), new Taker()];
    a.torrent = { weight: torrentWeight(weight) };
    const { memory, queue, held } = fullQueue(16, [a, b]);
    for (const offset of held.slice(0, 10)) memory.free(offset);
    const got = shareOut(queue, 10, 20);
    t.deepEqual(
      [a, b].map((taker) => got.filter((other) => other === taker).length),
      [heavy, Math.min(light, 10 - heavy)],
    );
  });

  test(`while extents are free one by one, a torrent of weight ${weight} gets them by its weight`, (t) => {
    const takers = [new Taker(), new Taker()];
    const [a, b] = takers;
    if (a === undefined || b === undefined) throw new Error("bug: no takers");
    a.torrent = { weight: torrentWeight(weight) };
    const { memory, queue, held } = fullQueue(1, takers);
    const got: Taker[] = [];
    for (let nowMs = 100; nowMs < 100_000; nowMs += 100) {
      memory.free(held[0] ?? 0);
      got.push(...shareOut(queue, nowMs));
      for (const taker of takers) queue.allocate(taker, unit, nowMs);
    }
    const ratio =
      got.filter((taker) => taker === a).length / got.filter((taker) => taker === b).length;
    t.true(Math.abs(ratio / weight - 1) <= 0.15, `${ratio}`);
  });
}

test("torrents of one weight get memory in the order of their waits, whatever the weight", (t) => {
  for (const weight of [1, 2, 8]) {
    const takers = Array.from({ length: 5 }, () => new Taker());
    for (const taker of takers) taker.torrent = { weight: torrentWeight(weight) };
    const { memory, queue, held } = fullQueue(1, takers);
    for (const due of takers) {
      memory.free(held[0] ?? 0);
      t.deepEqual(shareOut(queue, 10), [due]);
    }
  }
});

test("a torrent that waits alone takes any free extent at once", (t) => {
  const a = new Taker();
  const { memory, queue, held } = fullQueue(2, [a]);
  memory.free(held[0] ?? 0);
  t.true(queue.allocate(a, unit, 5) >= 0);
  t.false(queue.isMemoryShort);
  t.is(a.waitsFor, "nothing");
});

test("an extent that is too small for the first in the queue goes to the next", (t) => {
  const [large, small] = [new Taker(), new Taker()];
  const { memory, queue, held } = fullQueue(4, [large, small]);
  queue.allocate(large, 4 * unit, 2);
  memory.free(held[0] ?? 0);
  const got: Taker[] = [];
  queue.shareOut(3, (taker) => {
    if (queue.allocate(taker, taker === large ? 4 * unit : unit, 3) >= 0) got.push(taker);
  });
  t.deepEqual(got, [small]);
});

test("after a second an area is reserved for the first in the queue, and extents freed there go to it alone", (t) => {
  const [large, small] = [new Taker(), new Taker()];
  const { memory, queue, held } = fullQueue(4, []);
  t.is(queue.allocate(large, 4 * unit, 0), -1);
  t.deepEqual(shareOut(queue, 1_000, 1, 4), []);
  for (const offset of held) {
    memory.free(offset);
    t.is(queue.allocate(small, unit, 1_000), -1);
  }
  t.deepEqual(shareOut(queue, 1_001, 1, 4), [large]);
});

test("a torrent that does not try between two ticks leaves the queue, and its area is free", (t) => {
  const [large, small] = [new Taker(), new Taker()];
  const { memory, queue, held } = fullQueue(4, []);
  queue.allocate(large, 4 * unit, 0);
  shareOut(queue, 1_000, 1, 4);
  for (const offset of held.slice(0, 2)) memory.free(offset);
  queue.tick();
  t.is(large.waitsFor, "memory");
  queue.tick();
  t.is(large.waitsFor, "nothing");
  t.true(queue.allocate(small, 2 * unit, 2_000) >= 0);
});

test("torrents without an open piece that have waited five seconds are overdue", (t) => {
  const [a, b, c] = [new Taker(), new Taker(), new Taker()];
  b.rank = 1;
  const { queue } = fullQueue(1, [a, b, c]);
  t.deepEqual(queue.overdue(4_999), []);
  t.deepEqual(
    queue.overdue(5_001).map(({ taker }) => taker),
    [a],
  );
  t.is(queue.overdue(5_002).length, 2);
});

test("a torrent whose disk is behind waits, delays no other, and keeps its place", (t) => {
  const [held, a, b] = [new Taker(), new Taker(), new Taker()];
  held.isDiskBehind = true;
  const { memory, queue, held: extents } = fullQueue(2, [held, a]);
  t.is(held.waitsFor, "disk");
  memory.free(extents[0] ?? 0);
  t.true(queue.allocate(a, unit, 5) >= 0, "it is the only one that waits for memory");
  queue.allocate(b, unit, 6);
  t.deepEqual(
    queue.overdue(10_000).map(({ taker }) => taker),
    [b],
  );
  held.isDiskBehind = false;
  memory.free(extents[1] ?? 0);
  t.deepEqual(shareOut(queue, 10_000), [held]);
});

test("a torrent of large pieces gets memory within seconds, although small pieces would fill every gap", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 131_072 });
  const pieces = 100;
  const small = await bench.openTorrent({ had: ".".repeat(pieces), pieceLengthBytes: 16_384 });
  const large = await bench.openTorrent({ had: ".", pieceLengthBytes: 131_072 });
  const ann = await bench.meetSeed(small, "a", "#".repeat(pieces));
  await bench.lease(small, [...Array.from({ length: pieces }).keys()]);
  const ben = await bench.meetSeed(large, "b", "#");
  await bench.lease(large, [0]);
  t.deepEqual(ben.takeMessages(), []);
  const owed = ann.takeMessages();
  for (let second = 0; second < 4; second++) {
    owed.push(...ann.takeMessagesOf("request"));
    ann.answer(owed.splice(0, 4));
    await bench.settle();
    for (const sealed of bench.takeAllSealed()) {
      await bench.had(small, sealed.piece);
    }
    await bench.advance(1_000);
  }
  t.true(ben.takeMessagesOf("request").length > 0);
});

test("a torrent without leases requests one although another torrent's pieces fill the memory", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32_768 });
  const fast = await bench.openTorrent({ had: "...." });
  await bench.meetSeed(fast, "a", "####");
  await bench.lease(fast, [0, 1]);
  bench.takeNotices();
  const slow = await bench.openTorrent({ had: "...." });
  await bench.meetSeed(slow, "b", "####");
  t.is(bench.takeNotice("pieces-wanted").torrent, slow.id);
});

test("the extent of a finished piece goes to a torrent without an open piece, not to the torrent that filled it", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 65_536 });
  const fast = await bench.openTorrent({ had: "......" });
  const ann = await bench.meetSeed(fast, "a", "######");
  await bench.lease(fast, [0, 1, 2, 3]);
  const slow = await bench.openTorrent({ had: "...." });
  const ben = await bench.meetSeed(slow, "b", "####");
  await bench.lease(slow, [0, 1]);
  t.deepEqual(ben.takeMessages(), []);
  ann.block(0, 0);
  ann.block(0, 16_384);
  await bench.settle();
  await bench.had(fast, 0);
  t.is(ben.takeMessagesOf("request").length, 2);
});
