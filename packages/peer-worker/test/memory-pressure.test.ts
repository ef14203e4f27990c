import test from "ava";
import { Total } from "@troupe/messages";

import { WorkerBench } from "./support/worker-bench.ts";

async function fullMemory(): Promise<{ bench: WorkerBench; table: { totals: Float64Array } }> {
  const bench = await WorkerBench.start({ downloadBytes: 65_536 });
  const torrent = await bench.openTorrent({ had: "....", pieceLengthBytes: 32_768 });
  const holder = await bench.meetSeed(torrent, "a", "##..");
  await bench.lease(torrent, [0, 1]);
  holder.heard();
  holder.block(0, 0);
  // The pieces' only peer chokes us: what is open cannot get on.
  holder.choke();
  await bench.settle();
  const other = await bench.meetSeed(torrent, "b", "..##");
  await bench.lease(torrent, [2]);
  other.heard();
  bench.said();
  return { bench, table: torrent.table };
}

test("with memory full and no block gained for 20 s, the least complete piece is given up", async (t) => {
  const { bench, table } = await fullMemory();
  await bench.advance(19_000);
  t.deepEqual(bench.said("lease-returned"), []);
  await bench.advance(2_000);
  const returned = bench.saidOnce("lease-returned");
  t.is(returned.piece, 1 as typeof returned.piece);
  t.is(returned.carried, undefined);
  t.is(table.totals[Total.wastedBytes], 0);
});

test("the next one is given up 20 s later, and what had arrived of it counts as wasted", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32_768 });
  const torrent = await bench.openTorrent({ had: ".." });
  const holder = await bench.meetSeed(torrent, "a", "#.");
  await bench.lease(torrent, [0]);
  holder.block(0, 0);
  holder.choke();
  const other = await bench.meetSeed(torrent, "b", ".#");
  await bench.lease(torrent, [1]);
  other.heard();
  await bench.advance(21_000);
  t.is(torrent.table.totals[Total.wastedBytes], 16_384);
  t.is(other.heardOnly("request").length, 2, "memory goes to the peer that waited");
});

test("nothing is given up while nobody waits for memory", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const holder = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0]);
  holder.choke();
  await bench.advance(60_000);
  t.deepEqual(bench.said("lease-returned"), []);
});

test("nothing is given up while there is no peer to use the memory, and for 20 s after", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32_768 });
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0, 1]);
  peer.heard();
  peer.block(0, 0);
  peer.choke();
  await bench.advance(45_000);
  peer.unchoke();
  await bench.advance(19_000);
  t.deepEqual(bench.said("lease-returned"), []);
  t.is(torrent.table.totals[Total.wastedBytes], 0);
});

test("pieces are asked for again though memory was refused for another torrent's turn, and nothing is open", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 65_536 });
  const small = await bench.openTorrent({ had: "...." });
  const large = await bench.openTorrent({ had: ".", pieceLengthBytes: 65_536 });
  const ann = await bench.meetSeed(small, "a", "####");
  await bench.lease(small, [0]);
  await bench.meetSeed(large, "b", "#");
  await bench.lease(large, [0]);
  await bench.lease(small, [1]);
  await bench.lease(small, [2]);
  await bench.advance(6_000);
  await bench.tell("set-paused", { torrent: large.id, isPaused: true });
  ann.answer(ann.heardOnly("request"));
  await bench.settle();
  await bench.had(small, 0, 1);
  t.deepEqual(ann.heardOnly("request"), [], "it is the turn of the large piece");
  ann.stream.hangUp();
  await bench.settle();
  // Whatever was asked before is answered.
  await bench.lease(small, []);
  bench.said();
  await bench.meetSeed(small, "c", "####");
  await bench.advance(60_000);
  t.is(bench.said("pieces-wanted").length, 1);
});
