import test from "ava";
import { PeerFlag } from "@troupe/messages";
import { MessageId } from "@troupe/protocol/peer";

import { type EarlyTorrent, WorkerBench } from "../support/worker-bench.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";

const kib = 1_024;

async function scene() {
  const bench = await WorkerBench.start();
  const torrent = await bench.openWithoutContent({ maxPeers: 64 });
  return { bench, torrent };
}

/** Sends a bitfield of that many bytes. */
function showBytes(peer: ScriptedPeer, lengthBytes: number): void {
  peer.frame(1 + lengthBytes, MessageId.bitfield);
  peer.stream.arrive(new Uint8Array(lengthBytes));
}

function meetMany(bench: WorkerBench, torrent: EarlyTorrent, count: number) {
  const ids = Array.from({ length: count }, (_, at) => String.fromCharCode(33 + at));
  return Promise.all(ids.map((id) => bench.meet(torrent, id)));
}

test("nothing is sent to a peer before the metadata, whatever it shows", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meetSeed(torrent, "a", "####");
  peer.interested();
  peer.have(2_000_000);
  await bench.advance(90_000);
  t.deepEqual(peer.takeMessages(), []);
  t.false(peer.isClosed);
});

test("choke and interest of the peer are kept before the metadata", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a");
  const [session] = bench.sessions(torrent);
  if (session === undefined) return t.fail();
  const flags = () =>
    [PeerFlag.isPeerInterested, PeerFlag.amChokedByPeer].map((flag) => session.row.flag(flag));
  t.deepEqual(flags(), [false, true]);
  peer.interested();
  peer.unchoke();
  t.deepEqual(flags(), [true, false]);
  peer.notInterested();
  peer.choke();
  t.deepEqual(flags(), [false, true]);
});

test("every peer stays choked before the metadata", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a");
  peer.takeMessages();
  await bench.unchoke(torrent, 0);
  t.deepEqual(peer.takeMessages(), []);
  t.true(bench.sessions(torrent)[0]?.isPeerChoked);
});

test("a block before the metadata closes the peer", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a");
  peer.block(0, 0);
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "block-before-metadata", isFault: true });
});

test("the eleventh request before the metadata closes the peer", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a");
  for (let request = 0; request < 10; request++) peer.request(0, 0);
  t.false(peer.isClosed);
  peer.request(0, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "bad-requests", isFault: true });
});

for (const [name, reason, count, send] of [
  ["keep-alives", "message-flood", 10_000, (peer) => peer.keepAlive()],
  ["bitfields", "bitfield-flood", 600, (peer) => peer.bitfield("#")],
  ["cancels", "cancel-flood", 32_768, (peer) => peer.cancel(0, 0)],
  ["chokes", "message-flood", 10_000, (peer) => peer.choke()],
] as readonly (readonly [string, string, number, (peer: ScriptedPeer) => void])[]) {
  test(`a flood of ${name} closes the peer before the metadata too`, async (t) => {
    const { bench, torrent } = await scene();
    const peer = await bench.meet(torrent, "a");
    for (let sent = 0; sent < count; sent++) send(peer);
    t.false(peer.isClosed);
    send(peer);
    t.like(bench.takeNotice("peer-closed"), { reason, isFault: true });
  });
}

test("a peer that shows more than 256 KiB before the metadata is closed without a fault", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a");
  const other = await bench.meet(torrent, "b", "#");
  showBytes(peer, 200 * kib);
  t.false(peer.isClosed);
  showBytes(peer, 56 * kib);
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { peer: 0, reason: "kept-too-much", isFault: false });
  t.false(other.isClosed);
  t.is(bench.worker.earlyMemory.usedBytes, 257, "only the other peer's");
});

test("many haves count as their memory", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a");
  peer.have(...Array.from({ length: 32 * kib }, (_, piece) => piece));
  t.is(bench.worker.earlyMemory.usedBytes, 256 * kib);
  t.false(peer.isClosed);
  peer.have(0);
  t.like(bench.takeNotice("peer-closed"), { reason: "kept-too-much" });
});

test("a peer that is not admitted yet and shows too much is closed when it is admitted", async (t) => {
  const { bench, torrent } = await scene();
  bench.admission = undefined;
  const peer = await bench.meet(torrent, "a");
  showBytes(peer, 256 * kib);
  showBytes(peer, 1);
  t.is(bench.worker.earlyMemory.usedBytes, 0);
  bench.admission = "admitted";
  await bench.settle();
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "kept-too-much", isFault: false });
});

test("beyond 8 MiB of all peers the peer that has shown most is closed, not the one that comes last", async (t) => {
  const { bench, torrent } = await scene();
  const greedy = await meetMany(bench, torrent, 33);
  for (const [at, peer] of greedy.entries()) showBytes(peer, 247 * kib + at);
  t.is(greedy.filter(({ isClosed }) => isClosed).length, 0);
  const honest = await bench.meet(torrent, "~");
  showBytes(honest, 100 * kib);
  t.deepEqual(
    greedy.flatMap(({ isClosed }, at) => (isClosed ? [at] : [])),
    [32],
  );
  t.false(honest.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "kept-too-much", isFault: false });
  t.true(bench.worker.earlyMemory.usedBytes <= 8 * kib * kib);
});

test("the parts of bitfields that do not end count like whole bitfields", async (t) => {
  const { bench, torrent } = await scene();
  const peers = await meetMany(bench, torrent, 40);
  for (const peer of peers) {
    peer.frame(1 + 256 * kib, MessageId.bitfield);
    peer.stream.arrive(new Uint8Array(250 * kib));
  }
  const { earlyMemory } = bench.worker;
  t.true(earlyMemory.usedBytes > 7 * kib * kib && earlyMemory.usedBytes <= 8 * kib * kib);
  const closed = bench.takeNotices("peer-closed");
  t.is(closed.length, 8);
  for (const notice of closed) t.like(notice, { reason: "kept-too-much", isFault: false });
  for (const peer of peers) peer.stream.hangUp();
  t.is(earlyMemory.usedBytes, 0);
});

test("the memory of a peer that leaves before the metadata is free again", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a", "####");
  t.true(bench.worker.earlyMemory.usedBytes > 0);
  peer.stream.hangUp();
  t.is(bench.worker.earlyMemory.usedBytes, 0);
});

test("before the metadata a silent peer is closed, and a peer that is waited for gets keep-alives", async (t) => {
  const { bench, torrent } = await scene();
  const silent = await bench.meet(torrent, "a");
  silent.takeMessages();
  await bench.advance(102_000);
  t.deepEqual(silent.takeMessages(), ["keep-alive"]);
  await bench.advance(50_000);
  t.true(silent.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "idle", isFault: false });
});

test("before the metadata a message that stops half way is closed after 30 s", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a");
  peer.frame(1 + 100 * kib, MessageId.bitfield, 1, 2, 3);
  await bench.advance(31_000);
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "frame-stalled", isFault: true });
});

test("the listen port of an incoming peer is reported before the metadata too", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a");
  peer.extended(500, 4_242);
  t.like(bench.takeNotice("peer-listens"), { torrent: torrent.id, peer: 0, port: 4_242 });
});
