import test from "ava";
import { PeerField, PeerFlag, PeerWord, Total } from "@troupe/messages";

import { WorkerBench } from "../support/worker-bench.ts";

test("A07: a keep-alive is sent after 100 s without a message", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meet(torrent, "a");
  peer.takeMessages();
  await bench.advance(99_000);
  t.deepEqual(peer.takeMessages(), []);
  await bench.advance(3_000);
  t.deepEqual(peer.takeMessages(), ["keep-alive"]);
  peer.keepAlive();
  await bench.advance(100_000);
  t.deepEqual(peer.takeMessages(), ["keep-alive"]);
});

test("AE24: a peer that is silent for 150 s is closed, a peer that sends keep-alives is not", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const silent = await bench.meet(torrent, "a");
  const alive = await bench.meet(torrent, "b");
  for (let minute = 0; minute < 2; minute++) {
    await bench.advance(60_000);
    alive.keepAlive();
  }
  t.false(silent.isClosed);
  await bench.advance(32_000);
  t.true(silent.isClosed);
  t.false(alive.isClosed);
  t.like(bench.takeNotice("peer-closed"), { peer: 0, reason: "idle", isFault: false });
});

test("A07: a peer that owes blocks is closed after 120 s of silence", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const owing = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  t.is(owing.takeMessagesOf("request").length, 2);
  await bench.advance(118_000);
  t.false(owing.isClosed);
  await bench.advance(4_000);
  t.true(owing.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "idle", isFault: false });
});

test("case 39: a message that stops half way is closed after 30 s", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meet(torrent, "a");
  peer.frame(30_000, 20, 0);
  for (let second = 0; second < 29; second++) {
    await bench.advance(1_000);
    peer.stream.arrive(new Uint8Array(10));
  }
  t.false(peer.isClosed);
  await bench.advance(2_000);
  t.like(bench.takeNotice("peer-closed"), { reason: "frame-stalled", isFault: true });
});

test("case 39: a long message that comes at more than 1 KiB a second is waited for", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meet(torrent, "a");
  peer.frame(100_000, 99);
  for (let second = 0; second < 60; second++) {
    await bench.advance(1_000);
    peer.stream.arrive(new Uint8Array(1_500));
  }
  t.false(peer.isClosed);
});

test("case 39: consecutive messages do not count as one stalled message", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meet(torrent, "a");
  // Each chunk ends a `have` and begins the next one.
  peer.stream.arrive(Uint8Array.of(0, 0, 0));
  for (let second = 0; second < 60; second++) {
    await bench.advance(1_000);
    peer.stream.arrive(Uint8Array.of(5, 4, 0, 0, 0, 1, 0, 0, 0));
  }
  t.false(peer.isClosed);
});

test("PI12: a peer that sends no block is snubbed after 20 s: its blocks go to others, and it gets one request", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..." });
  const slow = await bench.meetSeed(torrent, "a", "###");
  await bench.lease(torrent, [0, 1]);
  t.is(slow.takeMessages().length, 4);
  const other = await bench.meetSeed(torrent, "b", "###");
  await bench.advance(19_000);
  t.deepEqual(other.takeMessages(), []);
  await bench.advance(2_000);
  t.is(other.takeMessagesOf("request").length, 4);
  t.is(slow.takeMessagesOf("request").length, 0);
  await bench.lease(torrent, [2]);
  t.is(slow.takeMessagesOf("request").length, 1);
  await bench.advance(1_000);
  t.true(bench.row(torrent, 0).flag(PeerFlag.isSnubbed));
  t.false(bench.row(torrent, 1).flag(PeerFlag.isSnubbed));
  t.is(bench.row(torrent, 0).word(PeerWord.requestsOut), 1);
});

test("a late block of a snubbed peer is accepted if no other peer has sent it, and ends the snub", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const slow = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  const requests = slow.takeMessages();
  await bench.advance(21_000);
  t.true(bench.row(torrent, 0).flag(PeerFlag.isSnubbed));
  slow.answer(requests);
  await bench.settle();
  t.false(bench.row(torrent, 0).flag(PeerFlag.isSnubbed));
  t.like(bench.takeSealed(), { piece: 0 });
  t.is(torrent.table.totals[Total.wastedBytes], 0);
});

