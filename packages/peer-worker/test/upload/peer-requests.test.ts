import test from "ava";
import type { ExecutionContext } from "ava";

import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const withFast = { hasFast: true };

interface Scene {
  readonly bench: WorkerBench;
  readonly torrent: BenchTorrent;
  readonly peer: ScriptedPeer;
}

/** A torrent of 20 pieces of two blocks, all had but the last, and an unchoked peer with the fast extension. */
async function scene(): Promise<Scene> {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: `${"#".repeat(19)}.` });
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  return { bench, torrent, peer };
}

test("A10: a cancelled request is rejected, unless its block is on the way", async (t) => {
  const { bench, peer } = await scene();
  for (const piece of [0, 1, 2, 3]) peer.request(piece, 0);
  peer.cancel(0, 0);
  peer.cancel(3, 0);
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["reject 3 0 16384"]);
  await bench.fillAll();
  t.deepEqual(peer.takeMessages(), ["block 0 0 16384", "block 1 0 16384", "block 2 0 16384"]);
});

test("A10: a choke is sent before the rejects of the waiting requests; blocks that are being read are sent", async (t) => {
  const { bench, torrent, peer } = await scene();
  for (const piece of [0, 1, 2, 3]) peer.request(piece, 0);
  await bench.unchoke(torrent);
  t.deepEqual(peer.takeMessages(), ["choke", "reject 2 0 16384", "reject 3 0 16384"]);
  await bench.fill();
  t.deepEqual(peer.takeMessages(), ["block 0 0 16384", "block 1 0 16384"]);
  t.is(bench.file.waiting, 0);
});

test("A10, AE24: each request gets one answer, with cancels and chokes in any order", async (t) => {
  const { bench, torrent, peer } = await scene();
  const asked: string[] = [];
  const answers: string[] = [];
  for (let step = 0; step < 400; step++) {
    const [piece, begin] = [(step * 7) % 19, (step % 2) * 16_384];
    peer.request(piece, begin);
    asked.push(`${piece} ${begin} 16384`);
    if (step % 5 === 0) peer.cancel(piece, begin);
    if (step % 17 === 0) await bench.unchoke(torrent);
    if (step % 17 === 3) await bench.unchoke(torrent, 0);
    if (step % 3 === 0 && bench.file.waiting > 0) await bench.fill();
    if (step % 50 === 0) await bench.advance(100);
  }
  await bench.fillAll();
  for (const message of peer.takeMessages()) {
    const [word, ...place] = message.split(" ");
    if (word === "reject" || word === "block") answers.push(place.join(" "));
  }
  t.deepEqual(answers.toSorted(), asked.toSorted());
  t.false(peer.isClosed);
});

test("case 45: requests beyond 500 are rejected, and close after 5,000 in a minute", async (t) => {
  const { bench, torrent, peer } = await scene();
  for (let count = 0; count < 700; count++) peer.request(0, 0);
  await bench.settle();
  const [session] = bench.sessions(torrent);
  t.is(session?.upload.length, 500);
  t.is(peer.takeMessagesOf("reject").length, 700 - 500 - 2, "two are being read");
  t.false(peer.stream.isPaused);
  for (let count = 198; count < 5_000; count++) peer.request(0, 0);
  t.false(peer.isClosed);
  peer.request(0, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "request-flood", isFault: true });
});

test("case 44: ten requests that no piece can fill are rejected, the next closes", async (t) => {
  const { bench, peer } = await scene();
  const places = [
    [0, 32_768, 16_384],
    [20, 0, 16_384],
    [0xffffffff, 0xffffffff, 0xffffffff],
    [0, 0, 0],
    [0, 0, 16_385],
    [19, 0, 16_384],
  ] as const;
  for (const place of places) peer.request(place[0], place[1], place[2]);
  await bench.settle();
  t.deepEqual(
    peer.takeMessages(),
    places.map((place) => `reject ${place.join(" ")}`),
  );
  for (let count = places.length; count < 10; count++) peer.request(20, 0);
  t.false(peer.isClosed);
  peer.request(20, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "bad-requests", isFault: true });
});

