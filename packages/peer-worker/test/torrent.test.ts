import test from "ava";
import type { LeaseId, TorrentId } from "@troupe/messages";
import { type PieceIndex, parseInfoHash } from "@troupe/protocol";

import type { Torrent } from "../src/torrent.ts";
import { ScriptedPeer } from "./support/scripted-peer.ts";
import { WorkerBench } from "./support/worker-bench.ts";

const id = 7 as TorrentId;
const infoHash = parseInfoHash("7".repeat(40));
const piece = 0 as PieceIndex;
const lease = 1 as LeaseId;

/** A torrent of which the worker knows the info-hash alone. */
async function openWithoutContent(bench: WorkerBench): Promise<Torrent> {
  const peerId = new Uint8Array(20);
  const opened = { torrent: id, infoHash, peerId, maxPeers: 2, isPaused: false };
  await bench.send("open-torrent", opened);
  const torrent = bench.worker.torrents.get(id);
  if (torrent === undefined) throw new Error("the torrent was not opened");
  return torrent;
}

test("a torrent without content ignores messages about pieces, and ticks", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await openWithoutContent(bench);
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
  t.true(torrent.isPaused);
  t.is(torrent.content, undefined);
  await bench.lease(other, [0]);
  t.is(peer.takeMessagesOf("request").length, 2);
});

test("a transferred piece for a torrent without content is given back to its worker", async (t) => {
  const bench = await WorkerBench.start();
  await openWithoutContent(bench);
  const received = new Uint8Array(2).fill(1);
  const memory = new SharedArrayBuffer(32_768);
  const transferred = { memory, offset: 0, received, contributors: [] };
  const pieces = [{ piece, lease, transferred }];
  await bench.send("lease-pieces", { torrent: id, pieces, nothingFor: [] });
  t.deepEqual(bench.owner.casts("transferred-piece-taken"), [{ torrent: id, lease }]);
});

test("a torrent without content takes no peers", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await openWithoutContent(bench);
  const peer = new ScriptedPeer(bench.sockets.connect({ host: "198.51.100.1", port: 1 }), 32_768);
  peer.shakeHands(infoHash, "a");
  await bench.settle();
  t.true(peer.isClosed);
  await bench.send("dial", { torrent: id, host: "203.0.113.5", port: 2, timeoutMs: 5_000 });
  const [dialled] = bench.sockets.dials;
  if (dialled === undefined) return t.fail();
  dialled.stream.handlers?.opened?.(dialled.stream);
  new ScriptedPeer(dialled.stream, 32_768).shakeHands(infoHash, "b");
  await bench.settle();
  t.like(bench.takeNotice("dial-failed"), { torrent: id, port: 2, reason: "wrong-info-hash" });
  t.is(torrent.sessions.size, 0);
});

test("a torrent without content closes at once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await openWithoutContent(bench);
  await bench.send("close-torrent", { torrent: id });
  t.true(torrent.isClosing);
  t.is(bench.worker.torrents.size + bench.worker.torrentsByHash.size, 0);
});

test("the content of a torrent appears once", async (t) => {
  const bench = await WorkerBench.start();
  const opened = await bench.openTorrent({ had: "." });
  const torrent = await openWithoutContent(bench);
  const content = bench.worker.torrents.get(opened.id)?.content;
  if (content === undefined) return t.fail();
  torrent.addContent(content);
  t.is(torrent.content, content);
  t.throws(() => torrent.addContent(content), { message: /^bug: / });
});