test("case 50: a block that trickles in is requested of another peer after 20 s, and dropped", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const trickler = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  trickler.takeMessages();
  trickler.block(0, 0, 16_384, 13 + 1_000);
  const other = await bench.meetSeed(torrent, "b", "#");
  for (let second = 0; second < 19; second++) {
    await bench.advance(1_000);
    trickler.stream.arrive(new Uint8Array(10));
  }
  t.deepEqual(other.takeMessagesOf("request"), []);
  await bench.advance(2_000);
  const requests = other.takeMessagesOf("request");
  t.true(requests.includes("request 0 0 16384"));
  other.answer(["request 0 0 16384", "request 0 16384 16384"]);
  trickler.stream.arrive(new Uint8Array(1_000).fill(0xff));
  await bench.settle();
  const { offset } = bench.takeSealed();
  t.notDeepEqual(bench.slabBytes(offset + 1_100, 4), Uint8Array.of(255, 255, 255, 255));
  t.is(torrent.table.totals[Total.wastedBytes], 2_190);
});

test("PI12: a request that a peer skips while it answers others is repeated after a minute", async (t) => {
  const bench = await WorkerBench.start();
  const picture = ".".repeat(80);
  const torrent = await bench.openTorrent({ had: picture, pieceLengthBytes: 16_384 });
  const peer = await bench.meetSeed(torrent, "a", picture.replaceAll(".", "#"));
  await bench.lease(torrent, [...Array.from(picture).keys()]);
  const owed = peer.takeMessages();
  const passedOver = owed.shift();
  let askedAgainAfter = -1;
  for (let second = 0; second < 65 && askedAgainAfter < 0; second++) {
    peer.answer(owed.splice(0, 1));
    await bench.advance(1_000);
    owed.push(...peer.takeMessagesOf("request"));
    if (owed.some((request) => request === passedOver)) askedAgainAfter = second + 1;
  }
  t.is(askedAgainAfter, 60);
  t.false(bench.row(torrent, 0).flag(PeerFlag.isSnubbed));
});

test("case 52: a peer that requests and does not read gets two batches, and is closed after 120 s", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "####" });
  const peer = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  peer.stream.isReading = false;
  for (let count = 0; count < 100; count++) peer.request(count % 4, 0);
  await bench.fill();
  t.is(bench.file.waiting, 0);
  t.true(peer.stream.queuedBytes <= 512 * 1_024);
  for (let minute = 0; minute < 2; minute++) {
    t.false(peer.isClosed);
    peer.keepAlive();
    await bench.advance(60_000);
  }
  await bench.advance(1_000);
  t.like(bench.takeNotice("peer-closed"), { reason: "not-reading" });
});

test("case 52: a slow reader is served as fast as it reads", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "####" });
  const peer = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  peer.stream.isReading = false;
  for (let count = 0; count < 8; count++) peer.request(count % 4, 0);
  for (let turn = 0; turn < 6; turn++) {
    await bench.fillAll();
    await bench.advance(60_000);
    peer.keepAlive();
    peer.stream.read(1);
    await bench.settle();
  }
  t.false(peer.isClosed);
  t.is(peer.takeMessagesOf("block").length, 6);
});

test("rates, queues and the round trip are in the table each second", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [0, 1]);
  await bench.advance(50);
  peer.block(0, 0);
  await bench.advance(950);
  const row = bench.row(torrent, 0);
  t.is(row.word(PeerWord.requestsOut), 3);
  t.is(row.field(PeerField.roundTripMs), 50);
  t.is(row.field(PeerField.blockTimeMs), 50);
  t.is(row.field(PeerField.downloadedBytes), 16_384);
  t.is(row.field(PeerField.downBytesPerSecond), 16_384);
  t.is(torrent.table.totals[Total.downloadedBytes], 16_384);
});

test("no peer is blamed for its messages while we did not read", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [0]);
  peer.block(0, 0, 16_384, 100);
  bench.noticeCredits = 1;
  const other = await bench.meet(torrent, "b");
  t.true(peer.stream.isPaused && other.stream.isPaused);
  await bench.advance(300_000);
  t.false(peer.isClosed || other.isClosed);
  await bench.giveNoticeRoom(1_000);
  t.false(peer.stream.isPaused || other.stream.isPaused);
  t.false(bench.row(torrent, 0).flag(PeerFlag.isSnubbed));
});

test("the row of a peer has the time since either side was interested", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const [useless, leecher] = [await bench.meet(torrent, "a"), await bench.meet(torrent, "b")];
  await bench.meet(torrent, "c", ".#");
  leecher.interested();
  const seconds = () =>
    [0, 1, 2].map((at) => {
      const ms = torrent.table.row(at).field(PeerField.uninterestedMs);
      return Math.round(ms / 1_000);
    });
  await bench.advance(60_000);
  t.deepEqual(seconds(), [60, 0, 0]);
  leecher.notInterested();
  await bench.advance(10_000);
  t.deepEqual(seconds(), [70, 10, 0]);
  useless.have(1);
  await bench.advance(1_000);
  t.deepEqual(seconds(), [0, 11, 0]);
});
