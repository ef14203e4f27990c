import test from "ava";
import { sealedFields, type PiecesSealed } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { sealedPieces } from "../support/sealed-pieces.ts";
import { WorkerBench } from "../support/worker-bench.ts";

test("without credits no socket is read, notices wait in order, and none is lost", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [0, 1, 2, 3]);
  bench.takeNotices();
  bench.noticeCredits = 1;
  const requests = peer.takeMessages();
  const names = (): string[] =>
    bench.takeNotices().map((notice) => (notice as { name: string }).name);
  peer.answerInOneChunk(requests);
  t.true(peer.stream.isPaused);
  peer.stream.hangUp();
  await bench.settle();
  const sent = names();
  t.is(sent.length, 1);
  await bench.giveNoticeRoom(1);
  sent.push(...names());
  t.is(sent.length, 2);
  await bench.giveNoticeRoom(100);
  sent.push(...names());
  t.deepEqual(
    sent.filter((name) => name !== "pieces-wanted"),
    ["pieces-sealed", "pieces-sealed", "peer-closed", "lease-returned", "lease-returned"],
  );
});

test("connections accepted while no input is taken are read afterwards", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  bench.noticeCredits = 1;
  await bench.meet(torrent, "a");
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  t.true(stream.isPaused);
  await bench.giveNoticeRoom(100);
  t.false(stream.isPaused);
});

test("small pieces that are sealed within a millisecond of another are told at its end", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "......" });
  const peer = await bench.meetSeed(torrent, "a", "######");
  await bench.lease(torrent, [0, 1, 2, 3, 4, 5]);
  bench.takeNotices();
  const first = peer.takeMessages();
  t.is(first.length, 4);
  peer.answer(first.slice(0, 2));
  t.is(bench.takeAllSealed().length, 1, "the first is told at once");
  peer.answer(first.slice(2));
  peer.answer(peer.takeMessages());
  t.deepEqual(bench.takeAllSealed(), []);
  await bench.advance(1);
  t.true(bench.takeAllSealed().length >= 2);
});

test("pieces of one peer that are told together share its name; those of several peers have theirs", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "......" });
  const peer = await bench.meetSeed(torrent, "a", "######");
  const other = await bench.meetSeed(torrent, "b", "######");
  await bench.lease(torrent, [0, 1, 2, 3, 4, 5]);
  bench.takeNotices();
  for (let round = 0; round < 6; round++) {
    peer.answer(peer.takeMessages());
    other.answer(other.takeMessages());
  }
  await bench.advance(1);
  const groups = bench.takeNotices("pieces-sealed") as PiecesSealed[];
  t.true(groups.some(({ places, origins }) => places.length > sealedFields * origins.length));
  const told = groups.flatMap(sealedPieces);
  t.deepEqual(told.map(({ piece }) => piece).toSorted(), [0, 1, 2, 3, 4, 5] as PieceIndex[]);
  for (const { contributors, blockContributors } of told) {
    const rows = blockContributors === undefined ? 1 : 2;
    t.is(contributors.length, rows);
  }
});

test("sealed pieces are told before the end of the peer that sent them", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0, 1]);
  bench.takeNotices();
  peer.answer(peer.takeMessages());
  peer.stream.hangUp();
  const names = bench.takeNotices().map((notice) => (notice as { name: string }).name);
  t.deepEqual(
    names.filter((name) => name !== "pieces-wanted"),
    ["pieces-sealed", "pieces-sealed", "peer-closed"],
  );
});
