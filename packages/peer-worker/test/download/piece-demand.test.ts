import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";

import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const mebibyte = 1_024 * 1_024;

test("one `pieces-wanted` is under way at a time, for all peers that need pieces", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........" });
  await bench.meetSeed(torrent, "a", "########");
  t.like(bench.takeNotice("pieces-wanted"), { peers: [{ peer: 0, count: 8 }] });
  await bench.meetSeed(torrent, "b", "########");
  await bench.advance(5_000);
  t.deepEqual(bench.takeNotices("pieces-wanted"), []);
  await bench.lease(torrent, []);
  await bench.advance(1_000);
  t.deepEqual(bench.takeNotice("pieces-wanted").peers, [
    { peer: 0, count: 4 },
    { peer: 1, count: 4 },
  ] as never);
});

test("an empty answer is not followed by a request for pieces at once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........" });
  const peer = await bench.meetSeed(torrent, "a", "########");
  bench.takeNotices();
  await bench.lease(torrent, []);
  peer.keepAlive();
  await bench.settle();
  t.deepEqual(bench.takeNotices("pieces-wanted"), []);
  await bench.advance(1_000);
  t.is(bench.takeNotices("pieces-wanted").length, 1);
});

test("a peer without a missing piece is left out for two seconds, or until it has more pieces", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........" });
  const peer = await bench.meetSeed(torrent, "a", "####....");
  bench.takeNotices();
  await bench.lease(torrent, [], { nothingFor: [0 as PeerRowIndex] });
  await bench.advance(1_500);
  t.deepEqual(bench.takeNotices("pieces-wanted"), []);
  peer.have(5);
  await bench.settle();
  t.is(bench.takeNotices("pieces-wanted").length, 1);
  await bench.lease(torrent, [], { nothingFor: [0 as PeerRowIndex] });
  await bench.advance(3_000);
  t.is(bench.takeNotices("pieces-wanted").length, 1);
});

test("AE27: a peer from whom a picker takes no piece is left out for a second, and other peers are not", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........" });
  const peer = await bench.meetSeed(torrent, "a", "####....");
  bench.takeNotices();
  await bench.lease(torrent, [], { withheldFor: [0 as PeerRowIndex] });
  await bench.meetSeed(torrent, "b", "########");
  t.like(bench.takeNotice("pieces-wanted"), { peers: { length: 1, 0: { peer: 1 } } });
  await bench.lease(torrent, [], { withheldFor: [1 as PeerRowIndex] });
  await bench.advance(500);
  peer.have(5);
  await bench.settle();
  t.deepEqual(bench.takeNotices("pieces-wanted"), [], "a piece that is shown changes nothing");
  await bench.advance(1_000);
  t.like(bench.takeNotice("pieces-wanted"), { peers: { length: 2 } });
  await bench.lease(torrent, [], { withheldFor: [0 as PeerRowIndex] });
  t.deepEqual(bench.takeNotices("pieces-wanted"), [], "the other peer got nothing either");
});

test("a piece that a peer shows during a request is requested after its answer", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........" });
  const peer = await bench.meetSeed(torrent, "a", "####....");
  t.is(bench.takeNotices("pieces-wanted").length, 1);
  peer.have(5);
  await bench.settle();
  await bench.lease(torrent, [], { nothingFor: [0 as PeerRowIndex] });
  t.is(bench.takeNotices("pieces-wanted").length, 1, "the answer does not know of it");
});

test("a piece that a peer shows after an empty answer is requested at once, and once a second if the answer is empty again", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........" });
  const peer = await bench.meetSeed(torrent, "a", "##......");
  bench.takeNotices();
  await bench.lease(torrent, [], { nothingFor: [0 as PeerRowIndex] });
  t.is(bench.takeNotices("pieces-wanted").length, 0);
  for (const [piece, questions] of [
    [2, 1],
    [3, 0],
    [4, 0],
  ] as const) {
    peer.have(piece);
    // oxlint-disable-next-line no-await-in-loop
    await bench.settle();
    t.is(bench.takeNotices("pieces-wanted").length, questions);
    // oxlint-disable-next-line no-await-in-loop
    if (questions > 0) await bench.lease(torrent, [], { nothingFor: [0 as PeerRowIndex] });
  }
  await bench.advance(1_000);
  t.is(bench.takeNotices("pieces-wanted").length, 1);
  await bench.lease(torrent, [4]);
  peer.have(5);
  await bench.settle();
  t.is(bench.takeNotices("pieces-wanted").length, 1, "the last one brought something");
});

