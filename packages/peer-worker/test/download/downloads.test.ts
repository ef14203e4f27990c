import test from "ava";
import { type PeerRowIndex, Total } from "@troupe/messages";

import { content } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

test("the requests of one chunk go out in one write", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "........", pieceLengthBytes: 65_536 });
  const peer = await bench.meetSeed(torrent, "a", "########");
  await bench.lease(torrent, [0, 1, 2, 3, 4, 5, 6, 7]);
  const writes = peer.stream.writes;
  const requests = peer.takeMessages();
  t.is(requests.length, 4);
  peer.answer(requests.slice(0, 1));
  t.is(peer.stream.writes, writes + 1);
  t.is(peer.takeMessages().length, 2, "one for the block that came, one because the queue grows");
});

test("the queue doubles with each round trip up to 500, or to the peer's `reqq`", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 64 * 1_024 * 1_024 });
  const picture = ".".repeat(250);
  const torrent = await bench.openTorrent({ had: picture, pieceLengthBytes: 131_072 });
  const all = [...Array.from(picture).keys()];
  const peer = await bench.meetSeed(torrent, "a", picture.replaceAll(".", "#"));
  const modest = await bench.meetSeed(torrent, "b", picture.replaceAll(".", "#"));
  modest.extended(6);
  await bench.lease(torrent, all);
  const depths: number[] = [];
  let owed = peer.takeMessages();
  let modestOwed = modest.takeMessages();
  for (let trip = 0; trip < 8; trip++) {
    depths.push(owed.length);
    peer.answer(owed);
    modest.answer(modestOwed);
    await bench.settle();
    owed = peer.takeMessages();
    modestOwed = modest.takeMessages();
    t.true(modestOwed.length <= 6);
  }
  // Refills are gathered to an eighth of the queue, so it is never quite full.
  const full = [4, 8, 16, 32, 64, 128, 256, 500];
  for (const [trip, depth] of depths.entries()) {
    t.true(
      depth <= (full[trip] ?? 0) && depth > 0.75 * (full[trip] ?? 0),
      `${depth} in trip ${trip}`,
    );
  }
});

test("a peer that chokes us keeps none of our requests; others get them at once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const choker = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0]);
  t.is(choker.takeMessages().length, 2);
  const other = await bench.meetSeed(torrent, "b", "##");
  choker.choke();
  await bench.settle();
  t.deepEqual(other.takeMessages(), ["request 0 0 16384", "request 0 16384 16384"]);
  choker.unchoke();
  await bench.settle();
  t.deepEqual(choker.takeMessagesOf("request"), []);
});

test("blocks in flight when a peer chokes us are accepted, and duplicates at other peers are cancelled", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const choker = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  const other = await bench.meetSeed(torrent, "b", "#");
  choker.choke();
  await bench.settle();
  other.takeMessages();
  choker.block(0, 0);
  await bench.settle();
  t.deepEqual(other.takeMessages(), ["cancel 0 0 16384"]);
  other.block(0, 0);
  other.block(0, 16_384);
  t.false(other.isClosed);
  await bench.settle();
  t.deepEqual(bench.takeSealed().contributors, [0, 1] as PeerRowIndex[]);
  t.is(torrent.table.totals[Total.wastedBytes], 16_384);
});

test("the requested blocks of a peer that disconnects go to others at once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const leaver = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  const other = await bench.meetSeed(torrent, "b", "#");
  leaver.block(0, 0, 16_384, 13 + 5_000);
  leaver.stream.hangUp("ECONNRESET");
  await bench.settle();
  const requests = other.takeMessages();
  t.is(requests.length, 2);
  other.answer(requests);
  await bench.settle();
  const { offset } = bench.takeSealed();
  t.deepEqual(bench.slabBytes(offset, 32_768), content(0, 32_768));
  t.is(torrent.table.totals[Total.wastedBytes], 5_000);
});

/** The question that was out when the last peer came is answered: the next one is about that peer too. */
async function answerEarlierQuestion(bench: WorkerBench, torrent: BenchTorrent): Promise<void> {
  await bench.lease(torrent, []);
}

test("AE26: in the endgame, with nothing left to lease, an idle peer gets the last blocks of a slower one", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..", pieceLengthBytes: 65_536 });
  const slow = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0]);
  t.is(slow.takeMessages().length, 4);
  await bench.advance(3_000);
  const fast = await bench.meetSeed(torrent, "b", "##");
  bench.takeNotices();
  await answerEarlierQuestion(bench, torrent);
  await bench.lease(torrent, [], { nothingFor: [1 as PeerRowIndex] });
  const doubled = fast.takeMessages();
  t.deepEqual(doubled[0], "request 0 49152 16384");
  t.true(doubled.length >= 2 && doubled.length <= 4);
  fast.answer(doubled.slice(0, 1));
  await bench.settle();
  t.deepEqual(slow.takeMessagesOf("cancel"), ["cancel 0 49152 16384"]);
  slow.block(0, 49_152);
  t.is(torrent.table.totals[Total.wastedBytes], 16_384, "a copy that was on its way lands nowhere");
  t.false(slow.isClosed);
});

