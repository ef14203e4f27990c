import test from "ava";
import { PeerFlag, type PeerRowIndex } from "@troupe/messages";
import { encodeExtendedHandshake } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

import { maxLateHaves } from "../../../src/limits.ts";
import { type BenchTorrent, type EarlyTorrent, WorkerBench } from "../../support/worker-bench.ts";

const withFast = { hasFast: true };
/** A handshake of a peer whose id of `lt_donthave` is 7. */
const dontHaveOffer = encodeExtendedHandshake({
  client: "a",
  requestQueue: 250,
  extensions: { lt_donthave: 7 },
});

/** A super-seed of four pieces. */
async function scene(had = "####") {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had, isSuperSeeding: true });
  return {
    bench,
    torrent,
    show: (peer: number, ...pieces: number[]) => show(bench, torrent, peer, pieces),
    set: (isOn: boolean) => bench.send("set-super-seeding", { torrent: torrent.id, isOn }),
  };
}

async function show(
  bench: WorkerBench,
  { id }: EarlyTorrent,
  peer: number,
  pieces: readonly number[],
): Promise<void> {
  await bench.send("show-pieces", {
    torrent: id,
    peer: peer as PeerRowIndex,
    pieces: pieces as PieceIndex[],
  });
}

function ignoredRequests(bench: WorkerBench, torrent: BenchTorrent): number | undefined {
  return bench.sessions(torrent)[0]?.features.shown?.ignoredRequests;
}

test("B08: a super-seed seems to have nothing and is not upload-only; shown pieces follow as haves", async (t) => {
  const { bench, torrent, show } = await scene();
  const fast = await bench.meet(torrent, "a", undefined, withFast);
  const plain = await bench.meet(torrent, "b");
  t.deepEqual(fast.takeMessages(), ["handshake", "extended 0", "have-none"]);
  t.deepEqual(plain.takeMessages(), ["handshake", "extended 0"]);
  t.is(plain.handshakes[0]?.uploadOnly, false);
  await show(0, 2, 1);
  await show(0, 2, 3);
  t.deepEqual(fast.takeMessages(), ["have 2", "have 1", "have 3"]);
  t.deepEqual(plain.takeMessages(), []);
});

test("B08: a super-seed allows no pieces to a choked peer", async (t) => {
  const { bench, torrent, show } = await scene();
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  await show(0, 0);
  peer.interested();
  await bench.settle();
  t.is(peer.takeMessagesOf("allowed-fast").length, 0);
});

test("B08: requests for hidden pieces are rejected, and close after 5,000 in a minute", async (t) => {
  const { bench, torrent, show } = await scene();
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  await show(0, 1);
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  peer.request(0, 0);
  peer.request(1, 0);
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["reject 0 0 16384"]);
  t.like(await bench.fill(), { 0: { position: torrent.pieceLengthBytes }, length: 1 });
  for (let count = 1; count < 5_000; count++) peer.request(0, 0);
  await bench.settle();
  t.false(peer.isClosed);
  peer.request(0, 0);
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), { reason: "hidden-requests", isFault: true });
});

test("B08: without the fast extension, requests for hidden pieces are ignored and counted, and never close", async (t) => {
  const { bench, torrent, show } = await scene();
  const peer = await bench.meet(torrent, "a");
  await show(0, 1);
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  for (let count = 0; count < 20_000; count++) peer.request(0, 0);
  peer.request(1, 0);
  await bench.settle();
  t.false(peer.isClosed);
  t.is(ignoredRequests(bench, torrent), 20_000);
  t.like(await bench.fill(), { 0: { position: torrent.pieceLengthBytes }, length: 1 });
  t.deepEqual(peer.takeMessages(), ["block 1 0 16384"]);
});