test("case 46: a request of a choked peer is rejected, and 300 that crossed no choke close", async (t) => {
  const { bench, torrent, peer } = await scene();
  await bench.unchoke(torrent);
  for (let count = 0; count < 1_000; count++) peer.request(0, 0);
  await bench.advance(2_000);
  t.is(peer.takeMessagesOf("reject").length, 1_000);
  for (let count = 0; count < 300; count++) peer.request(0, 0);
  await bench.settle();
  t.is(peer.takeMessagesOf("reject").length, 300);
  peer.request(0, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "choked-requests", isFault: true });
});

test("B06: requests for a lost piece are rejected, waiting ones too, and 1,000 a minute close", async (t) => {
  const { bench, torrent, peer } = await scene();
  for (const piece of [0, 1, 2, 3, 2]) peer.request(piece, 0);
  await bench.lost(torrent, 2);
  t.deepEqual(peer.takeMessagesOf("reject"), ["reject 2 0 16384", "reject 2 0 16384"]);
  peer.request(2, 16_384);
  await bench.settle();
  t.deepEqual(peer.takeMessagesOf("reject"), ["reject 2 16384 16384"]);
  for (let count = 1; count < 1_000; count++) peer.request(2, 0);
  t.false(peer.isClosed);
  peer.request(2, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "lost-requests", isFault: true });
});

test("16 reads that the disk refuses are rejected, the next closes without blame", async (t) => {
  const { bench, peer } = await scene();
  const refuse = async (): Promise<void> => {
    await bench.refuseRead({ refused: "missing", message: "cannot read" });
  };
  for (let count = 0; count < 16; count++) {
    peer.request(count, 16_384);
    await refuse();
    t.deepEqual(peer.takeMessages(), [`reject ${count} 16384 16384`]);
  }
  peer.request(17, 0);
  await refuse();
  t.like(bench.takeNotice("peer-closed"), { reason: "read-failed", isFault: false });
});

test("requests that a crashed file-worker had are rejected if the peer is choked by then", async (t) => {
  const { bench, torrent, peer } = await scene();
  peer.request(0, 0);
  await bench.unchoke(torrent);
  bench.file.take("read-blocks").fail(new Error("the file-worker has ended"));
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["choke", "reject 0 0 16384"]);
});

test("B06: requests that a crashed file-worker had are rejected if the piece was lost meanwhile", async (t) => {
  const { bench, torrent, peer } = await scene();
  peer.request(0, 0);
  await bench.lost(torrent, 0);
  await bench.settle();
  bench.file.take("read-blocks").fail(new Error("the file-worker has ended"));
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["reject 0 0 16384"]);
  peer.request(1, 0);
  await bench.fill();
  t.deepEqual(peer.takeMessages(), ["block 1 0 16384"]);
});

test("a pause rejects all waiting requests, of choked peers too", async (t) => {
  const { bench, torrent, peer } = await scene();
  for (const piece of [0, 1, 2]) peer.request(piece, 0);
  await bench.send("set-paused", { torrent: torrent.id, isPaused: true });
  t.deepEqual(peer.takeMessages(), ["choke", "reject 2 0 16384"]);
});

test("each peer has memory for as many requests as our `reqq`", async (t) => {
  const bench = await WorkerBench.start({ requestBytes: 0 });
  const torrent = await bench.openTorrent({ had: "#" });
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  await bench.unchoke(torrent, 0);
  for (let count = 0; count < 502; count++) peer.request(0, 0);
  t.false(peer.isClosed);
  t.is(peer.takeMessagesOf("reject").length, 0);
});

/** Asserts how many different pieces a choked, interested peer is allowed. */
async function assertAllowed(
  t: ExecutionContext,
  host: string,
  pieces: string | undefined,
  due: number,
) {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#".repeat(20) });
  const peer = await bench.meet(torrent, "a", pieces, { ...withFast, host });
  peer.interested();
  await bench.settle();
  const allowed = peer.takeMessagesOf("allowed-fast");
  t.is(allowed.length, due);
  t.is(new Set(allowed).size, due);
}

