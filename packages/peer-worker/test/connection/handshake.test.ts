import test from "ava";
import { plainTcp } from "@troupe/messages";
import { encodeHandshake } from "@troupe/protocol/peer";
import { parseInfoHash } from "@troupe/protocol/units";

import { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, type EmittedNotice, WorkerBench } from "../support/worker-bench.ts";

const noExtensions = new Uint8Array(8);
const text = new TextEncoder();

async function dialOnce(bench: WorkerBench, torrent: BenchTorrent): Promise<ScriptedPeer> {
  await bench.send("dial", {
    torrent: torrent.id,
    host: "203.0.113.5",
    port: 7_000,
    kind: plainTcp,
    timeoutMs: 5_000,
  });
  const dial = bench.sockets.dials.at(-1);
  if (dial === undefined) throw new Error("nothing was dialled");
  return new ScriptedPeer(dial.stream, torrent.pieceLengthBytes);
}

test("an accepted peer gets handshake, extended handshake and bitfield, and is admitted", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..#" });
  const peer = await bench.meet(torrent, "a");
  t.deepEqual(peer.takeMessages(), ["handshake", "extended 0", "bitfield 90"]);
  t.like(bench.takeNotice("peer-opened"), {
    torrent: torrent.id,
    peer: 0,
    host: "198.51.100.97",
    port: 6_881,
    isIncoming: true,
    peerId: new Uint8Array(20).fill(97),
    kind: { transport: "tcp", encryption: "none" },
  });
});

test("a peer without extensions gets no extended handshake, and without pieces we send no bitfield", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  const peer = new ScriptedPeer(stream, torrent.pieceLengthBytes);
  peer.shakeHands(torrent.infoHash, "a", noExtensions);
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["handshake"]);
});

test("a handshake that comes byte by byte is answered once the info-hash is known", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  const peerId = new Uint8Array(20).fill(1);
  const handshake = encodeHandshake({ infoHash: torrent.infoHash, peerId });
  for (let at = 0; at < 48; at++) {
    t.is(stream.writes, 0);
    stream.arrive(handshake.subarray(at, at + 1));
  }
  t.is(stream.takeSent().length, 68);
  stream.arrive(handshake.subarray(48));
  await bench.settle();
  t.is(bench.takeNotices("peer-opened").length, 1);
});

test("a handshake that ends after its torrent was closed makes no peer, even if the torrent is open again", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  const peerId = new Uint8Array(20).fill(1);
  const handshake = encodeHandshake({ infoHash: torrent.infoHash, peerId });
  stream.arrive(handshake.subarray(0, 48));
  await bench.send("close-torrent", { torrent: torrent.id });
  stream.arrive(handshake.subarray(48));
  await bench.settle();
  t.true(stream.isClosed);
  t.deepEqual(bench.takeNotices("peer-opened"), []);
});

test("messages in the same chunk as the handshake are read", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  const handshake = encodeHandshake({ infoHash: torrent.infoHash, peerId: new Uint8Array(20) });
  stream.arrive(Uint8Array.of(...handshake, 0, 0, 0, 5, 4, 0, 0, 0, 1));
  await bench.settle();
  t.true(bench.row(torrent, 0).has(1));
  t.deepEqual([...torrent.table.availability], [0, 1]);
});

test("we send the first handshake to a dialled peer, and it has the address that was dialled", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const peer = await dialOnce(bench, torrent);
  t.is(peer.stream.writes, 0);
  peer.stream.handlers?.opened?.(peer.stream);
  t.deepEqual(peer.takeMessages(), ["handshake"]);
  peer.shakeHands(torrent.infoHash, "a");
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["extended 0", "bitfield 80"]);
  t.like(bench.takeNotice("peer-opened"), {
    host: "203.0.113.5",
    port: 7_000,
    isIncoming: false,
    kind: plainTcp,
  });
  t.deepEqual(bench.takeNotices("dial-failed"), []);
});