test("B08: at the end of super-seeding peers hear of the hidden pieces, and that we are upload-only", async (t) => {
  const { bench, torrent, set, show } = await scene();
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  await show(0, 1);
  peer.takeMessages();
  peer.handshakes.length = 0;
  await set(false);
  t.deepEqual(peer.takeMessages(), ["have 0", "have 2", "have 3", "extended 0"]);
  t.deepEqual(
    peer.handshakes.map(({ uploadOnly }) => uploadOnly),
    [true],
  );
  await show(0, 0);
  t.deepEqual(peer.takeMessages(), []);
});

test("B08: a peer that connected before super-seeding may request everything, and hears that we are not upload-only", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "####" });
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  peer.handshakes.length = 0;
  await bench.send("set-super-seeding", { torrent: torrent.id, isOn: true });
  t.deepEqual(peer.takeMessages(), ["extended 0"]);
  t.is(peer.handshakes[0]?.uploadOnly, false);
  await show(bench, torrent, 0, [3]);
  peer.request(2, 0);
  await bench.settle();
  t.like(await bench.fill(), { 0: { position: 2 * torrent.pieceLengthBytes }, length: 1 });
  t.deepEqual(peer.takeMessages(), ["block 2 0 16384"]);
  const later = await bench.meet(torrent, "b", undefined, withFast);
  t.deepEqual(later.takeMessages(), ["handshake", "extended 0", "have-none"]);
});

test("B08: a lost piece is taken back only from peers to which it was shown", async (t) => {
  const { bench, torrent, set, show } = await scene();
  const peers = [
    await bench.meet(torrent, "a", undefined, withFast),
    await bench.meet(torrent, "b", undefined, withFast),
  ];
  for (const peer of peers) {
    peer.stream.arrive(dontHaveOffer);
    peer.takeMessages();
  }
  await show(0, 1);
  await bench.lost(torrent, 1);
  t.deepEqual(peers[0]?.takeMessages(), ["have 1", "extended 7"]);
  t.deepEqual(peers[1]?.takeMessages(), []);
  await bench.had(torrent, 1);
  t.deepEqual(peers[0]?.takeMessages(), [], "the piece is hidden again");
  await set(false);
  for (const peer of peers) t.is(peer.takeMessagesOf("have").length, 4);
});

test("B08: a super-seed whose metadata comes shows no pieces by itself", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a", undefined, withFast);
  t.true(peer.takeMessages().includes("have-none"));
  const torrent = await bench.addContent(early, { had: "####", isSuperSeeding: true });
  t.deepEqual(peer.takeMessagesOf("have"), []);
  t.true(
    bench.sessions(torrent)[0]?.row.flag(PeerFlag.knowsShownOnly),
    "the engine shows pieces to the peer",
  );
  await show(bench, torrent, 0, [2]);
  t.deepEqual(peer.takeMessages(), ["have 2"]);
  await bench.send("set-super-seeding", { torrent: torrent.id, isOn: false });
  t.false(bench.sessions(torrent)[0]?.row.flag(PeerFlag.knowsShownOnly));
});

test("B08: a peer with too many hidden pieces for haves is closed without a fault", async (t) => {
  const { bench, torrent, set } = await scene("#".repeat(maxLateHaves + 1));
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  await set(false);
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "too-many-haves", isFault: false });
});

test("B08: pieces for a peer that is gone, and pieces that are lost, are not shown", async (t) => {
  const { bench, torrent, show } = await scene();
  await show(0, 1);
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  peer.takeMessages();
  await bench.lost(torrent, 2);
  await show(0, 2);
  await show(1, 1);
  t.deepEqual(peer.takeMessagesOf("have"), []);
});

test("B08: the round trip is the least time from a piece to its request, at an idle peer", async (t) => {
  const { bench, torrent, show } = await scene();
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  await show(0, 0);
  await bench.unchoke(torrent, 0);
  await show(0, 1);
  await bench.advance(120);
  peer.request(1, 0);
  await bench.settle();
  t.is(bench.sessions(torrent)[0]?.times.roundTripMs, 120);
  await show(0, 2);
  await bench.advance(300);
  peer.request(2, 0);
  await bench.settle();
  t.is(bench.sessions(torrent)[0]?.times.roundTripMs, 120, "the peer was not idle");
});
