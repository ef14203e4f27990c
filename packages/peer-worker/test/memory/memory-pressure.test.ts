import test from "ava";
import { Total } from "@troupe/messages";

import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

async function fullMemory(): Promise<{ bench: WorkerBench; table: { totals: Float64Array } }> {
  const bench = await WorkerBench.start({ downloadBytes: 65_536 });
  const torrent = await bench.openTorrent({ had: "....", pieceLengthBytes: 32_768 });
  const holder = await bench.meetSeed(torrent, "a", "##..");
  await bench.lease(torrent, [0, 1]);
  holder.takeMessages();
  holder.block(0, 0);
  // The pieces' only peer chokes us: what is open cannot get on.
  holder.choke();
  await bench.settle();
  const other = await bench.meetSeed(torrent, "b", "..##");
  await bench.lease(torrent, [2]);
  other.takeMessages();
  bench.takeNotices();
  return { bench, table: torrent.table };
}

test("with memory full and no block gained for 20 s, the least complete piece is given up", async (t) => {
  const { bench, table } = await fullMemory();
  await bench.advance(19_000);
  t.deepEqual(bench.takeNotices("lease-returned"), []);
  await bench.advance(2_000);
  const returned = bench.takeNotice("lease-returned");
  t.is(returned.piece, 1 as typeof returned.piece);
  t.is(returned.transferred, undefined);
  t.is(table.totals[Total.wastedBytes], 0);
});

test("the next piece is given up 20 s later, and its blocks count as wasted", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32_768 });
  const torrent = await bench.openTorrent({ had: ".." });
  const holder = await bench.meetSeed(torrent, "a", "#.");
  await bench.lease(torrent, [0]);
  holder.block(0, 0);
  holder.choke();
  const other = await bench.meetSeed(torrent, "b", ".#");
  await bench.lease(torrent, [1]);
  other.takeMessages();
  await bench.advance(21_000);
  t.is(torrent.table.totals[Total.wastedBytes], 16_384);
  t.is(other.takeMessagesOf("request").length, 2, "memory goes to the peer that waited");
});

test("no piece is given up while no torrent waits for memory", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const holder = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0]);
  holder.choke();
  await bench.advance(60_000);
  t.deepEqual(bench.takeNotices("lease-returned"), []);
});

test("no piece is given up while no peer can use the memory, and for 20 s after", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32_768 });
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0, 1]);
  peer.takeMessages();
  peer.block(0, 0);
  peer.choke();
  await bench.advance(45_000);
  peer.unchoke();
  await bench.advance(19_000);
  t.deepEqual(bench.takeNotices("lease-returned"), []);
  t.is(torrent.table.totals[Total.wastedBytes], 0);
});

const block = 16_384;

/** A torrent with pieces of sixteen blocks, each open and with a peer of its own. */
async function hold(bench: WorkerBench, pieces: number, id = "A") {
  const torrent = await bench.openTorrent({ had: "....", pieceLengthBytes: 16 * block });
  const peers: ScriptedPeer[] = [];
  for (let piece = 0; piece < pieces; piece++) {
    const picture = Array.from("....", (_, at) => (at === piece ? "#" : ".")).join("");
    const name = String.fromCharCode(id.charCodeAt(0) + piece);
    // oxlint-disable-next-line no-await-in-loop
    peers.push(await bench.meetSeed(torrent, name, picture));
    // oxlint-disable-next-line no-await-in-loop
    await bench.lease(torrent, [piece]);
  }
  const given = peers.map(() => 0);
  /** The peer of a piece gives its next block. */
  const give = (piece: number): void => {
    const next = given[piece] ?? 0;
    peers[piece]?.block(piece, next * block);
    given[piece] = next + 1;
  };
  return { torrent, peers, give };
}