test("A10: a choked peer with fewer than ten pieces may request ten", async (t) => {
  await assertAllowed(t, "198.51.100.7", undefined, 10);
  await assertAllowed(t, "198.51.100.7", "#".repeat(10).padEnd(20, "."), 0);
});

test(
  "A10: over IPv6 no piece may be requested while choked",
  assertAllowed,
  "2001:db8::1",
  undefined,
  0,
);
test("with uploads off a choked peer may request nothing", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#".repeat(20), isUploadOff: true });
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  peer.interested();
  await bench.settle();
  t.is(peer.takeMessagesOf("allowed-fast").length, 0);
  for (let piece = 0; piece < 20; piece++) peer.request(piece, 0);
  await bench.settle();
  t.is(peer.takeMessagesOf("reject").length, 20);
});

test("A10: the pieces of the set are served while the peer is choked, others are rejected", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: `${"#".repeat(19)}.` });
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  peer.interested();
  await bench.settle();
  const words = peer.takeMessagesOf("allowed-fast");
  const set = new Set(words.map((word) => Number(word.split(" ")[1])));
  t.false(set.has(19), "a piece that we lack");
  const [allowed = 0] = set;
  const other = Array.from({ length: 19 }, (_, piece) => piece).find((piece) => !set.has(piece));
  peer.request(allowed, 0);
  peer.request(other ?? 0, 0);
  await bench.fill();
  t.deepEqual(peer.takeMessages(), [`reject ${other} 0 16384`, `block ${allowed} 0 16384`]);
});

test("A10: a choke leaves requests for pieces of the set", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#".repeat(8) });
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  peer.interested();
  await bench.settle();
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  for (const piece of [0, 1, 2, 3]) peer.request(piece, 0);
  await bench.unchoke(torrent);
  await bench.fillAll();
  t.deepEqual(peer.takeMessages(), [
    "choke",
    "block 0 0 16384",
    "block 1 0 16384",
    "block 2 0 16384",
    "block 3 0 16384",
  ]);
});

test("case 55: requests for a piece whose offer has ended are rejected, and 5,000 a minute close", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#".repeat(12) });
  const peer = await bench.meet(torrent, "a", "#".repeat(9).padEnd(12, "."), withFast);
  peer.interested();
  await bench.settle();
  const [word = ""] = peer.takeMessagesOf("allowed-fast");
  const piece = Number(word.split(" ")[1]);
  peer.have(piece);
  for (let count = 0; count < 5_000; count++) peer.request(piece, 0);
  await bench.settle();
  t.false(peer.isClosed);
  t.is(peer.takeMessagesOf("reject").length, 5_000);
  peer.request(piece, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "request-flood", isFault: true });
});

test("case 55: a choked peer is served 1,024 requests of its set, and none once it has ten pieces", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#".repeat(12) });
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  peer.interested();
  await bench.settle();
  const [word = ""] = peer.takeMessagesOf("allowed-fast");
  const piece = Number(word.split(" ")[1]);
  const fast = bench.sessions(torrent)[0]?.features.fast;
  if (fast === undefined) return t.fail();
  fast.takenWhileChoked = 1_020;
  let served = 0;
  for (let count = 0; count < 10; count++) {
    peer.request(piece, 0);
    await bench.settle();
    if (bench.file.waiting > 0) await bench.fill();
    served += peer.takeMessagesOf("block").length;
  }
  t.is(served, 4);
  const second = await bench.meet(torrent, "b", "#".repeat(9).padEnd(12, "."), withFast);
  second.interested();
  await bench.settle();
  t.not(second.takeMessagesOf("allowed-fast").length, 0);
  second.have(11);
  const offered = [...(bench.sessions(torrent)[1]?.features.fast?.offered ?? [])];
  second.request(offered[0] ?? 0, 0);
  await bench.settle();
  t.deepEqual(second.takeMessages(), [`reject ${offered[0]} 0 16384`]);
});
