import test from "ava";
import { encodeDontHave, encodeExtendedHandshake } from "@troupe/protocol/peer";

import { maxDontHaves } from "../../src/limits.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { WorkerBench } from "../support/worker-bench.ts";

/** The peer's id of `lt_donthave`, and ours. */
const peersId = 7;
const ourId = 3;

function offerDontHave(peer: ScriptedPeer): void {
  const extensions = { lt_donthave: peersId };
  peer.stream.arrive(encodeExtendedHandshake({ client: "a", requestQueue: 250, extensions }));
}

function loses(peer: ScriptedPeer, piece: number): void {
  peer.stream.arrive(encodeDontHave(ourId, piece));
}

test("B06: a lost piece is reported to peers that support it, and announced when it is had again", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "##." });
  const peer = await bench.meet(torrent, "a");
  offerDontHave(peer);
  await bench.unchoke(torrent, 0);
  for (const piece of [0, 0, 1, 0]) peer.request(piece, 0);
  peer.takeMessages();
  await bench.lost(torrent, 1);
  t.deepEqual(peer.takeMessages(), [`extended ${peersId}`]);
  await bench.fillAll();
  t.is(peer.takeMessagesOf("block 1").length, 0);
  peer.request(1, 0);
  await bench.settle();
  t.false(peer.isClosed, "its request crossed the message");
  t.deepEqual(peer.takeMessages(), [`extended ${peersId}`], "it is told again");
  await bench.had(torrent, 1);
  t.deepEqual(peer.takeMessages(), ["have 1"]);
});

test("B06: a piece that is lost before its delayed `have` went out is not announced", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..." });
  const reading = await bench.meet(torrent, "a", "###");
  const other = await bench.meet(torrent, "b", "###");
  offerDontHave(reading);
  await bench.settle();
  for (const peer of [reading, other]) peer.takeMessages();
  await bench.had(torrent, 0, 1);
  await bench.lost(torrent, 1);
  await bench.advance(1_000);
  t.deepEqual(reading.takeMessages(), [`extended ${peersId}`, "have 0"]);
  t.deepEqual(other.takeMessages(), ["have 0"]);
});

test("B06: a piece that a peer takes back is requested of others, and counts for its availability no more", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meetSeed(torrent, "a", "##..");
  await bench.lease(torrent, [1]);
  const requests = peer.takeMessagesOf("request");
  t.is(requests.length, 2);
  const other = await bench.meetSeed(torrent, "b", "##..");
  loses(peer, 1);
  await bench.settle();
  t.deepEqual(other.takeMessagesOf("request"), requests);
  t.deepEqual([...torrent.table.availability], [2, 1, 0, 0]);
  t.deepEqual(peer.takeMessagesOf("request"), []);
  loses(peer, 0);
  await bench.advance(3_000);
  t.true(peer.takeMessages().includes("not-interested"));
  peer.have(1);
  t.deepEqual([...torrent.table.availability], [1, 2, 0, 0]);
});

test("a piece that was taken back before the metadata is not counted after it", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a");
  peer.bitfield("####");
  loses(peer, 2);
  const torrent = await bench.addContent(early, { had: "...." });
  t.deepEqual([...torrent.table.availability], [1, 1, 0, 1]);
});

test("case 55: a lost piece beyond the last, and too many lost pieces, close", async (t) => {
  for (const [piece, count, reason] of [
    [4, 1, "piece-out-of-range"],
    [1, maxDontHaves + 1, "extension-flood"],
  ] as const) {
    const bench = await WorkerBench.start();
    const torrent = await bench.openTorrent({ had: "...." });
    const peer = await bench.meet(torrent, "a");
    for (let sent = 1; sent < count; sent++) loses(peer, piece);
    t.false(peer.isClosed);
    loses(peer, piece);
    t.like(bench.takeNotice("peer-closed"), { reason, isFault: true });
  }
});