test("case 35: a silent connection is closed after 10 s, and bytes now and then do not prolong it", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const silent = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  const slow = bench.sockets.connect({ host: "198.51.100.2", port: 1 });
  const handshake = encodeHandshake({ infoHash: torrent.infoHash, peerId: new Uint8Array(20) });
  await bench.advance(9_000);
  slow.arrive(handshake.subarray(0, 1));
  await bench.advance(999);
  t.false(silent.isClosed || slow.isClosed);
  await bench.advance(1);
  t.true(silent.isClosed && slow.isClosed);
  t.deepEqual(bench.takeNotices(), []);
});

test("an established peer is not closed by the handshake's deadline", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meet(torrent, "a");
  await bench.advance(60_000);
  t.false(peer.isClosed);
});

for (const [what, bytes] of [
  ["HTTP", text.encode("GET / HTTP/1.1\r\n\r\n")],
  ["TLS", Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00)],
  ["a handshake of another protocol", text.encode("\x13BitTorrent protocoL........")],
] as const) {
  test(`case 36: ${what} is closed at once, without an answer, and counted`, async (t) => {
    const bench = await WorkerBench.start();
    await bench.openTorrent({ had: ".." });
    const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
    stream.arrive(bytes);
    t.true(stream.isClosed);
    t.is(stream.writes, 0);
    t.is(bench.worker.foreignConnections, 1);
  });
}

test("case 37: an unknown info-hash is closed in the same way, without an answer", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meet({ ...torrent, infoHash: parseInfoHash("f".repeat(40)) }, "a");
  t.true(peer.isClosed);
  t.is(peer.stream.writes, 0);
});

test("case 37: an internet address that tries many info-hashes is closed unread for the rest of a minute", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const unknown = { ...torrent, infoHash: parseInfoHash("f".repeat(40)) };
  for (let probe = 0; probe < 4; probe++) await bench.meet(unknown, "a");
  const peer = await bench.meet(torrent, "a");
  t.true(peer.isClosed);
  t.is(peer.stream.writes, 0);
  t.false((await bench.meet(torrent, "b")).isClosed);
  await bench.advance(59_999);
  t.true((await bench.meet(torrent, "a")).isClosed);
  await bench.advance(1);
  t.false((await bench.meet(torrent, "a")).isClosed);
});

test("case 36: an internet address that sends noise four times is closed unread for the rest of a minute", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const host = `198.51.100.${"a".charCodeAt(0)}`;
  for (let port = 1; port <= 4; port++)
    bench.sockets.connect({ host, port }).arrive(text.encode("GET /"));
  t.true((await bench.meet(torrent, "a")).isClosed);
  t.false((await bench.meet(torrent, "b")).isClosed);
});

test("case 37: a closing torrent counts as unknown", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  const asking = bench.worker.torrents.get(torrent.id)?.sessionAt(0);
  t.not(asking, undefined);
  bench.admission = undefined;
  await bench.meet(torrent, "b");
  void bench.send("close-torrent", { torrent: torrent.id });
  await bench.settle();
  t.true(bench.worker.torrentsByHash.has(torrent.infoHash), "it waits for an answer");
  const late = await bench.meet(torrent, "c");
  t.true(late.isClosed);
  t.is(late.stream.writes, 0);
});

test("case 37: local addresses are not counted, as many clients share them", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  for (let probe = 0; probe < 10; probe++) {
    const stream = bench.sockets.connect({ host: "127.0.0.1", port: 1 });
    new ScriptedPeer(stream, 1).shakeHands(parseInfoHash("f".repeat(40)), "a");
  }
  const stream = bench.sockets.connect({ host: "127.0.0.1", port: 2 });
  new ScriptedPeer(stream, 1).shakeHands(torrent.infoHash, "a");
  t.false(stream.isClosed);
});

test("case 38: a connection to ourselves is closed, and its dial has failed", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await dialOnce(bench, torrent);
  peer.stream.handlers?.opened?.(peer.stream);
  peer.shakeHands(torrent.infoHash, "\x55");
  await bench.settle();
  t.true(peer.isClosed);
  t.like(bench.takeNotice("dial-failed"), { host: "203.0.113.5", port: 7_000, reason: "self" });
  t.true((await bench.meet(torrent, "\x55")).isClosed);
  t.deepEqual(bench.takeNotices(), []);
});

