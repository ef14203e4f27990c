import test from "ava";
import { RateShare } from "@troupe/messages";
import { encodeHashRequest, type HashRequest } from "@troupe/protocol/peer";

import { maxHashAnswersOfAll, maxHashRejects, maxHashRequestsIn } from "../../src/limits.ts";
import { hashTree } from "../support/hash-scene.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { WorkerBench, type BenchTorrent } from "../support/worker-bench.ts";

const pieceLengthBytes = 65_536;
/** Ten pieces, the last with a block and a byte. */
const totalBytes = 9 * pieceLengthBytes + 16_385;
const tree = hashTree(totalBytes, pieceLengthBytes);
const shape = { had: "#########.", pieceLengthBytes, totalBytes };

type Range = Omit<HashRequest, "root">;

async function scene(
  options: { readonly areKnown?: boolean; readonly isSuperSeeding?: boolean } = {},
) {
  const { areKnown = true, ...rest } = options;
  const { root, trees } = hashTree(totalBytes, pieceLengthBytes, areKnown);
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ ...shape, ...rest, trees });
  const ask = (peer: ScriptedPeer, range: Range, of: Uint8Array = root): void =>
    peer.stream.arrive(encodeHashRequest({ root: of, ...range }));
  return { ask, bench, torrent };
}

async function meetUnchoked(bench: WorkerBench, torrent: BenchTorrent, id = "a") {
  const peer = await bench.meet(torrent, id, "..........");
  peer.interested();
  await bench.unchoke(torrent, ...bench.sessions(torrent).map(({ rowIndex }) => rowIndex));
  peer.takeMessages();
  return peer;
}

const layer: Range = { baseLayer: 2, index: 0, length: 16, proofLayers: 3 };
const firstLeaves: Range = { baseLayer: 0, index: 4, length: 4, proofLayers: 5 };

test("hashes of pieces come from memory, with their uncles and zero nodes beyond the end", async (t) => {
  const { ask, bench, torrent } = await scene();
  const peer = await meetUnchoked(bench, torrent);
  const ranges = [
    layer,
    { ...layer, index: 8, length: 2 },
    { ...layer, length: 4, proofLayers: 1 },
  ];
  for (const range of ranges) ask(peer, range);
  await bench.settle();
  t.deepEqual(
    peer.takeMessagesOf("hash"),
    ranges.map(
      (each) => `hashes ${each.baseLayer} ${each.index} ${each.length} ${each.proofLayers}`,
    ),
  );
  t.deepEqual(
    peer.hashes.map(({ hashes }) => hashes),
    ranges.map((range) => tree.answer(range)),
  );
});

test("leaves are hashed of a piece that is read, with a proof up to the root", async (t) => {
  const { ask, bench, torrent } = await scene();
  const peer = await meetUnchoked(bench, torrent);
  ask(peer, firstLeaves);
  const runs = await bench.fillAll();
  t.deepEqual(
    runs.map(({ position, lengthBytes }) => [position, lengthBytes]),
    [[pieceLengthBytes, pieceLengthBytes]],
  );
  t.deepEqual(peer.takeMessagesOf("hash"), ["hashes 0 4 4 5"]);
  t.deepEqual(peer.hashes[0]?.hashes, tree.answer(firstLeaves));
  t.is(bench.worker.uploads.freeBytes, bench.worker.uploads.totalBytes);
});

test("a disk that refuses a piece, or gives other bytes, has its leaves rejected", async (t) => {
  const { ask, bench, torrent } = await scene();
  const peer = await meetUnchoked(bench, torrent);
  ask(peer, firstLeaves);
  await bench.settle();
  await bench.refuseRead({ refused: "EIO", message: "input/output error" });
  ask(peer, { ...firstLeaves, index: 8 });
  await bench.settle();
  bench.file.take("read-blocks").answer({ refused: [], diskMs: 0 });
  await bench.settle();
  t.deepEqual(peer.takeMessagesOf("hash"), ["hash-reject 0 4 4 5", "hash-reject 0 8 4 5"]);
});

