import test from "ava";
import { evenWeight, packLeases, plainTcp, type LeaseId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { ScriptedPeer } from "./support/scripted-peer.ts";
import { type EarlyTorrent, WorkerBench } from "./support/worker-bench.ts";

const piece = 0 as PieceIndex;
const lease = 1 as LeaseId;

function inside({ worker }: WorkerBench, { id }: EarlyTorrent) {
  const torrent = worker.torrents.get(id);
  if (torrent === undefined) throw new Error("the torrent is not open");
  return torrent;
}

test("a torrent without content ignores messages about pieces, and ticks", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const { id } = early;
  const other = await bench.openTorrent({ had: "." });
  const peer = await bench.meetSeed(other, "a", "#");
  await bench.send("set-wanted", { torrent: id });
  await bench.send("revoke-lease", { torrent: id, piece, lease });
  await bench.send("pieces-had", { torrent: id, pieces: [piece] });
  await bench.send("pieces-lost", { torrent: id, pieces: [piece] });
  await bench.send("piece-failed", { torrent: id, piece });
  await bench.send("transferred-piece-taken", { torrent: id, lease });
  await bench.send("set-unchoked", { torrent: id, peers: [] });
  await bench.send("set-paused", { torrent: id, isPaused: true });
  await bench.advance(2_000);
  t.true(inside(bench, early).isPaused);
  t.is(inside(bench, early).content, undefined);
  await bench.lease(other, [0]);
  t.is(peer.takeMessagesOf("request").length, 2);
});

test("a transferred piece for a torrent without content is given back to its worker", async (t) => {
  const bench = await WorkerBench.start();
  const { id } = await bench.openWithoutContent();
  const received = new Uint8Array(2).fill(1);
  const memory = new SharedArrayBuffer(32_768);
  const transferred = { memory, offset: 0, received, contributors: [] };
  const pieces = [{ piece, lease, transferred }];
  await bench.send("lease-pieces", { torrent: id, leases: packLeases(pieces), nothingFor: [] });
  t.deepEqual(bench.owner.casts("transferred-piece-taken"), [{ torrent: id, lease }]);
});

test("a torrent without content takes peers that connect and peers that it dials", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a");
  t.deepEqual(peer.takeMessages(), ["handshake", "extended 0"]);
  t.like(bench.takeNotice("peer-opened"), { torrent: early.id, peer: 0, isIncoming: true });
  await bench.send("dial", {
    torrent: early.id,
    host: "203.0.113.5",
    port: 2,
    kind: plainTcp,
    timeoutMs: 5_000,
  });
  const [dialled] = bench.sockets.dials;
  if (dialled === undefined) return t.fail();
  dialled.stream.handlers?.opened?.(dialled.stream);
  const seed = new ScriptedPeer(dialled.stream, 32_768);
  seed.shakeHands(early.infoHash, "b");
  await bench.settle();
  t.deepEqual(seed.takeMessages(), ["handshake", "extended 0"]);
  t.like(bench.takeNotice("peer-opened"), { peer: 1, port: 2, isIncoming: false });
});

test("a torrent without content takes as many peers as it may have", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent({ maxPeers: 1 });
  const first = await bench.meet(early, "a");
  t.true((await bench.meet(early, "b")).isClosed);
  first.stream.hangUp();
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), { peer: 0, reason: "closed-by-peer" });
  t.false((await bench.meet(early, "c")).isClosed);
});

test("a torrent without content closes at once, with its peers", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a", "##");
  await bench.send("close-torrent", { torrent: early.id });
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "torrent-closed", isFault: false });
  t.is(bench.worker.torrents.size + bench.worker.torrentsByHash.size, 0);
  t.is(bench.worker.earlyMemory.usedBytes, 0);
});

test("a torrent without content that is opened again without content is closed first", async (t) => {
  const bench = await WorkerBench.start();
  const { id, infoHash } = await bench.openWithoutContent();
  const peer = await bench.meet({ id, infoHash, pieceLengthBytes: 32_768 }, "a");
  const peerId = new Uint8Array(20);
  const options = { maxPeers: 8, isPaused: false, exchangesPeers: false, usesDht: false };
  const opened = { torrent: id, infoHash, peerId, weight: evenWeight };
  await bench.send("open-torrent", { ...opened, ...options });
  t.true(peer.isClosed);
  t.is(bench.worker.torrents.size, 1);
});

test("the content of a torrent appears once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = inside(bench, await bench.openTorrent({ had: "." }));
  const { content } = torrent;
  if (content === undefined) return t.fail();
  t.throws(() => torrent.addContent(() => content), { message: /^bug: / });
});

test("a smaller number of peers holds for free places and for places that become free", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = inside(bench, await bench.openWithoutContent({ maxPeers: 3 }));
  const rows = [torrent.reserveRow(), torrent.reserveRow()];
  torrent.maxPeers = 1;
  t.is(torrent.reserveRow(), undefined);
  for (const row of rows) if (row !== undefined) torrent.releaseRow(row);
  t.is(torrent.reserveRow(), rows[0]);
  t.is(torrent.reserveRow(), undefined);
  torrent.maxPeers = 2;
  t.is(torrent.reserveRow(), rows[1]);
  t.is(torrent.reserveRow(), undefined);
});

test("EX7: when the number of peers is raised no row is given twice", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = inside(bench, await bench.openWithoutContent({ maxPeers: 2 }));
  const rows = [torrent.reserveRow(), torrent.reserveRow()];
  torrent.maxPeers = 1;
  torrent.maxPeers = 2;
  t.is(torrent.reserveRow(), undefined);
  for (const row of rows) if (row !== undefined) torrent.releaseRow(row);
  t.deepEqual([torrent.reserveRow(), torrent.reserveRow()], rows);
  t.is(torrent.reserveRow(), undefined);
});

test("EX7: a torrent takes more peers once its table has grown, and keeps those that it has", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..", maxPeers: 1, mostPeers: 3 });
  const { id, table } = torrent;
  const first = await bench.meetSeed(torrent, "a", "#.");
  const refused = await bench.meet(torrent, "b");
  t.true(refused.stream.isClosed);
  table.grow(3);
  await bench.send("set-max-peers", { torrent: id, maxPeers: 3 });
  const peers = [await bench.meet(torrent, "c", ".#"), await bench.meet(torrent, "d", "##")];
  t.deepEqual(
    peers.map(({ stream }) => stream.isClosed),
    [false, false],
  );
  t.true((await bench.meet(torrent, "e")).stream.isClosed, "the new rows are taken");
  t.deepEqual(
    [0, 1, 2].map((row) => [table.row(row).has(0), table.row(row).has(1)]),
    [
      [true, false],
      [false, true],
      [true, true],
    ],
  );
  t.deepEqual([...table.availability], [2, 2]);
  await bench.lease(torrent, [0]);
  t.is(first.takeMessagesOf("request").length, 2);
});