test("case 38: a second connection of a peer is closed when the engine refuses it", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  bench.admission = "duplicate";
  const accepted = await bench.meet(torrent, "a");
  t.true(accepted.isClosed);
  t.deepEqual(bench.takeNotices(), []);
  const dialled = await dialOnce(bench, torrent);
  dialled.stream.handlers?.opened?.(dialled.stream);
  dialled.shakeHands(torrent.infoHash, "a");
  await bench.settle();
  t.true(dialled.isClosed);
  t.is(bench.takeNotice("dial-failed").reason, "duplicate");
});

test("a dialled peer that answers for another torrent has failed", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const other = await bench.openTorrent({ had: ".." });
  const peer = await dialOnce(bench, torrent);
  peer.stream.handlers?.opened?.(peer.stream);
  peer.shakeHands(other.infoHash, "a");
  await bench.settle();
  t.true(peer.isClosed);
  t.is(bench.takeNotice("dial-failed").reason, "wrong-info-hash");
});

test("before its admission a peer is read, and no block is requested of it", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  bench.admission = undefined;
  const peer = await bench.meet(torrent, "a", "##");
  peer.unchoke();
  await bench.lease(torrent, [0]);
  t.deepEqual(peer.takeMessages(), ["handshake", "extended 0", "interested"]);
  t.deepEqual(bench.takeNotices(), []);
  bench.admission = "admitted";
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["request 0 0 16384", "request 0 16384 16384"]);
});

test("a peer that disconnects during its admission is opened and closed", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..", maxPeers: 1 });
  bench.admission = undefined;
  const peer = await bench.meet(torrent, "a", "##");
  peer.stream.hangUp("ECONNRESET");
  const other = await bench.meet(torrent, "b");
  t.true(other.isClosed, "its row is kept until the engine has answered");
  bench.admission = "admitted";
  await bench.settle();
  const notices = bench.takeNotices() as { name: string; message: { reason?: string } }[];
  t.deepEqual(
    notices.map(({ name }) => name),
    ["peer-opened", "peer-closed"],
  );
  t.is(notices[1]?.message.reason, "ECONNRESET");
  t.deepEqual([...torrent.table.availability], [0, 0]);
  t.false((await bench.meet(torrent, "c")).isClosed);
});

test("an admission that is never answered closes the connection", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  bench.admission = undefined;
  const peer = await dialOnce(bench, torrent);
  peer.stream.handlers?.opened?.(peer.stream);
  peer.shakeHands(torrent.infoHash, "a");
  await bench.settle();
  bench.owner.take("admit").fail(new Error("call-deadline"));
  await bench.settle();
  t.true(peer.isClosed);
  t.is(bench.takeNotice("dial-failed").reason, "not-answered");
});

test("peers beyond the rows of the table are closed without an answer", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..", maxPeers: 2 });
  await bench.meet(torrent, "a");
  await bench.meet(torrent, "b");
  t.true((await bench.meet(torrent, "c")).isClosed);
  t.is(bench.takeNotices("peer-opened").length, 2);
});

test("an incoming peer's port is reported after its admission and at each change", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..." });
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 50_000 });
  const peer = new ScriptedPeer(stream, torrent.pieceLengthBytes);
  peer.shakeHands(torrent.infoHash, "a");
  peer.extended(250, 7_000);
  await bench.settle();
  t.deepEqual(
    (bench.takeNotices() as EmittedNotice[]).map(({ name }) => name),
    ["peer-opened", "peer-listens"],
  );
  await bench.advance(20_000);
  peer.extended(250, 7_000);
  await bench.advance(20_000);
  peer.extended(250, 7_001);
  await bench.settle();
  t.deepEqual(bench.takeNotice("peer-listens"), { torrent: torrent.id, peer: 0, port: 7_001 });
});

test("the port that a dialled peer names is ignored", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..." });
  const peer = await dialOnce(bench, torrent);
  peer.stream.handlers?.opened?.(peer.stream);
  peer.shakeHands(torrent.infoHash, "a");
  peer.extended(250, 9);
  await bench.settle();
  t.deepEqual(
    (bench.takeNotices() as EmittedNotice[]).map(({ name }) => name),
    ["peer-opened"],
  );
});