test("no further piece is requested for a peer whose queue is full, although it found too few before", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........", pieceLengthBytes: 16_384 });
  const peer = await bench.meetSeed(torrent, "a", "########");
  const [session] = bench.worker.torrents.get(torrent.id)?.sessions ?? [];
  await bench.lease(torrent, [0, 1, 2]);
  t.is(peer.takeMessagesOf("request").length, 3, "its queue is four");
  // The limit of a peer whose rate goes down.
  session?.download.pipeline.setPeerLimit(3);
  await bench.lease(torrent, [3, 4, 5, 6, 7]);
  bench.takeNotices();
  await bench.advance(1_000);
  t.deepEqual(bench.takeNotices("pieces-wanted"), []);
});

test("a peer that chokes us, or has no wanted piece, needs no leases", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  await bench.meet(torrent, "a", "####");
  await bench.meetSeed(torrent, "b", "#...");
  await bench.advance(5_000);
  t.deepEqual(bench.takeNotices("pieces-wanted"), []);
});

test("pieces are requested before the leases of a fast peer run out, for about a second of its rate", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 64 * mebibyte });
  const picture = ".".repeat(400);
  const torrent = await bench.openTorrent({ had: picture, pieceLengthBytes: 131_072 });
  const peer = await bench.meetSeed(torrent, "a", picture.replaceAll(".", "#"));
  const steady = await steadyRate(bench, torrent, peer, 20);
  t.true(
    steady.stockBlocks.every((blocks) => blocks > 0),
    "it never waits for a lease",
  );
  const last = steady.counts.at(-1) ?? 0;
  t.true(last >= 8 && last <= 16, `${last} pieces of 128 KiB for 1.25 MB/s`);
});

/** One peer that delivers 80 blocks a second; every question is answered at once. */
async function steadyRate(
  bench: WorkerBench,
  torrent: BenchTorrent,
  peer: ScriptedPeer,
  seconds: number,
): Promise<{ counts: number[]; stockBlocks: number[] }> {
  const counts: number[] = [];
  const stockBlocks: number[] = [];
  let next = 0;
  const answer = async (): Promise<void> => {
    for (const question of bench.takeNotices("pieces-wanted") as { peers: { count: number }[] }[]) {
      const count = question.peers[0]?.count ?? 0;
      counts.push(count);
      await bench.lease(
        torrent,
        Array.from({ length: count }, () => next++),
      );
    }
    for (const sealed of bench.takeAllSealed()) {
      await bench.had(torrent, sealed.piece);
    }
  };
  await answer();
  let owed = peer.takeMessagesOf("request");
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    peer.answer(owed.splice(0, 8));
    await bench.settle();
    await answer();
    owed = owed.concat(peer.takeMessagesOf("request"));
    stockBlocks.push(owed.length);
    await bench.advance(100);
  }
  return { counts, stockBlocks };
}

test("no more pieces are requested than memory can hold", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 98_304 });
  const torrent = await bench.openTorrent({ had: "........" });
  await bench.meetSeed(torrent, "a", "########");
  t.like(bench.takeNotice("pieces-wanted"), { peers: [{ peer: 0, count: 3 }] });
});

test("a paused torrent needs no leases", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", isPaused: true });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [0]);
  t.deepEqual(bench.takeNotices("pieces-wanted"), []);
  t.deepEqual(peer.takeMessagesOf("request"), []);
  await bench.send("set-paused", { torrent: torrent.id, isPaused: false });
  t.is(bench.takeNotices("pieces-wanted").length, 1);
  t.is(peer.takeMessagesOf("request").length, 2);
});

test("an answer with pieces ends the pause after an empty one", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........" });
  const peer = await bench.meetSeed(torrent, "a", "##......");
  bench.takeNotices();
  await bench.lease(torrent, [], { nothingFor: [0 as PeerRowIndex] });
  peer.have(2);
  await bench.settle();
  t.is(bench.takeNotices("pieces-wanted").length, 1);
  await bench.lease(torrent, [2]);
  t.is(bench.takeNotices("pieces-wanted").length, 1, "one piece is not enough");
});