test("AE26: in the endgame a block is requested of two peers at most, and a piece is sealed once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const peers = [await bench.meetSeed(torrent, "a", "#")];
  await bench.lease(torrent, [0]);
  await bench.advance(3_000);
  for (const id of ["b", "c"]) peers.push(await bench.meetSeed(torrent, id, "#"));
  await answerEarlierQuestion(bench, torrent);
  await bench.lease(torrent, [], { nothingFor: [1, 2] as PeerRowIndex[] });
  const owed = peers.map((peer) => peer.takeMessages());
  const duplicates = owed.flat().filter((request) => request === "request 0 0 16384").length;
  t.is(duplicates, 2);
  for (const [at, peer] of peers.entries()) peer.answer(owed[at] ?? []);
  await bench.settle();
  t.is(bench.takeAllSealed().length, 1);
  t.true(peers.every((peer) => !peer.isClosed));
});

test("endgame: a peer whose block comes while another peer sends it is not waited for twice", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".", pieceLengthBytes: 16_384 });
  const slow = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  slow.takeMessages();
  await bench.advance(3_000);
  const fast = await bench.meetSeed(torrent, "b", "#");
  await answerEarlierQuestion(bench, torrent);
  await bench.lease(torrent, [], { nothingFor: [1 as PeerRowIndex] });
  t.deepEqual(fast.takeMessages(), ["request 0 0 16384"]);
  slow.block(0, 0, 16_384, 13 + 100);
  fast.block(0, 0);
  slow.stream.hangUp();
  await bench.settle();
  t.deepEqual(
    fast.takeMessagesOf("request"),
    ["request 0 0 16384"],
    "the half block is asked for again",
  );
  fast.block(0, 0);
  await bench.settle();
  t.is(bench.takeAllSealed().length, 1);
});

test("endgame: a peer that has sent no block leaves a block to a peer that has", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..", pieceLengthBytes: 16_384 });
  const holder = await bench.meetSeed(torrent, "a", ".#");
  await bench.lease(torrent, [1]);
  t.deepEqual(holder.takeMessages(), ["request 1 0 16384"]);
  const fresh = await bench.meetSeed(torrent, "b", ".#");
  const proven = await bench.meetSeed(torrent, "c", "##");
  await answerEarlierQuestion(bench, torrent);
  await bench.lease(torrent, [0]);
  proven.answer(proven.takeMessages());
  await bench.advance(3_000);
  await bench.lease(torrent, [], { nothingFor: [1, 2] as PeerRowIndex[] });
  t.deepEqual([fresh.takeMessages(), proven.takeMessages()], [[], ["request 1 0 16384"]]);
});

test("endgame: no block is requested twice while a leased piece only waits for memory", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32_768 });
  const torrent = await bench.openTorrent({ had: ".." });
  await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0, 1]);
  await bench.advance(3_000);
  const idle = await bench.meetSeed(torrent, "b", "##");
  await answerEarlierQuestion(bench, torrent);
  await bench.lease(torrent, [], { nothingFor: [1 as PeerRowIndex] });
  t.deepEqual(idle.takeMessages(), []);
});

test("no block is requested twice while other peers have pieces left", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0]);
  await bench.advance(3_000);
  const idle = await bench.meetSeed(torrent, "b", "#.");
  await answerEarlierQuestion(bench, torrent);
  await bench.lease(torrent, [], { nothingFor: [1 as PeerRowIndex], isEndgame: false });
  t.deepEqual(idle.takeMessages(), []);
});

test("endgame: a block that is due within two seconds is not requested twice", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".", pieceLengthBytes: 16_384 });
  await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  const idle = await bench.meetSeed(torrent, "b", "#");
  await answerEarlierQuestion(bench, torrent);
  const nothingFor = [1 as PeerRowIndex];
  await bench.lease(torrent, [], { nothingFor });
  await bench.advance(1_900);
  t.deepEqual(idle.takeMessages(), []);
  await bench.lease(torrent, [], { nothingFor });
  await bench.advance(1_200);
  t.deepEqual(idle.takeMessages(), ["request 0 0 16384"]);
});

test("without the engine's permission no block is requested twice", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  await bench.advance(5_000);
  const other = await bench.meetSeed(torrent, "b", "#");
  await bench.advance(5_000);
  t.deepEqual(other.takeMessages(), []);
});
