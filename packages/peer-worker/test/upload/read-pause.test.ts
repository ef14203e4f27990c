// A peer at the bound of its requests: 16,384.

import { encodeExtendedHandshake } from "@troupe/protocol/peer";
import test from "ava";
import { encodeRequests } from "../support/many-requests.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const bound = 16_384;

interface Scene {
  readonly bench: WorkerBench;
  readonly torrent: BenchTorrent;
  readonly peer: ScriptedPeer;
}

/** A seeder with one piece, and a peer that is unchoked. */
async function scene(options: { readonly requestBytes?: number } = {}): Promise<Scene> {
  const bench = await WorkerBench.start(options);
  const torrent = await bench.openTorrent({ had: "#" });
  const peer = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  return { bench, torrent, peer };
}

function waiting({ bench, torrent }: Scene, rowIndex = 0): number {
  return bench.worker.torrents.get(torrent.id)?.sessionAt(rowIndex)?.upload.length ?? -1;
}

async function serve(bench: WorkerBench, reads: number): Promise<void> {
  for (let read = 0; read < reads && bench.file.waiting > 0; read++) await bench.fill();
}

test("a peer that keeps 3,000 requests with us gets every block, although our `reqq` is 500", async (t) => {
  const { bench, peer } = await scene();
  peer.stream.arrive(encodeRequests(0, 3_000));
  await bench.settle();
  await serve(bench, Infinity);
  t.is(peer.takeMessagesOf("block").length, 3_000);
});

test("at 16,384 requests a peer is not read until half of them are served", async (t) => {
  const scenery = await scene();
  const { bench, peer } = scenery;
  // The rest of the chunk waits too.
  peer.stream.arrive(encodeRequests(0, 15_000));
  peer.stream.arrive(encodeRequests(15_000, 5_000));
  await bench.settle();
  t.true(peer.stream.isPaused);
  t.is(waiting(scenery), bound);
  let left = bound;
  while (peer.stream.isPaused) {
    left = waiting(scenery);
    t.true(left > bound / 2);
    await serve(bench, 1);
  }
  t.true(left <= bound / 2 + 64, "two batches of 32 requests were taken last");
  await serve(bench, Infinity);
  t.is(peer.takeMessagesOf("block").length, 20_000);
});

test("a peer that is not read because of its requests does not count as idle", async (t) => {
  const { bench, peer } = await scene();
  peer.stream.arrive(encodeRequests(0, bound + 1_000));
  await bench.settle();
  for (let minute = 0; minute < 10; minute++) {
    await bench.advance(60_000);
    await serve(bench, 1);
  }
  t.true(peer.stream.isPaused);
  t.false(peer.isClosed);
  t.deepEqual(bench.takeNotices("peer-closed"), []);
});

test("a choke while a peer is not read empties its queue, and it is read again without blame", async (t) => {
  const scenery = await scene();
  const { bench, torrent, peer } = scenery;
  for (let from = 0; from < 30_000; from += 15_000)
    peer.stream.arrive(encodeRequests(from, 15_000));
  await bench.settle();
  t.true(peer.stream.isPaused);
  await bench.unchoke(torrent);
  t.false(peer.stream.isPaused);
  t.is(waiting(scenery), 0);
  await bench.advance(30_000);
  // Requests that it sent before it heard of the choke may come late.
  peer.stream.arrive(encodeRequests(30_000, 1_000));
  t.false(peer.isClosed);
  await serve(bench, Infinity);
  peer.takeMessages();
  await bench.unchoke(torrent, 0);
  peer.stream.arrive(encodeRequests(0, 10));
  await bench.settle();
  await serve(bench, Infinity);
  t.is(peer.takeMessagesOf("block").length, 10);
});

test("a pause while a peer is not read empties its queue too", async (t) => {
  const scenery = await scene();
  const { bench, torrent, peer } = scenery;
  peer.stream.arrive(encodeRequests(0, bound + 100));
  await bench.settle();
  t.true(peer.stream.isPaused);
  await bench.send("set-paused", { torrent: torrent.id, isPaused: true });
  t.false(peer.stream.isPaused);
  t.is(waiting(scenery), 0);
  t.false(peer.isClosed);
});

test("a peer that owes us blocks is closed at its 16,385th request, without blame", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const peer = await bench.meetSeed(torrent, "a", ".#");
  await bench.unchoke(torrent, 0);
  await bench.lease(torrent, [1]);
  t.is(peer.takeMessagesOf("request").length, 2);
  peer.stream.arrive(encodeRequests(0, bound));
  t.false(peer.stream.isPaused || peer.isClosed);
  bench.takeNotices();
  // Two are being read by now.
  peer.stream.arrive(encodeRequests(bound, 3));
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), { reason: "too-many-requests", isFault: false });
});

