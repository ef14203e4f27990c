import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { type BenchTorrent, WorkerBench } from "../../support/worker-bench.ts";

const shape = { had: "......", pieceLengthBytes: 16_384 };

async function setDue(
  bench: WorkerBench,
  { id: torrent }: BenchTorrent,
  ...list: (readonly [index: number, ms: number])[]
): Promise<void> {
  const deadlines = list.map(([index, ms]) => ({ piece: index as PieceIndex, ms }));
  await bench.send("set-deadlines", { torrent, deadlines });
}

function words(word: "request" | "cancel", ...pieces: number[]): string[] {
  return pieces.map((index) => `${word} ${index} 0 16384`);
}

/** The questions for due pieces since the last look. */
function dueQuestions(bench: WorkerBench): unknown[] {
  const questions = bench.takeNotices("pieces-wanted") as {
    peers: { peer: number; count: number; among?: number[] }[];
  }[];
  return questions.map(({ peers }) => peers).filter(([first]) => first?.among !== undefined);
}

test("a late due piece takes the place of the requests behind the first", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(shape);
  const peer = await bench.meetSeed(torrent, "a", "######");
  await bench.lease(torrent, [0, 1, 2, 3, 4, 5]);
  t.deepEqual(peer.takeMessages(), words("request", 0, 1, 2, 3));
  await setDue(bench, torrent, [5, 500]);
  const said = peer.takeMessages();
  t.deepEqual(said.slice(0, 4), [...words("cancel", 3, 2, 1), ...words("request", 5)]);
  t.is(said.length, 6, "the queue is as long as before");
});

test("a due piece that comes in time cancels nothing, and a second call cancels nothing again", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(shape);
  const peer = await bench.meetSeed(torrent, "a", "######");
  await bench.lease(torrent, [0, 1, 2, 3, 4, 5]);
  peer.takeMessages();
  await setDue(bench, torrent, [5, 60_000]);
  t.deepEqual(peer.takeMessages(), []);
  await setDue(bench, torrent, [5, 0]);
  t.is(peer.takeMessagesOf("cancel").length, 3);
  peer.takeMessages();
  await setDue(bench, torrent, [5, 0]);
  t.deepEqual(peer.takeMessages(), []);
});

test("requests before a due piece that is requested already are cancelled", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(shape);
  const peer = await bench.meetSeed(torrent, "a", "######");
  await bench.lease(torrent, [0, 1, 2, 3]);
  peer.takeMessages();
  await setDue(bench, torrent, [2, 0]);
  const said = peer.takeMessages();
  t.deepEqual(said, [...words("cancel", 1), ...words("request", 1)]);
});

test("of two peers only the first is relieved when it has room for all due blocks", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..........", pieceLengthBytes: 16_384 });
  const peers = [
    await bench.meetSeed(torrent, "a", "##########"),
    await bench.meetSeed(torrent, "b", "##########"),
  ];
  await bench.lease(torrent, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const peer of peers) peer.takeMessages();
  await setDue(bench, torrent, [8, 0], [9, 0]);
  const cancels = peers.map((peer) => peer.takeMessagesOf("cancel").length);
  t.deepEqual(cancels, [3, 0]);
});

test("the second peer is relieved when the first has requests for due blocks alone", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..........", pieceLengthBytes: 16_384 });
  const first = await bench.meetSeed(torrent, "a", "##########");
  const second = await bench.meetSeed(torrent, "b", "##########");
  await bench.lease(torrent, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  t.deepEqual(first.takeMessages(), words("request", 0, 1, 2, 3));
  t.deepEqual(second.takeMessages(), words("request", 4, 5, 6, 7));
  await setDue(bench, torrent, [0, 0], [1, 0], [2, 0], [3, 0], [8, 0]);
  t.deepEqual(first.takeMessages(), []);
  const said = second.takeMessages();
  t.deepEqual(said.slice(0, 4), [...words("cancel", 7, 6, 5), ...words("request", 8)]);
});

test("due pieces without a lease are asked for alone, once the question before is answered", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(shape);
  await bench.meetSeed(torrent, "a", "######");
  await setDue(bench, torrent, [4, 0], [5, 0]);
  t.deepEqual(dueQuestions(bench), [], "a question is out");
  await bench.lease(torrent, [0, 1, 2, 3]);
  t.deepEqual(dueQuestions(bench), [[{ peer: 0, count: 2, among: [4, 5] }]]);
  await bench.lease(torrent, [4, 5]);
  await setDue(bench, torrent, [4, 0], [5, 0]);
  t.deepEqual(dueQuestions(bench), [], "they are leased");
});

test("an answer without due pieces delays no other question", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(shape);
  await bench.meetSeed(torrent, "a", "######");
  await setDue(bench, torrent, [5, 0]);
  await bench.lease(torrent, [0]);
  t.is(dueQuestions(bench).length, 1);
  await bench.lease(torrent, [], { nothingFor: [0 as PeerRowIndex] });
  const { peers } = bench.takeNotice("pieces-wanted");
  t.deepEqual(
    peers.map(({ peer, among }) => [Number(peer), among]),
    [[0, undefined]],
  );
});

test("a piece of another worker is no answer to the question for due pieces", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(shape);
  await bench.meetSeed(torrent, "a", "######");
  await bench.lease(torrent, []);
  await setDue(bench, torrent, [5, 500]);
  t.is(dueQuestions(bench).length, 1);
  await bench.lease(torrent, [0], { isUnasked: true });
  await setDue(bench, torrent, [4, 500]);
  t.is(dueQuestions(bench).length, 0, "the first question is out");
  await bench.lease(torrent, [5]);
  t.is(dueQuestions(bench).length, 1);
});