test("case 56: ranges that no tree has, other layers, unknown roots and lacking pieces are rejected at once", async (t) => {
  const { ask, bench, torrent } = await scene();
  const peer = await meetUnchoked(bench, torrent);
  const wrong: readonly Range[] = [
    { ...layer, baseLayer: 1, length: 4 },
    { ...layer, baseLayer: 3, length: 4 },
    { ...layer, length: 1 },
    { ...layer, length: 3 },
    { ...layer, length: 16_384 },
    { ...layer, index: 16 },
    { ...layer, index: 2 ** 32 - 16 },
    { ...layer, proofLayers: 4 },
    { ...layer, proofLayers: 2 ** 32 - 1 },
    // More than a piece, and the piece that we lack.
    { ...firstLeaves, index: 0, length: 8 },
    { ...firstLeaves, index: 36 },
  ];
  for (const range of wrong) ask(peer, range);
  ask(peer, layer, new Uint8Array(32).fill(1));
  await bench.settle();
  const messages = peer.takeMessagesOf("hash");
  t.is(messages.length, wrong.length + 1);
  t.true(
    messages.every((message) => message.startsWith("hash-reject")),
    messages.join(),
  );
  t.is(bench.file.waiting, 0);
});

test("hashes of pieces that are not all known are rejected; a paused torrent and a hidden piece too", async (t) => {
  const unknown = await scene({ areKnown: false });
  const peer = await meetUnchoked(unknown.bench, unknown.torrent);
  unknown.ask(peer, layer);
  const paused = await scene();
  const other = await meetUnchoked(paused.bench, paused.torrent);
  await paused.bench.send("set-paused", { torrent: paused.torrent.id, isPaused: true });
  other.takeMessages();
  paused.ask(other, layer);
  const hiding = await scene({ isSuperSeeding: true });
  const third = await meetUnchoked(hiding.bench, hiding.torrent);
  hiding.ask(third, firstLeaves);
  for (const { bench } of [unknown, paused, hiding]) await bench.settle();
  t.deepEqual(peer.takeMessagesOf("hash"), ["hash-reject 2 0 16 3"]);
  t.deepEqual(other.takeMessagesOf("hash"), ["hash-reject 2 0 16 3"]);
  t.deepEqual(third.takeMessagesOf("hash"), ["hash-reject 0 4 4 5"]);
});