test("a peer that was closed for its requests is served before we request blocks of it, when it reconnects", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const before = await bench.meetSeed(torrent, "a", ".#");
  await bench.unchoke(torrent, 0);
  await bench.lease(torrent, [1]);
  before.stream.arrive(encodeRequests(0, bound + 1));
  t.true(before.isClosed);
  await bench.settle();
  const peer = await bench.meetSeed(torrent, "a", ".#");
  const { rowIndex } = [...(bench.worker.torrents.get(torrent.id)?.sessions ?? [])][0] ?? {
    rowIndex: -1,
  };
  await bench.lease(torrent, [1]);
  await bench.advance(1_000);
  const owed = peer.takeMessagesOf("request");
  t.is(owed.length, 2, "while it may not ask");
  await bench.unchoke(torrent, rowIndex);
  await bench.advance(2_000);
  t.deepEqual(peer.takeMessages(), [], "it is unchoked when it owes nothing more");
  peer.answer(owed.slice(0, 1));
  peer.choke();
  peer.unchoke();
  await bench.advance(2_000);
  t.deepEqual(peer.takeMessages(), ["unchoke"], "and is asked for nothing at first");
  peer.stream.arrive(encodeRequests(0, bound + 1_000));
  t.true(peer.stream.isPaused);
  t.false(peer.isClosed);
  await bench.unchoke(torrent);
  await bench.advance(1_000);
  t.is(peer.takeMessagesOf("request").length, 1, "when it may not ask any more we do");
});

test("a peer with three quarters of its bound waiting gets no request", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const peer = await bench.meetSeed(torrent, "a", ".#");
  await bench.unchoke(torrent, 0);
  peer.stream.arrive(encodeRequests(0, 12_288 + 2));
  await bench.settle();
  await bench.lease(torrent, [1]);
  t.deepEqual(peer.takeMessagesOf("request"), []);
  // So that it can be held, and is not closed.
  peer.stream.arrive(encodeRequests(0, 6_000));
  t.true(peer.stream.isPaused);
  while (peer.stream.isPaused) await serve(bench, 1);
  await serve(bench, 6_000);
  await bench.advance(1_000);
  t.is(peer.takeMessagesOf("request").length, 2);
});

test("cancels free their places as soon as they are read", async (t) => {
  const scenery = await scene();
  const { bench, peer } = scenery;
  peer.stream.arrive(encodeRequests(0, 16_000));
  await bench.settle();
  for (let at = 1_000; at < 11_000; at++) peer.cancel(0, at, 1);
  t.is(waiting(scenery), 6_000 - 2);
  peer.stream.arrive(encodeRequests(16_000, 10_000));
  t.false(peer.stream.isPaused || peer.isClosed);
});

test("peers whose requests take more than the memory for all are closed, without blame", async (t) => {
  const scenery = await scene({ requestBytes: 4_096 * 20 });
  const { bench, torrent, peer } = scenery;
  const other = await bench.meet(torrent, "b");
  await bench.unchoke(torrent, 0, 1);
  peer.stream.arrive(encodeRequests(0, 2_000));
  other.stream.arrive(encodeRequests(0, 2_000));
  await bench.settle();
  t.false(peer.isClosed || other.isClosed);
  bench.takeNotices();
  other.stream.arrive(encodeRequests(2_000, 100));
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), {
    peer: 1,
    reason: "too-many-requests",
    isFault: false,
  });
  peer.stream.arrive(encodeRequests(2_000, 2_000));
  await bench.settle();
  t.false(peer.isClosed, "the other's memory is free");
});

test("a peer that heeds `reqq` is served although others use all memory for requests", async (t) => {
  const { bench, torrent, peer } = await scene({ requestBytes: 2_048 * 20 });
  const other = await bench.meet(torrent, "b");
  await bench.unchoke(torrent, 0, 1);
  peer.stream.arrive(encodeRequests(0, 2_048));
  await bench.settle();
  bench.takeNotices();
  other.stream.arrive(encodeRequests(0, 500));
  await bench.settle();
  t.false(peer.isClosed || other.isClosed);
  t.deepEqual(bench.takeNotices("peer-closed"), []);
});

test("a peer that is not read stays unread when input is taken again after notices were blocked", async (t) => {
  const { bench, torrent, peer } = await scene();
  peer.stream.arrive(encodeRequests(0, bound + 10));
  await bench.settle();
  bench.noticeCredits = 1;
  await bench.meet(torrent, "b");
  await serve(bench, bound / 2 + 10);
  t.true(peer.stream.isPaused);
  await bench.giveNoticeRoom(1_000);
  await bench.advance(1_000);
  t.false(peer.stream.isPaused);
});

test("held input that uses up the credits for notices leaves the connection unread", async (t) => {
  const { bench, peer } = await scene();
  const extended = encodeExtendedHandshake({ client: "scripted", requestQueue: 250, port: 7_000 });
  peer.stream.arrive(Uint8Array.from([...encodeRequests(0, bound), ...extended]));
  await bench.settle();
  t.true(peer.stream.isPaused);
  bench.noticeCredits = 1;
  await serve(bench, bound / 2 + 10);
  t.like(bench.takeNotice("peer-listens"), { port: 7_000 });
  t.true(peer.stream.isPaused);
  await bench.giveNoticeRoom(1_000);
  t.false(peer.stream.isPaused);
});
