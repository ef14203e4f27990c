import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";
import type { HashRange } from "@troupe/protocol/merkle";
import { encodeHashReject, encodeHashes } from "@troupe/protocol/peer";

import { maxIdleMessages } from "../../src/limits.ts";
import { hashTree } from "../support/hash-scene.ts";
import { WorkerBench } from "../support/worker-bench.ts";

const pieceLengthBytes = 65_536;
const totalBytes = 9 * pieceLengthBytes + 16_385;
const layer: HashRange = { baseLayer: 2, index: 0, length: 4, proofLayers: 3 };
const leaves: HashRange = { baseLayer: 0, index: 8, length: 4, proofLayers: 1 };

async function scene(areKnown = false) {
  const tree = hashTree(totalBytes, pieceLengthBytes, areKnown);
  const bench = await WorkerBench.start();
  const shape = { had: "..........", pieceLengthBytes, totalBytes, trees: tree.trees };
  const torrent = await bench.openTorrent(shape);
  const peer = await bench.meet(torrent, "a", "##########");
  peer.takeMessages();
  bench.takeNotices();
  const [session] = bench.sessions(torrent);
  const row = session?.rowIndex ?? (0 as PeerRowIndex);
  const asked = (range: HashRange) => ({ torrent: torrent.id, peer: row, file: 0, range });
  const ask = (range: HashRange): Promise<void> => bench.send("ask-hashes", asked(range));
  const send = (range: HashRange, hashes: Uint8Array): void =>
    peer.stream.arrive(encodeHashes({ root: tree.root, ...range }, hashes));
  const reject = (range: HashRange): void =>
    peer.stream.arrive(encodeHashReject({ root: tree.root, ...range }));
  const closedFor = (): unknown =>
    (
      bench.takeNotices("peer-closed") as { readonly reason: string; readonly isFault: boolean }[]
    )[0];
  return { ask, asked, bench, closedFor, peer, reject, send, torrent, tree };
}

test("A17: hashes that lead to the root are reported without their uncles", async (t) => {
  const { ask, asked, bench, peer, send, tree } = await scene();
  await ask(layer);
  t.deepEqual(peer.takeMessages(), ["hash-request 2 0 4 3"]);
  const hashes = tree.answer(layer);
  t.is(hashes.length, 6 * 32);
  send(layer, hashes);
  await bench.settle();
  t.deepEqual(bench.takeNotice("hashes-came"), {
    ...asked(layer),
    hashes: hashes.slice(0, 4 * 32),
  });
});

test("leaves that lead to the known node of a piece are right; without that node they are not", async (t) => {
  const known = await scene(true);
  await known.ask(leaves);
  known.send(leaves, known.tree.answer(leaves));
  await known.bench.settle();
  t.is(known.bench.takeNotice("hashes-came").hashes.length, 4 * 32);
  const unknown = await scene();
  await unknown.ask(leaves);
  unknown.send(leaves, unknown.tree.answer(leaves));
  await unknown.bench.settle();
  t.like(unknown.closedFor(), { reason: "hashes-wrong", isFault: true });
});

test("case 56: a wrong proof closes the peer", async (t) => {
  for (const place of [0, 4 * 32 + 5, 6 * 32 - 1]) {
    const { ask, bench, closedFor, send, tree } = await scene();
    await ask(layer);
    const hashes = tree.answer(layer);
    hashes[place] = (hashes[place] ?? 0) ^ 1;
    send(layer, hashes);
    await bench.settle();
    t.like(closedFor(), { reason: "hashes-wrong", isFault: true });
  }
});

test("case 56: a valid answer with a bit of any of its hashes turned closes the peer", async (t) => {
  const { answer } = hashTree(totalBytes, pieceLengthBytes);
  const right = answer(layer);
  t.is(right.length, 6 * 32);
  for (let place = 0; place < right.length; place += 37) {
    // One scene after the other.
    // oxlint-disable-next-line no-await-in-loop
    const { ask, bench, closedFor, send } = await scene();
    // oxlint-disable-next-line no-await-in-loop
    await ask(layer);
    const hashes = new Uint8Array(right);
    hashes[place] = (hashes[place] ?? 0) ^ (1 << (place & 7));
    send(layer, hashes);
    // oxlint-disable-next-line no-await-in-loop
    await bench.settle();
    t.like(closedFor(), { reason: "hashes-wrong" }, `byte ${place}`);
  }
});

test("case 56: hashes that were not asked, too many and too few close the peer", async (t) => {
  const none = await scene();
  none.send(layer, none.tree.answer(layer));
  await none.bench.settle();
  t.like(none.closedFor(), { reason: "hashes-not-requested", isFault: true });
  const other = await scene();
  await other.ask(layer);
  other.send({ ...layer, index: 4 }, other.tree.answer({ ...layer, index: 4 }));
  await other.bench.settle();
  t.like(other.closedFor(), { reason: "hashes-not-requested" });
  const long = await scene();
  await long.ask(layer);
  long.send(layer, new Uint8Array(7 * 32));
  await long.bench.settle();
  t.like(long.closedFor(), { reason: "hashes-not-requested" });
  const short = await scene();
  await short.ask(layer);
  short.send(layer, short.tree.answer(layer).slice(0, 5 * 32));
  await short.bench.settle();
  t.like(short.closedFor(), { reason: "hashes-wrong" });
});

test("a reject clears its request, whatever its layer; rejects of nothing are messages to no end", async (t) => {
  const { ask, asked, bench, peer, reject } = await scene(true);
  await ask(leaves);
  await ask(layer);
  reject(leaves);
  await bench.settle();
  t.deepEqual(bench.takeNotice("hashes-rejected"), asked(leaves));
  await ask(leaves);
  t.deepEqual(peer.takeMessagesOf("hash").length, 3);
  reject(leaves);
  reject(layer);
  await bench.settle();
  bench.takeNotices();
  for (let count = 0; count <= maxIdleMessages && !peer.isClosed; count++) reject(layer);
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), { reason: "message-flood", isFault: true });
});

test("a peer owes two answers at most; a further request is rejected here", async (t) => {
  const { ask, asked, bench, peer } = await scene();
  const third = { ...layer, index: 8 };
  for (const range of [layer, { ...layer, index: 4 }, third]) await ask(range);
  t.deepEqual(peer.takeMessages(), ["hash-request 2 0 4 3", "hash-request 2 4 4 3"]);
  t.deepEqual(bench.takeNotice("hashes-rejected"), asked(third));
});