test("four requests of a peer wait, further ones are rejected; a choked peer gets an answer a second", async (t) => {
  const { ask, bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a", "..........");
  peer.takeMessages();
  for (let count = 0; count < maxHashRequestsIn + 2; count++) ask(peer, layer);
  await bench.settle();
  const kinds = (): string[] => peer.takeMessagesOf("hash").map((text) => text.split(" ")[0] ?? "");
  t.deepEqual(kinds(), ["hash-reject", "hash-reject", "hashes"]);
  await bench.advance(1_000);
  t.deepEqual(kinds(), ["hashes"]);
  await bench.advance(5_000);
  t.deepEqual(kinds(), ["hashes", "hashes"]);
});

test("case 56: a flood of requests is rejected, then closed; other peers get theirs meanwhile", async (t) => {
  const { ask, bench, torrent } = await scene();
  const flooder = await meetUnchoked(bench, torrent, "f");
  const honest = await meetUnchoked(bench, torrent, "h");
  flooder.takeMessages();
  for (let second = 0; second < 3 && !flooder.isClosed; second++) {
    for (let burst = 0; burst < 10 && !flooder.isClosed; burst++) {
      for (let count = 0; count < 100 && !flooder.isClosed; count++) ask(flooder, layer);
      ask(honest, layer);
      await bench.settle();
    }
    await bench.advance(1_000);
  }
  const [closed] = bench.takeNotices("peer-closed") as { readonly reason: string }[];
  t.is(closed?.reason, "hashes-flood");
  const rejects = flooder.takeMessagesOf("hash-reject").length;
  t.true(rejects > 0 && rejects <= maxHashRejects + 1, `${rejects}`);
  t.true(flooder.hashes.length <= 3 * 32 + 32, `${flooder.hashes.length}`);
  const answers = honest.takeMessagesOf("hash");
  t.true(
    answers.length >= 20 && answers.every((text) => text.startsWith("hashes")),
    answers.join(),
  );
});

test("all peers together get 128 answers a second, in turn", async (t) => {
  const { bench, ask, torrent } = await scene();
  const peers: ScriptedPeer[] = [];
  for (const id of "abcdefgh") peers.push(await meetUnchoked(bench, torrent, id));
  await bench.advance(1_000);
  for (const peer of peers) peer.takeMessages();
  for (let round = 0; round < 40; round++) {
    for (const peer of peers) ask(peer, layer);
    await bench.settle();
  }
  const counts = peers.map((peer) => {
    peer.takeMessages();
    return peer.hashes.length;
  });
  t.is(
    counts.reduce((sum, count) => sum + count, 0),
    maxHashAnswersOfAll,
  );
  t.true(
    counts.every((count) => count === 16),
    counts.join(),
  );
});

test("a piece larger than a read is hashed in parts; the peer's end ends it, and another peer is next", async (t) => {
  const pieceBytes = 4 * 1_024 * 1_024;
  const large = hashTree(2 * pieceBytes, pieceBytes);
  const bench = await WorkerBench.start({ uploadBytes: 2_048 * 1_024 });
  const torrent = await bench.openTorrent({
    had: "##",
    pieceLengthBytes: pieceBytes,
    trees: large.trees,
  });
  const range: Range = { baseLayer: 0, index: 256, length: 256, proofLayers: 8 };
  const ask = (peer: ScriptedPeer): void =>
    peer.stream.arrive(encodeHashRequest({ root: large.root, ...range }));
  const [first, second] = [
    await bench.meet(torrent, "a", ".."),
    await bench.meet(torrent, "b", ".."),
  ];
  for (const peer of [first, second]) ask(peer);
  await bench.fill();
  first.stream.end();
  const runs = await bench.fillAll();
  t.deepEqual(
    runs.map(({ lengthBytes }) => lengthBytes),
    Array.from({ length: 5 }, () => 1 << 20),
  );
  t.deepEqual(second.takeMessagesOf("hash"), ["hashes 0 256 256 8"]);
  t.deepEqual(second.hashes[0]?.hashes, large.answer(range));
  t.is(bench.worker.uploads.freeBytes, bench.worker.uploads.totalBytes);
});

test("hashes get an eighth of an upload limit that grants nothing, and wait for more", async (t) => {
  const { ask, bench, torrent } = await scene();
  const peer = await meetUnchoked(bench, torrent);
  const share = new RateShare();
  share.up.setRates(8_000, 0);
  await bench.send("set-limits", { limits: share.memory });
  const answersIn = async (seconds: number): Promise<number> => {
    const before = peer.hashes.length;
    for (let look = 0; look < 20 * seconds; look++) {
      ask(peer, layer);
      await bench.advance(50);
      peer.takeMessages();
    }
    return peer.hashes.length - before;
  };
  // A burst of 16 KiB, and 1,000 bytes a second.
  const answerBytes = 4 + 1 + 48 + 16 * 32;
  t.is(await answersIn(10), Math.floor((16_384 + 10_000) / answerBytes));
  const inTenSeconds = await answersIn(10);
  t.true(Math.abs(inTenSeconds - 10_000 / answerBytes) <= 1, `${inTenSeconds}`);
});

test("hashes take what an upload limit grants and no block uses", async (t) => {
  const { ask, bench, torrent } = await scene();
  const peer = await meetUnchoked(bench, torrent);
  const share = new RateShare();
  share.up.setRates(8_000, 0);
  await bench.send("set-limits", { limits: share.memory });
  for (let count = 0; count < 40; count++) {
    ask(peer, layer);
    await bench.advance(40);
  }
  peer.takeMessages();
  const before = peer.hashes.length;
  share.up.grant(1_000_000);
  await bench.advance(1_000);
  peer.takeMessages();
  t.is(peer.hashes.length - before, maxHashRequestsIn);
});

test("a piece larger than the memory for uploads is hashed in the parts that fit", async (t) => {
  const pieceBytes = 2 * 1_024 * 1_024;
  const large = hashTree(2 * pieceBytes, pieceBytes);
  const bench = await WorkerBench.start({ uploadBytes: 512 * 1_024 });
  const torrent = await bench.openTorrent({
    had: "##",
    pieceLengthBytes: pieceBytes,
    trees: large.trees,
  });
  const range: Range = { baseLayer: 0, index: 128, length: 128, proofLayers: 7 };
  const peer = await bench.meet(torrent, "a", "..");
  peer.stream.arrive(encodeHashRequest({ root: large.root, ...range }));
  await bench.fillAll();
  t.deepEqual(peer.takeMessagesOf("hash"), ["hashes 0 128 128 7"]);
  t.deepEqual(peer.hashes[0]?.hashes, large.answer(range));
});

test("a connection of version 1 has no hash messages", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ ...shape, trees: { ...tree.trees, isAlone: false } });
  const peer = await bench.meet(torrent, "a", "..........");
  peer.takeMessages();
  peer.stream.arrive(encodeHashRequest({ root: tree.root, ...layer }));
  await bench.settle();
  t.deepEqual(peer.takeMessages(), []);
  t.false(peer.isClosed);
});