/** A torrent that finds no memory, and its peer. */
async function wait(bench: WorkerBench, id: string) {
  const { torrent, peers } = await hold(bench, 1, id);
  const [peer] = peers as [ScriptedPeer];
  return { torrent, peer, requests: () => peer.takeMessagesOf("request").length };
}

function givenUp(bench: WorkerBench, torrent: BenchTorrent): number[] {
  const returned = bench.takeNotices("lease-returned") as { torrent: number; piece: number }[];
  return returned.filter((each) => each.torrent === torrent.id).map(({ piece }) => piece);
}

test("a torrent without a block for 5 s gives up a piece to a torrent without an open piece", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 16 * block });
  const { torrent, give } = await hold(bench, 1);
  const waiter = await wait(bench, "a");
  give(0);
  await bench.advance(4_000);
  t.deepEqual(givenUp(bench, torrent), []);
  t.is(waiter.torrent.table.totals[Total.memoryWait], 1);
  await bench.advance(3_000);
  t.deepEqual(givenUp(bench, torrent), [0]);
  t.is(torrent.table.totals[Total.wastedBytes], block);
  t.true(waiter.requests() > 0);
  t.is(waiter.torrent.table.totals[Total.memoryWait], 0);
});

test("a torrent that gets a block every three seconds keeps its only piece", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 16 * block });
  const { torrent, give } = await hold(bench, 1);
  const waiter = await wait(bench, "a");
  for (let round = 0; round < 15; round++) {
    give(0);
    // oxlint-disable-next-line no-await-in-loop
    await bench.advance(3_000);
  }
  t.deepEqual(givenUp(bench, torrent), []);
  t.is(waiter.requests(), 0);
});

test("a torrent with several pieces gives up the least complete to a torrent that has waited 5 s for its first", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 48 * block });
  const { torrent, give } = await hold(bench, 3);
  const first = await wait(bench, "a");
  const second = await wait(bench, "b");
  const third = await wait(bench, "c");
  give(0);
  for (let seconds = 0; seconds < 10; seconds++) {
    give(0);
    if (seconds % 2 === 0) give(1);
    if (seconds % 4 === 0) give(2);
    first.peer.answer(first.peer.takeMessagesOf("request").slice(0, 1));
    // oxlint-disable-next-line no-await-in-loop
    await bench.advance(1_000);
  }
  t.deepEqual(givenUp(bench, torrent), [2, 1], "and keeps its last, that gets on");
  t.true(second.requests() > 0);
  t.is(third.requests(), 0);
});

test("a torrent that lost blocks this way has twice the time before the next loss", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 16 * block });
  const { torrent, give, peers } = await hold(bench, 1);
  const waiter = await wait(bench, "a");
  give(0);
  await bench.advance(7_000);
  t.deepEqual(givenUp(bench, torrent), [0]);
  await bench.lease(torrent, [0]);
  waiter.peer.stream.hangUp();
  await bench.send("close-torrent", { torrent: waiter.torrent.id });
  const other = await wait(bench, "b");
  peers[0]?.block(0, 0);
  await bench.advance(9_000);
  t.deepEqual(givenUp(bench, torrent), []);
  await bench.advance(3_000);
  t.deepEqual(givenUp(bench, torrent), [0]);
  t.true(other.requests() > 0);
});

test("a torrent that got no block in its extent goes behind the others, until a peer unchokes it", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 16 * block });
  const silent = await hold(bench, 1);
  const waiter = await wait(bench, "a");
  await bench.advance(7_000);
  t.deepEqual(givenUp(bench, silent.torrent), [0]);
  await bench.lease(silent.torrent, [0]);
  silent.peers[0]?.takeMessages();
  waiter.requests();
  await bench.advance(10_000);
  const inside = bench.worker.torrents.get(silent.torrent.id)?.content;
  t.is(inside?.memoryRank(bench.time.nowMs()), 2);
  silent.peers[0]?.choke();
  silent.peers[0]?.unchoke();
  t.is(inside?.memoryRank(bench.time.nowMs()), 0);
});
