import test from "ava";

import { WorkerBench, type BenchTorrent } from "../../support/worker-bench.ts";
import type { ScriptedPeer } from "../../support/scripted-peer.ts";

async function scene(had = "####") {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had });
  return { bench, torrent };
}

/** A leecher that is interested, and has got all messages of the beginning. */
async function meetLeecher(
  bench: WorkerBench,
  torrent: BenchTorrent,
  id: string,
  hasFast = true,
): Promise<ScriptedPeer> {
  const peer = await bench.meet(torrent, id, undefined, { hasFast });
  peer.interested();
  await bench.settle();
  peer.takeMessages();
  return peer;
}

/** The peer requests a block, and the disk takes `ms` to read it. */
async function read(bench: WorkerBench, peer: ScriptedPeer, piece: number, ms = 8): Promise<void> {
  peer.request(piece, 0);
  await bench.fillAll(ms);
}

test("E13: a piece that the disk was slow to read is suggested to the other leechers, once", async (t) => {
  const { bench, torrent } = await scene();
  const reader = await meetLeecher(bench, torrent, "a");
  const other = await meetLeecher(bench, torrent, "b");
  const plain = await meetLeecher(bench, torrent, "c", false);
  await bench.unchoke(torrent, 0, 1, 2);
  await read(bench, reader, 2);
  await bench.advance(1_000);
  t.deepEqual(other.takeMessagesOf("suggest"), ["suggest 2"]);
  t.deepEqual(reader.takeMessagesOf("suggest"), []);
  t.deepEqual(plain.takeMessagesOf("message"), []);
  await read(bench, reader, 2);
  await bench.advance(5_000);
  t.deepEqual(other.takeMessagesOf("suggest"), []);
});

test("E13: a piece that was read in less than two milliseconds is not suggested", async (t) => {
  const { bench, torrent } = await scene();
  const reader = await meetLeecher(bench, torrent, "a");
  const other = await meetLeecher(bench, torrent, "b");
  await bench.unchoke(torrent, 0, 1);
  await read(bench, reader, 2, 1);
  await read(bench, reader, 3, 2);
  await bench.advance(2_000);
  t.deepEqual(other.takeMessagesOf("suggest"), ["suggest 3"]);
});

test("E13: a piece that memory gave is not suggested, however long a busy thread or file-worker took to answer", async (t) => {
  const { bench, torrent } = await scene();
  const reader = await meetLeecher(bench, torrent, "a");
  const other = await meetLeecher(bench, torrent, "b");
  await bench.unchoke(torrent, 0, 1);
  reader.request(2, 0);
  await bench.settle();
  await bench.advance(100);
  await bench.fillAll(0);
  await bench.advance(2_000);
  t.deepEqual(other.takeMessagesOf("suggest"), []);
});

test("E13: pieces in memory are suggested to a choked peer just before its unchoke", async (t) => {
  const { bench, torrent } = await scene();
  const reader = await meetLeecher(bench, torrent, "a");
  const other = await meetLeecher(bench, torrent, "b");
  await bench.unchoke(torrent, 0);
  for (const piece of [1, 3]) await read(bench, reader, piece);
  await bench.advance(2_000);
  t.deepEqual(other.takeMessagesOf("suggest"), []);
  await bench.unchoke(torrent, 0, 1);
  t.deepEqual(other.takeMessages(), ["suggest 3", "suggest 1", "unchoke"]);
});

test("E13: no piece is suggested that the peer has or has requested, or to a peer without interest", async (t) => {
  const { bench, torrent } = await scene();
  const reader = await meetLeecher(bench, torrent, "a");
  const owner = await meetLeecher(bench, torrent, "b");
  const asker = await meetLeecher(bench, torrent, "c");
  const idle = await meetLeecher(bench, torrent, "d");
  owner.have(2);
  idle.notInterested();
  await bench.unchoke(torrent, 0, 1, 2, 3);
  reader.request(2, 0);
  await bench.settle();
  // The peer's request waits behind a call that the disk has not answered.
  for (const piece of [3, 1, 2]) asker.request(piece, 0);
  await bench.fill(8);
  await bench.advance(1_000);
  t.deepEqual(owner.takeMessagesOf("suggest"), []);
  t.deepEqual(asker.takeMessagesOf("suggest"), []);
  t.deepEqual(idle.takeMessagesOf("suggest"), []);
});

test("E13: a super-seed suggests nothing, also to peers that were connected before", async (t) => {
  const { bench, torrent } = await scene();
  const reader = await meetLeecher(bench, torrent, "a");
  const other = await meetLeecher(bench, torrent, "b");
  await bench.unchoke(torrent, 0, 1);
  await bench.send("set-super-seeding", { torrent: torrent.id, isOn: true });
  await read(bench, reader, 2);
  await bench.advance(2_000);
  t.deepEqual(other.takeMessagesOf("suggest"), []);
});

test("E13: a piece that was lost, or read long ago, is not suggested", async (t) => {
  const { bench, torrent } = await scene();
  const reader = await meetLeecher(bench, torrent, "a");
  const other = await meetLeecher(bench, torrent, "b");
  await bench.unchoke(torrent, 0);
  await read(bench, reader, 1);
  await bench.advance(10_000);
  await read(bench, reader, 2);
  await bench.lost(torrent, 2);
  await read(bench, reader, 3);
  await bench.unchoke(torrent, 0, 1);
  t.deepEqual(other.takeMessagesOf("suggest"), ["suggest 3"]);
});
