// Upload memory: its use by odd requests, hung disks and several disks.

import test from "ava";

import { encodeRequests } from "../support/many-requests.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const wireBlock = 16_384 + 13;

/** A torrent of a piece of 16 blocks in memory for some blocks, and unchoked peers. */
async function scene(peerCount: number, blocks: number) {
  const bench = await WorkerBench.start({ uploadBytes: blocks * wireBlock });
  const { torrent, peers } = await openWithPeers(bench, peerCount, 0);
  return { bench, torrent, peers, uploads: bench.worker.uploads };
}

async function openWithPeers(
  bench: WorkerBench,
  peerCount: number,
  disk: number,
): Promise<{ torrent: BenchTorrent; peers: ScriptedPeer[] }> {
  const torrent = await bench.openTorrent({ had: "#", pieceLengthBytes: 262_144, disk });
  const peers: ScriptedPeer[] = [];
  for (let id = 0; id < peerCount; id++)
    peers.push(await bench.meet(torrent, String.fromCharCode(1 + 8 * disk + id)));
  await bench.unchoke(torrent, ...peers.keys());
  for (const peer of peers) peer.takeMessages();
  return { torrent, peers };
}

test("a batch of short blocks takes the memory of their bytes", async (t) => {
  const { bench, peers, uploads } = await scene(1, 64);
  const [peer] = peers;
  // The batches of a quick peer grow.
  for (let at = 0; at < 16; at++) peer?.request(0, at * 16_384);
  await bench.fillAll();
  peer?.stream.arrive(encodeRequests(0, 16));
  await bench.settle();
  t.is(bench.file.waiting, 1);
  t.is(uploads.totalBytes - uploads.freeBytes, wireBlock);
  await bench.fillAll();
  t.is(peer?.takeMessagesOf("block").length, 32);
});

test("while a read is late no other is sent; its memory returns when the file-worker answers again", async (t) => {
  const { bench, peers, uploads } = await scene(2, 64);
  const [peer, other] = peers;
  peer?.request(0, 0);
  await bench.settle();
  bench.file.take("read-blocks").fail(Object.assign(new Error("late"), { code: "call-deadline" }));
  await bench.settle();
  other?.request(0, 0);
  await bench.settle();
  t.is(bench.file.waiting, 0);
  await bench.advance(1_000);
  t.deepEqual(await bench.fill(), [], "a call without runs");
  await bench.fill();
  t.is(other?.takeMessagesOf("block").length, 1);
  t.is(uploads.freeBytes, uploads.totalBytes);
});

test("disks take turns in using upload memory", async (t) => {
  const bench = await WorkerBench.start({ uploadBytes: wireBlock });
  const first = await openWithPeers(bench, 2, 0);
  const second = await openWithPeers(bench, 2, 1);
  for (const peer of [...first.peers, ...second.peers])
    for (let at = 0; at < 4; at++) peer.request(0, at * 16_384);
  const turns: number[] = [];
  for (let turn = 0; turn < 8; turn++)
    for (const { torrent } of await bench.fill()) turns.push(torrent);
  const [a, b] = [first.torrent.id, second.torrent.id];
  t.deepEqual(turns, [a, b, a, b, a, b, a, b]);
});

test("the time of a slow read is not counted as time in which the peer takes nothing", async (t) => {
  const { bench, peers } = await scene(2, 1);
  const [peer, other] = peers;
  if (peer !== undefined) peer.stream.isReading = false;
  peer?.request(0, 0);
  other?.request(0, 0);
  await bench.settle();
  await bench.advance(9_500);
  await bench.fill();
  await bench.advance(9_000);
  t.false(peer?.isClosed);
  await bench.advance(2_000);
  t.true(peer?.isClosed);
});

test("no peer is closed for memory while the file-worker is what others wait for", async (t) => {
  const { bench, peers, uploads } = await scene(5, 6);
  const [silent, slow, ...others] = peers;
  for (const peer of [silent, slow]) {
    if (peer === undefined) continue;
    peer.stream.isReading = false;
    peer.request(0, 0);
    peer.request(0, 65_536);
    await bench.fillAll();
  }
  others[0]?.request(0, 0);
  await bench.settle();
  others[1]?.request(0, 0);
  others[2]?.request(0, 0);
  await bench.settle();
  t.is(bench.file.waiting, 2);
  t.is(uploads.freeBytes, 0);
  slow?.stream.read();
  await bench.settle();
  t.is(uploads.freeBytes, 2 * wireBlock);
  await bench.advance(15_000);
  t.false(silent?.isClosed);
});
