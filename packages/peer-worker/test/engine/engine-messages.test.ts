import test from "ava";
import { PeerFlag, type PeerRowIndex, Total, evenWeight } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { peerActor } from "../../src/peer.actor.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const owner = { name: "engine", epoch: 1 };

/** Asks to close. @returns Whether that is answered yet. */
function close(bench: WorkerBench, torrent: BenchTorrent): () => boolean {
  let isAnswered = false;
  const reply = peerActor.handlers["close-torrent"](bench.state, { torrent: torrent.id }, owner);
  void Promise.resolve(reply).then(() => {
    isAnswered = true;
  });
  return () => isAnswered;
}

test("the named peers are unchoked, all others choked, and each gets one message", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const [ann, ben] = [await bench.meet(torrent, "a"), await bench.meet(torrent, "b")];
  ann.takeMessages();
  ben.takeMessages();
  await bench.unchoke(torrent, 0);
  await bench.unchoke(torrent, 0);
  t.deepEqual([ann.takeMessages(), ben.takeMessages()], [["unchoke"], []]);
  t.false(bench.row(torrent, 0).flag(PeerFlag.isPeerChoked));
  await bench.unchoke(torrent, 1);
  t.deepEqual([ann.takeMessages(), ben.takeMessages()], [["choke"], ["unchoke"]]);
});

test("a peer that takes the row of an unchoked one is choked", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#.", maxPeers: 1 });
  const ann = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  ann.stream.hangUp();
  const ben = await bench.meet(torrent, "b");
  await bench.send("set-paused", { torrent: torrent.id, isPaused: false });
  t.false(ben.takeMessages().includes("unchoke"));
});

test("AE5, AE10: a paused torrent keeps and accepts connections, and requests and serves nothing until it resumes", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [1]);
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  await bench.send("set-paused", { torrent: torrent.id, isPaused: true });
  t.deepEqual(peer.takeMessages(), ["choke", "cancel 1 0 16384", "cancel 1 16384 16384"]);
  peer.request(0, 0);
  const other = await bench.meet(torrent, "b", "####");
  other.unchoke();
  await bench.had(torrent, 2);
  t.deepEqual(other.takeMessages(), ["handshake", "extended 0", "bitfield 80", "interested"]);
  t.is(bench.file.waiting, 0);
  await bench.advance(60_000);
  t.deepEqual(peer.takeMessages(), ["have 2"]);
  for (const each of [peer, other]) each.keepAlive();
  await bench.advance(60_000);
  t.deepEqual(peer.takeMessages(), ["keep-alive"]);
  t.false(peer.isClosed || other.isClosed);
  await bench.send("set-paused", { torrent: torrent.id, isPaused: false });
  t.deepEqual(peer.takeMessages(), ["unchoke", "request 1 0 16384", "request 1 16384 16384"]);
});

test("closing ends the connections and drops the leases", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..." });
  const peer = await bench.meetSeed(torrent, "a", "###");
  await bench.lease(torrent, [0, 1, 2]);
  peer.block(0, 0);
  bench.takeNotices();
  const isAnswered = close(bench, torrent);
  await bench.settle();
  t.true(isAnswered());
  t.true(peer.isClosed);
  t.is(torrent.table.totals[Total.usedBytes], 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "torrent-closed", isFault: false });
  t.deepEqual(bench.takeNotices(), []);
  t.true((await bench.meet(torrent, "b")).isClosed);
});

test("close-torrent is answered when sealed pieces are settled", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..." });
  const peer = await bench.meetSeed(torrent, "a", "###");
  await bench.lease(torrent, [0, 1]);
  peer.answer(peer.takeMessages());
  await bench.settle();
  const isAnswered = close(bench, torrent);
  const isAnsweredAgain = close(bench, torrent);
  await bench.had(torrent, 0);
  t.false(isAnswered());
  await bench.send("piece-failed", { torrent: torrent.id, piece: 1 as PieceIndex });
  t.true(isAnswered() && isAnsweredAgain());
  t.is(bench.worker.torrents.size, 0);
});

test("close-torrent is answered when reads for uploads have ended", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#" });
  const peer = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  peer.request(0, 0);
  const isAnswered = close(bench, torrent);
  await bench.settle();
  t.false(isAnswered());
  await bench.fill();
  t.true(isAnswered());
});

test("close-torrent of a torrent that is not open is answered at once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  close(bench, torrent);
  const isAnswered = close(bench, torrent);
  await bench.settle();
  t.true(isAnswered());
});

test("leases and messages for a torrent that was closed change nothing", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  await bench.send("close-torrent", { torrent: torrent.id });
  const memory = new SharedArrayBuffer(32_768);
  await bench.lease(torrent, [0], {
    transferred: { memory, offset: 0, received: Uint8Array.of(1, 0), contributors: [] },
  });
  t.is(bench.owner.casts().length, 1, "the other worker's copy is let go of");
  await bench.had(torrent, 0);
  await bench.unchoke(torrent, 0);
  await bench.send("set-paused", { torrent: torrent.id, isPaused: true });
  await bench.send("close-peer", { torrent: torrent.id, peer: 0 as PeerRowIndex, reason: "x" });
  t.deepEqual(bench.takeNotices(), []);
});

test("a torrent can be opened again while a piece from before is still being written", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0]);
  peer.answer(peer.takeMessages());
  await bench.settle();
  close(bench, torrent);
  await bench.settle();
  const { worker } = bench;
  const before = worker.torrents.get(torrent.id);
  await bench.send("open-torrent", {
    torrent: torrent.id,
    infoHash: torrent.infoHash,
    peerId: new Uint8Array(20),
    maxPeers: 8,
    weight: evenWeight,
    isPaused: false,
    exchangesPeers: false,
    usesDht: false,
    content: {
      totalBytes: torrent.totalBytes,
      pieceLengthBytes: torrent.pieceLengthBytes,
      pieceCount: 2,
      disk: 0,
      had: torrent.map.memory,
      table: torrent.table.memory,
    },
  });
  const free = worker.downloads.freeBytes;
  const newcomer = await bench.meet(torrent, "b");
  await bench.had(torrent, 0);
  t.is(worker.downloads.freeBytes, free + 32_768);
  t.not(worker.torrents.get(torrent.id), before);
  t.true(newcomer.takeMessages().includes("have 0"));
  const isAnswered = close(bench, torrent);
  await bench.settle();
  t.true(isAnswered());
  t.is(worker.torrents.size + worker.torrentsByHash.size, 0);
});

test("the engine can close one peer", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const peer = await bench.meet(torrent, "a");
  await bench.send("close-peer", {
    torrent: torrent.id,
    peer: 0 as PeerRowIndex,
    reason: "bad-piece",
  });
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), {
    reason: "bad-piece",
    isFault: false,
    isIncoming: true,
  });
});

test("two torrents share the memory of a worker", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32_768 });
  const one = await bench.openTorrent({ had: "." });
  const two = await bench.openTorrent({ had: "." });
  const [ann, ben] = [await bench.meetSeed(one, "a", "#"), await bench.meetSeed(two, "b", "#")];
  await bench.lease(one, [0]);
  await bench.lease(two, [0]);
  t.deepEqual(ben.takeMessages(), []);
  ann.answer(ann.takeMessages());
  await bench.had(one, 0);
  t.is(ben.takeMessages().length, 2);
});
