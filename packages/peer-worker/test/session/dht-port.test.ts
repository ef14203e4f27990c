import test from "ava";
import { ownReservedBits, supportsDht } from "@troupe/protocol/peer";

import { ScriptedPeer } from "../support/scripted-peer.ts";
import { type EarlyTorrent, WorkerBench } from "../support/worker-bench.ts";

const withDht = ownReservedBits({ hasDht: true });
const ports = { ipv4: 6_881, ipv6: 6_882 };

async function scene({ usesDht = true } = {}) {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..#", usesDht });
  return { bench, torrent };
}

/** A peer whose handshake offers the DHT, unless told otherwise. */
async function meet(
  bench: WorkerBench,
  torrent: EarlyTorrent,
  { host = "198.51.100.1", reserved = withDht } = {},
) {
  const stream = bench.sockets.connect({ host, port: 6_881 });
  const peer = new ScriptedPeer(stream, torrent.pieceLengthBytes);
  peer.shakeHands(torrent.infoHash, "a", reserved);
  await bench.settle();
  return peer;
}

/** Whether our handshake offers the DHT to a peer. */
async function isOffered(bench: WorkerBench, torrent: EarlyTorrent, host: string) {
  const stream = bench.sockets.connect({ host, port: 6_881 });
  new ScriptedPeer(stream, torrent.pieceLengthBytes).shakeHands(torrent.infoHash, host, withDht);
  await bench.settle();
  return supportsDht(stream.takeSent().subarray(20, 28));
}

test("a peer with a DHT node hears the port of ours after the bitfield, by its address family", async (t) => {
  const { bench, torrent } = await scene();
  await bench.send("set-dht-ports", ports);
  const four = await meet(bench, torrent);
  t.deepEqual(four.takeMessages(), ["handshake", "extended 0", "bitfield 90", "port 6881"]);
  bench.admission = undefined;
  const six = await meet(bench, torrent, { host: "2001:db8::1" });
  t.deepEqual(six.takeMessagesOf("port"), ["port 6882"]);
});

test("a peer without a DHT node hears no port", async (t) => {
  const { bench, torrent } = await scene();
  await bench.send("set-dht-ports", ports);
  const peer = await meet(bench, torrent, { reserved: ownReservedBits() });
  await bench.send("set-dht-ports", { ipv4: 7_000 });
  t.deepEqual(peer.takeMessagesOf("port"), []);
});

test("handshakes offer the DHT only where we have a node", async (t) => {
  const { bench, torrent } = await scene();
  t.false(await isOffered(bench, torrent, "198.51.100.1"));
  await bench.send("set-dht-ports", { ipv4: 6_881 });
  t.true(await isOffered(bench, torrent, "198.51.100.2"));
  t.false(await isOffered(bench, torrent, "2001:db8::1"));
});

test("a private torrent offers no DHT, sends no port and reports none", async (t) => {
  const { bench, torrent } = await scene({ usesDht: false });
  await bench.send("set-dht-ports", ports);
  t.false(await isOffered(bench, torrent, "198.51.100.1"));
  const peer = await meet(bench, torrent, { host: "198.51.100.2" });
  peer.port(7_000);
  await bench.settle();
  t.deepEqual(peer.takeMessagesOf("port"), []);
  t.deepEqual(bench.takeNotices("dht-port"), []);
});

test("connected peers hear of a port that has come or changed, once", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await meet(bench, torrent);
  t.deepEqual(peer.takeMessagesOf("port"), []);
  for (const ipv4 of [6_881, 6_881, 7_000]) {
    // oxlint-disable-next-line no-await-in-loop -- one change after the other
    await bench.send("set-dht-ports", { ipv4 });
  }
  t.deepEqual(peer.takeMessagesOf("port"), ["port 6881", "port 7000"]);
  await bench.send("set-dht-ports", {});
  t.deepEqual(peer.takeMessages(), []);
});

test("a port that a peer names is reported once the peer is admitted", async (t) => {
  const { bench, torrent } = await scene();
  bench.admission = undefined;
  const peer = await meet(bench, torrent);
  peer.port(7_000);
  await bench.settle();
  t.deepEqual(bench.takeNotices(), []);
  bench.admission = "admitted";
  await bench.settle();
  t.is(bench.takeNotices("peer-opened").length, 1);
  t.deepEqual(bench.takeNotice("dht-port"), { torrent: torrent.id, peer: 0, port: 7_000 });
});

test("a magnet reports ports before its metadata is known", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openWithoutContent({ usesDht: true });
  const peer = await meet(bench, torrent);
  peer.port(7_000);
  await bench.settle();
  t.is(bench.takeNotice("dht-port").port, 7_000);
  await bench.addContent(torrent, { had: "..", usesDht: false });
  await bench.advance(60_000);
  peer.port(7_001);
  await bench.settle();
  t.deepEqual(bench.takeNotices("dht-port"), []);
});

test("a peer's ports are reported once a minute, and only when they change", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await meet(bench, torrent);
  for (const port of [0, 7_000, 7_000, 7_001, 7_002]) peer.port(port);
  await bench.settle();
  t.is(bench.takeNotice("dht-port").port, 7_000);
  await bench.advance(60_000);
  peer.port(7_002);
  peer.port(7_003);
  await bench.settle();
  t.is(bench.takeNotice("dht-port").port, 7_003);
  t.false(peer.isClosed);
});

test("ten thousand ports in a minute close the peer", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await meet(bench, torrent);
  for (let port = 1; port <= 10_001; port++) peer.port(port);
  await bench.settle();
  t.true(peer.isClosed);
  t.is(bench.takeNotices("dht-port").length, 1);
});
