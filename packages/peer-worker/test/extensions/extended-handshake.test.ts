import test from "ava";
import { encodeExtendedHandshake } from "@troupe/protocol/peer";

import { ScriptedPeer, content } from "../support/scripted-peer.ts";
import { WorkerBench } from "../support/worker-bench.ts";

const withoutExtensions = new Uint8Array(8);

test("a peer learns its address, our port and our extensions", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", metadata: content(0, 100) });
  const peer = await bench.meet(torrent, "a");
  peer.takeMessages();
  t.like(peer.handshakes[0], { ownIp: "198.51.100.97", port: 6_881, metadataSize: 100 });
  t.deepEqual(
    [...(peer.handshakes[0]?.extensions.keys() ?? [])],
    ["lt_donthave", "upload_only", "ut_metadata"],
  );
});

test("a peer learns the port of the gateway that maps ours", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  await bench.send("set-public-port", { port: 40_000 });
  const peer = await bench.meet(torrent, "a");
  peer.takeMessages();
  t.is(peer.handshakes[0]?.port, 40_000);
});

test("our address as a peer sees it is reported after its admission, and again when it changes", async (t) => {
  const bench = await WorkerBench.start();
  bench.admission = undefined;
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meet(torrent, "a");
  const see = async (yourIp: string): Promise<unknown[]> => {
    const handshake = { client: "scripted", requestQueue: 250, yourIp };
    peer.stream.arrive(encodeExtendedHandshake(handshake));
    await bench.settle();
    return bench.takeNotices("own-address-seen");
  };
  const seen = (host: string) => ({ torrent: torrent.id, peer: 0, host });
  t.deepEqual(await see("203.0.113.9"), []);
  bench.admission = "admitted";
  await bench.settle();
  t.deepEqual(bench.takeNotices("own-address-seen"), [seen("203.0.113.9")]);
  await bench.advance(10_000);
  t.deepEqual(await see("203.0.113.9"), []);
  await bench.advance(10_000);
  t.deepEqual(await see("203.0.113.10"), [seen("203.0.113.10")]);
});

test("a peer without extensions gets no handshake, also when the metadata comes", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  const peer = new ScriptedPeer(stream, early.pieceLengthBytes);
  peer.shakeHands(early.infoHash, "a", withoutExtensions);
  await bench.settle();
  await bench.addContent(early, { had: "....", metadata: content(0, 100) });
  t.deepEqual(peer.takeMessages(), ["handshake"]);
});

test("a later handshake of the peer changes the ids that it names, and keeps the others", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", metadata: content(0, 100) });
  const peer = await bench.meet(torrent, "a");
  peer.takeMessages();
  peer.offerMetadata();
  await bench.advance(10_000);
  peer.extended(100);
  peer.requestMetadata(0);
  t.deepEqual(peer.takeMessages(), ["metadata-block 0 100 of 100"]);
  await bench.advance(10_000);
  peer.offerMetadata(undefined, 0);
  peer.requestMetadata(0);
  t.deepEqual(peer.takeMessages(), []);
});

test("six handshakes a minute are read", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", metadata: content(0, 100) });
  const peer = await bench.meet(torrent, "a");
  peer.takeMessages();
  for (let count = 0; count < 6; count++) peer.extended(100);
  peer.offerMetadata();
  peer.requestMetadata(0);
  t.deepEqual(peer.takeMessages(), []);
  await bench.advance(60_000);
  for (let count = 0; count < 5; count++) peer.extended(100);
  peer.offerMetadata();
  peer.requestMetadata(0);
  t.deepEqual(peer.takeMessages(), ["metadata-block 0 100 of 100"]);
});

test("a peer that gets the metadata soon after its first handshake offers it by a second", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a");
  peer.offerMetadata();
  t.deepEqual(bench.takeNotices("metadata-offered"), []);
  peer.offerMetadata(40_000);
  t.like(bench.takeNotice("metadata-offered"), { sizeBytes: 40_000 });
});
