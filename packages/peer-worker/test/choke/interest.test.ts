import test from "ava";
import { PeerFlag, PeerWord } from "@troupe/messages";

import { WorkerBench } from "../support/worker-bench.ts";

test("we are interested in a peer as soon as it has a piece that we lack", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#.." });
  const peer = await bench.meet(torrent, "a", "#..");
  t.deepEqual(peer.takeMessages().slice(3), []);
  peer.have(1);
  peer.have(2);
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["interested"]);
  t.true(bench.row(torrent, 0).flag(PeerFlag.amInterested));
  t.is(bench.row(torrent, 0).word(PeerWord.haveCount), 3);
});

test("interest ends when the peer has no wanted piece, and begins again with a have", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..." });
  const peer = await bench.meet(torrent, "a", "##.");
  peer.takeMessages();
  await bench.had(torrent, 0);
  t.deepEqual(peer.takeMessages(), []);
  await bench.had(torrent, 1);
  await bench.advance(3_000);
  t.deepEqual(peer.takeMessages(), ["have 0", "have 1", "not-interested"]);
  peer.have(2);
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["interested"]);
});

test("a peer that shows one piece after the other gets no `not interested` in between", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "......" });
  const peer = await bench.meet(torrent, "a", "#.....");
  peer.takeMessages();
  for (let piece = 0; piece < 5; piece++) {
    // oxlint-disable-next-line no-await-in-loop
    await bench.had(torrent, piece);
    // oxlint-disable-next-line no-await-in-loop
    await bench.advance(1_500);
    peer.have(piece + 1);
  }
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["have 0", "have 1", "have 2", "have 3", "have 4"]);
});

test("a peer that unchokes us and has no other piece gets our `have` at once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "......" });
  const peer = await bench.meetSeed(torrent, "a", "##....");
  await bench.lease(torrent, [0, 1]);
  peer.answer(peer.takeMessages().slice(0, 3));
  await bench.settle();
  peer.takeMessages();
  await bench.had(torrent, 0);
  t.deepEqual(peer.takeMessages(), ["have 0"]);
});

test("haves of one turn are sent together; peers that have the piece get them within a second", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const lacking = await bench.meet(torrent, "a", "#...");
  const seed = await bench.meet(torrent, "b", "####");
  lacking.takeMessages();
  seed.takeMessages();
  const writes = lacking.stream.writes;
  await bench.had(torrent, 0, 1, 2);
  t.deepEqual(lacking.takeMessages(), ["have 1", "have 2", "have 0"]);
  t.is(lacking.stream.writes, writes + 1);
  t.deepEqual(seed.takeMessages(), []);
  await bench.advance(1_000);
  t.deepEqual(seed.takeMessages(), ["have 0", "have 1", "have 2"]);
});

test("a piece is announced once, also when its bit was in the map before the message", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  await bench.meet(torrent, "first");
  torrent.map.set(1);
  const peer = await bench.meet(torrent, "a");
  t.deepEqual(
    peer.takeMessages(),
    ["handshake", "extended 0"],
    "the map is ahead of what we have been told",
  );
  await bench.had(torrent, 1);
  await bench.had(torrent, 1);
  t.deepEqual(peer.takeMessages(), ["have 1"]);
});

test("availability follows bitfields, haves and disconnects", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........." });
  const ann = await bench.meet(torrent, "a", "##......#");
  const ben = await bench.meet(torrent, "b", ".#.......");
  ben.have(4);
  t.deepEqual([...torrent.table.availability], [1, 2, 0, 0, 1, 0, 0, 0, 1]);
  ann.stream.hangUp();
  t.deepEqual([...torrent.table.availability], [0, 1, 0, 0, 1, 0, 0, 0, 0]);
  ben.stream.hangUp();
  t.deepEqual([...torrent.table.availability], [0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test("a later bitfield adds its new pieces and removes none", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const ann = await bench.meet(torrent, "a", "#...");
  ann.have(3);
  ann.bitfield(".##.");
  t.deepEqual([...torrent.table.availability], [1, 1, 1, 1]);
  ann.bitfield("####");
  t.deepEqual([...torrent.table.availability], [1, 1, 1, 1]);
  ann.stream.hangUp();
  t.deepEqual([...torrent.table.availability], [0, 0, 0, 0]);
});

test("a reused row has no data of the peer before", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..", maxPeers: 1 });
  const ann = await bench.meet(torrent, "a", "##");
  ann.interested();
  ann.stream.hangUp();
  await bench.meet(torrent, "b");
  const row = bench.row(torrent, 0);
  t.deepEqual([row.has(0), row.word(PeerWord.haveCount)], [false, 0]);
  t.false(row.flag(PeerFlag.isPeerInterested));
  t.true(row.flag(PeerFlag.isPeerChoked) && row.flag(PeerFlag.amChokedByPeer));
  t.true(row.flag(PeerFlag.inUse));
});

test("two seeds disconnect: a seed that connects, and a seed that is connected when we become one", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const seed = await bench.meet(torrent, "a", "##");
  const leecher = await bench.meet(torrent, "b", "#.");
  await bench.had(torrent, 1);
  t.true(seed.isClosed);
  t.like(bench.takeNotice("peer-closed"), { peer: 0, reason: "both-seeds", isFault: false });
  t.true((await bench.meet(torrent, "c", "##")).isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "both-seeds" });
  t.false(leecher.isClosed);
  leecher.have(1);
  await bench.settle();
  t.true(leecher.isClosed);
});

test("choke and interest of the peer are in its row", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const peer = await bench.meet(torrent, "a");
  const row = bench.row(torrent, 0);
  t.true(row.flag(PeerFlag.isIncoming));
  peer.interested();
  peer.unchoke();
  t.true(row.flag(PeerFlag.isPeerInterested));
  t.false(row.flag(PeerFlag.amChokedByPeer));
  peer.notInterested();
  peer.choke();
  t.false(row.flag(PeerFlag.isPeerInterested));
  t.true(row.flag(PeerFlag.amChokedByPeer));
});

test("we are not interested in a peer with only unwanted pieces until they are wanted", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", wanted: "##.." });
  const peer = await bench.meet(torrent, "a", "..##");
  t.false(bench.row(torrent, 0).flag(PeerFlag.amInterested));
  peer.have(1);
  await bench.settle();
  t.true(bench.row(torrent, 0).flag(PeerFlag.amInterested));
  peer.takeMessages();
  await bench.want(torrent, "#...");
  await bench.advance(3_000);
  t.deepEqual(peer.takeMessages(), ["not-interested"]);
  await bench.want(torrent, undefined);
  t.deepEqual(peer.takeMessages(), ["interested"]);
  await bench.had(torrent, 1, 2, 3);
  await bench.advance(3_000);
  t.true(peer.takeMessages().includes("not-interested"));
});

test("a lost piece makes us interested in its peers again, and is announced when it is had again", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "##." });
  const peer = await bench.meet(torrent, "a", "##.");
  const lacking = await bench.meet(torrent, "b", "...");
  peer.takeMessages();
  lacking.takeMessages();
  await bench.lost(torrent, 1);
  t.deepEqual(peer.takeMessages(), ["interested"]);
  t.deepEqual(lacking.takeMessages(), []);
  await bench.had(torrent, 1);
  await bench.advance(3_000);
  t.deepEqual(peer.takeMessages(), ["have 1", "not-interested"]);
  t.deepEqual(lacking.takeMessages(), ["have 1"]);
});
