import test from "ava";
import { PeerField, PeerWord, Total } from "@troupe/messages";

import { type ScriptedPeer, content } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const wireBlock = 16_384 + 13;
const withFast = { hasFast: true };

interface Scene {
  readonly bench: WorkerBench;
  readonly torrent: BenchTorrent;
  readonly peer: ScriptedPeer;
}

/** A complete torrent of two pieces of 16 blocks, and one unchoked peer. */
async function scene(options: { readonly uploadBytes?: number } = {}): Promise<Scene> {
  const bench = await WorkerBench.start(options);
  const torrent = await bench.openTorrent({ had: "##", pieceLengthBytes: 262_144 });
  const peer = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  return { bench, torrent, peer };
}

/** Requests that arrive in one chunk, as they do from a client with a queue. */
async function ask(bench: WorkerBench, peer: ScriptedPeer, ...blocks: number[]): Promise<void> {
  const requests = blocks.map((block) => {
    const bytes = new Uint8Array(17);
    bytes.set([0, 0, 0, 13, 6, 0, 0, 0, block >> 4]);
    new DataView(bytes.buffer).setUint32(9, (block & 15) * 16_384);
    new DataView(bytes.buffer).setUint32(13, 16_384);
    return bytes;
  });
  peer.stream.arrive(Uint8Array.from(requests.flatMap((bytes) => [...bytes])));
  await bench.settle();
}

test("PI1: a request is read by the file-worker with room for its header, and sent with it", async (t) => {
  const { bench, torrent, peer } = await scene();
  peer.request(1, 16_384, 1_000);
  await bench.settle();
  t.like(bench.file.calls("read-blocks")[0], { slab: 1, gapBytes: 13, blockBytes: 16_384 });
  const [run, ...others] = await bench.fill();
  t.like(run, { torrent: torrent.id, position: 262_144 + 16_384, lengthBytes: 1_000 });
  t.deepEqual(others, []);
  t.deepEqual(peer.takeMessages(), ["block 1 16384 1000"]);
  t.deepEqual(peer.blocks.get("1 16384"), content(262_144 + 16_384, 1_000));
  t.is(torrent.table.totals[Total.uploadedBytes], 1_000);
  t.is(bench.row(torrent, 0).field(PeerField.uploadedBytes), 1_000);
});

test("AE24: adjacent requests are read and sent as one, more and more of them", async (t) => {
  const { bench, peer } = await scene();
  await ask(bench, peer, ...Array.from({ length: 16 }, (_, block) => block));
  const lengths: number[] = [];
  while (bench.file.waiting > 0) {
    const writes = peer.stream.writes;
    const runs = await bench.fill();
    for (const { lengthBytes } of runs) lengths.push(lengthBytes / 16_384);
    t.is(peer.stream.writes, writes + runs.length);
  }
  t.deepEqual(lengths, [1, 1, 2, 4, 8]);
  t.is(peer.takeMessages().length, 16);
  for (let block = 0; block < 16; block++) {
    t.deepEqual(peer.blocks.get(`0 ${block * 16_384}`), content(block * 16_384, 16_384));
  }
});

test("a peer with many requests gets a MiB by a run of the disk and a write", async (t) => {
  const bench = await WorkerBench.start({ uploadBytes: 1_024 * wireBlock });
  const torrent = await bench.openTorrent({ had: "##", pieceLengthBytes: 8_388_608 });
  const peer = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  for (let block = 0; block < 500; block++) peer.request(0, block * 16_384);
  await bench.settle();
  const lengths: number[] = [];
  while (bench.file.waiting > 0) {
    const { writes } = peer.stream;
    const runs = await bench.fill();
    for (const { lengthBytes } of runs) lengths.push(lengthBytes / 16_384);
    t.is(peer.stream.writes - writes, runs.length);
  }
  t.deepEqual(lengths, [1, 1, 2, 4, 8, 16, 32, 64, 64, 64, 64, 64, 64, 52]);
});

test("requests in any order are read by one call, and each batch is sent by one write", async (t) => {
  const { bench, peer } = await scene();
  // No two are adjacent.
  await ask(bench, peer, ...Array.from({ length: 16 }, (_, at) => 2 * at));
  const { writes } = peer.stream;
  const reads: number[] = [];
  while (bench.file.waiting > 0) reads.push((await bench.fill()).length);
  t.deepEqual(reads, [2, 6, 8]);
  t.is(peer.stream.writes - writes, 5);
  t.is(peer.takeMessagesOf("block").length, 16);
  for (let at = 0; at < 16; at++) {
    const [piece, begin] = [at >> 3, (at & 7) * 32_768];
    t.deepEqual(peer.blocks.get(`${piece} ${begin}`), content(at * 32_768, 16_384));
  }
});

test("a block of each of 500 pieces of 16 MiB is read without its neighbours", async (t) => {
  const bench = await WorkerBench.start();
  const pieceLengthBytes = 16 << 20;
  const torrent = await bench.openTorrent({ had: "#".repeat(500), pieceLengthBytes });
  const peer = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  peer.takeMessages();
  let readBytes = 0;
  for (let piece = 0; piece < 500; piece++) {
    // The requests come in no order, each for another place of its piece.
    peer.request((piece * 37) % 500, ((piece * 11) % 1_024) * 16_384);
    // oxlint-disable-next-line no-await-in-loop
    await bench.settle();
    while (bench.file.waiting > 0)
      for (const { lengthBytes } of await bench.fill()) readBytes += lengthBytes;
  }
  t.is(peer.takeMessagesOf("block").length, 500);
  const sentBytes = torrent.table.totals[Total.uploadedBytes] ?? 0;
  t.is(sentBytes, 500 * 16_384);
  t.true(readBytes <= 1.1 * sentBytes, `${readBytes} bytes read for ${sentBytes}`);
});

test("memory of a batch is held until the stream has sent it", async (t) => {
  const { bench, peer } = await scene();
  const { uploads } = bench.worker;
  const { freeBytes } = uploads;
  peer.stream.isReading = false;
  peer.request(0, 0);
  t.is(uploads.freeBytes, freeBytes - wireBlock);
  await bench.fill();
  t.is(uploads.freeBytes, freeBytes - wireBlock);
  peer.stream.read();
  await bench.settle();
  t.is(uploads.freeBytes, freeBytes);
});

test("memory of a disconnected peer is held until the file-worker has answered", async (t) => {
  const { bench, peer } = await scene();
  const { uploads } = bench.worker;
  const { freeBytes } = uploads;
  peer.request(0, 0);
  peer.stream.hangUp();
  await bench.settle();
  t.is(uploads.freeBytes, freeBytes - wireBlock);
  await bench.fill();
  t.is(uploads.freeBytes, freeBytes);
  t.deepEqual(peer.takeMessages(), []);
});

test("PI1: a waiting request can be cancelled, a request that is being read cannot", async (t) => {
  const { bench, peer } = await scene();
  await ask(bench, peer, 0, 5, 10);
  peer.cancel(0, 0);
  peer.cancel(0, 10 * 16_384);
  await bench.fill();
  t.is(bench.file.waiting, 0);
  t.deepEqual(peer.takeMessages(), ["block 0 0 16384", "block 0 81920 16384"]);
});

test("a choked peer's waiting requests are dropped, blocks that are being read are sent", async (t) => {
  const { bench, torrent, peer } = await scene();
  await ask(bench, peer, 0, 5, 10);
  await bench.unchoke(torrent);
  await bench.fill();
  t.is(bench.file.waiting, 0);
  t.deepEqual(peer.takeMessages(), ["choke", "block 0 0 16384", "block 0 81920 16384"]);
});

test("with upload memory full peers wait", async (t) => {
  const { bench, torrent, peer } = await scene({ uploadBytes: wireBlock });
  const other = await bench.meet(torrent, "b");
  await bench.unchoke(torrent, 0, 1);
  other.takeMessages();
  await ask(bench, peer, 0, 5);
  await ask(bench, other, 9);
  t.is(bench.file.waiting, 1);
  await bench.fill();
  t.is(bench.file.waiting, 1);
  await bench.fillAll();
  t.is(peer.takeMessages().length, 2);
  t.is(other.takeMessages().length, 1);
});

test("when memory is too short for a whole batch a smaller one is read", async (t) => {
  const { bench, peer } = await scene({ uploadBytes: 2 * wireBlock });
  await ask(bench, peer, ...Array.from({ length: 16 }, (_, block) => block));
  await bench.fillAll();
  t.is(peer.takeMessages().length, 16);
});

test("no read is sent to a file-worker without credits", async (t) => {
  const { bench, peer } = await scene();
  bench.file.credits = 0;
  peer.request(0, 0);
  await bench.settle();
  t.is(bench.file.waiting, 0);
  bench.file.giveRoom(100);
  await bench.settle();
  t.is(bench.file.waiting, 1);
});

test("while two calls are under way the requests of all peers gather for the next", async (t) => {
  const bench = await WorkerBench.start({ uploadBytes: 8 * 1_024 * 1_024 });
  const torrent = await bench.openTorrent({ had: "#", maxPeers: 80 });
  const peers: ScriptedPeer[] = [];
  for (let id = 0; id < 80; id++)
    peers.push(await bench.meet(torrent, String.fromCharCode(1 + id)));
  await bench.unchoke(torrent, ...peers.keys());
  for (const peer of peers) {
    peer.request(0, 16_384);
    peer.request(0, 0);
    peer.request(0, 0);
  }
  await bench.settle();
  t.is(bench.file.waiting, 2);
  const reads: number[] = [];
  while (bench.file.waiting > 0) reads.push((await bench.fill()).length);
  t.deepEqual(reads, [128, 32, 64, 16]);
  for (const peer of peers) t.is(peer.takeMessagesOf("block").length, 3);
});

test("calls of a slow file-worker have fewer runs, calls of a quick one more", async (t) => {
  const bench = await WorkerBench.start({ uploadBytes: 8 * 1_024 * 1_024 });
  const torrent = await bench.openTorrent({ had: "##", maxPeers: 80 });
  const peers: ScriptedPeer[] = [];
  for (let id = 0; id < 80; id++)
    peers.push(await bench.meet(torrent, String.fromCharCode(1 + id)));
  await bench.unchoke(torrent, ...peers.keys());
  /** Runs of each call, when every peer requests a block. */
  const callsOf = async (tookMs: number): Promise<number[]> => {
    const calls: number[] = [];
    for (const peer of peers) peer.request(1, 0);
    await bench.settle();
    while (bench.file.waiting > 0) {
      await bench.advance(tookMs);
      calls.push((await bench.fill()).length);
    }
    return calls;
  };
  t.deepEqual(await callsOf(100), [80]);
  t.deepEqual(await callsOf(100), [64, 16]);
  t.deepEqual(await callsOf(100), [16, 16, 8, 4, 2, ...Array<number>(34).fill(1)]);
  t.deepEqual(await callsOf(1), [1, 1, 2, 4, 8, 16, 32, 16]);
  t.deepEqual(await callsOf(1), [80]);
});

test("blocks that the disk refuses are rejected, the other blocks of their batch are read again and sent", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "f", undefined, withFast);
  await bench.unchoke(torrent, 1);
  peer.takeMessages();
  await ask(bench, peer, 0, 1);
  await bench.fillAll();
  await ask(bench, peer, 4, 5, 9, 20);
  peer.takeMessages();
  await bench.refuseRead({ refused: "EIO", message: "cannot read" });
  t.deepEqual(peer.takeMessages(), ["reject 0 65536 16384", "reject 0 81920 16384"]);
  await bench.fillAll();
  t.deepEqual(peer.takeMessages(), ["block 0 147456 16384", "block 1 65536 16384"]);
});

test("case 46: requests that waited at a choke are not served after the next unchoke", async (t) => {
  const { bench, torrent, peer } = await scene();
  await ask(bench, peer, 0, 5, 10, 3);
  await bench.unchoke(torrent);
  await bench.unchoke(torrent, 0);
  await bench.fillAll();
  t.is(peer.takeMessagesOf("block").length, 2, "those that were being read");
  await ask(bench, peer, 7);
  await bench.fillAll();
  t.deepEqual(peer.takeMessagesOf("block"), [`block 0 ${7 * 16_384} 16384`]);
});

test("a crash of a file-worker costs no peer its connection; the next file-worker reads its requests", async (t) => {
  const { bench, peer } = await scene();
  const { freeBytes } = bench.worker.uploads;
  await ask(bench, peer, 0, 5, 10);
  const gone = Object.assign(new Error("gone"), { code: "actor-gone" });
  bench.file.credits = 0;
  bench.file.take("read-blocks").fail(gone);
  await bench.settle();
  t.is(bench.worker.uploads.freeBytes, freeBytes);
  bench.file.giveRoom(100);
  await bench.fillAll();
  t.is(peer.takeMessages().length, 3);
  t.false(peer.isClosed);
});

test("a read that a file-worker refuses before its storages are open is repeated a second later", async (t) => {
  const { bench, peer } = await scene();
  peer.request(0, 0);
  await bench.settle();
  await bench.refuseRead({ refused: "unknown-slab", message: "cannot use slab 1" });
  t.is(bench.file.waiting, 0);
  await bench.advance(1_000);
  await bench.fill();
  t.is(peer.takeMessages().length, 1);
});

test("AE6: a read of bytes that a new file-worker has still to move is repeated a second later", async (t) => {
  const { bench, peer } = await scene();
  peer.request(0, 0);
  await bench.settle();
  await bench.refuseRead({ refused: "not-settled", message: "cannot read torrent 1" });
  t.false(peer.isClosed);
  await bench.advance(1_000);
  await bench.fill();
  t.is(peer.takeMessages().length, 1);
});

test("a piece that cannot be read closes the requesting peer, without blame", async (t) => {
  const { bench, peer } = await scene();
  peer.request(0, 0);
  await bench.settle();
  await bench.refuseRead({ refused: "EIO", message: "cannot read" });
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "read-failed", isFault: false });
});

test("memory of a read that was never answered is kept until the file-worker has ended", async (t) => {
  const { bench, peer } = await scene();
  const { uploads } = bench.worker;
  const { freeBytes } = uploads;
  peer.request(0, 0);
  await bench.settle();
  bench.file.take("read-blocks").fail(Object.assign(new Error("late"), { code: "call-deadline" }));
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), { reason: "disk-not-answering", isFault: false });
  t.is(uploads.freeBytes, freeBytes - wireBlock);
  bench.worker.uploadSchedulers[0]?.fileWorkerGone();
  t.is(uploads.freeBytes, freeBytes);
});

test("the table has the waiting and sent requests, and their total", async (t) => {
  const { bench, torrent, peer } = await scene();
  await ask(bench, peer, 0, 5, 10, 3);
  await bench.advance(1_000);
  t.is(bench.row(torrent, 0).word(PeerWord.requestsIn), 4);
  await bench.fillAll();
  await bench.advance(1_000);
  t.is(bench.row(torrent, 0).word(PeerWord.requestsIn), 0);
  t.is(bench.row(torrent, 0).word(PeerWord.requestsSeen), 4);
});

test("F27: a suspect piece is not read, and requests for it wait", async (t) => {
  const { bench, torrent, peer } = await scene();
  await ask(bench, peer, 0, 5, 16);
  torrent.map.clear(1);
  await bench.fill();
  t.is(bench.file.waiting, 0, "asked for before anything was seen");
  await ask(bench, peer, ...Array.from({ length: 15 }, (_, block) => 17 + block));
  await bench.advance(2_000);
  t.is(bench.file.waiting, 0);
  t.false(peer.isClosed);
  torrent.map.set(1);
  await bench.advance(1_000);
  await bench.fillAll();
  t.is(peer.takeMessagesOf("block").length, 2 + 16);
});

test("F27, E16: a lost piece is not read, and a peer that requests it is closed without blame", async (t) => {
  const { bench, torrent, peer } = await scene();
  const other = await bench.meet(torrent, "b");
  const lacking = await bench.meet(torrent, "c");
  await bench.unchoke(torrent, 0, 1, 2);
  await ask(bench, peer, 0, 5, 16);
  await ask(bench, other, 0);
  await bench.lost(torrent, 1);
  t.like(bench.takeNotice("peer-closed"), { peer: 0, reason: "piece-lost", isFault: false });
  while (bench.file.waiting > 0)
    for (const { position } of await bench.fill()) t.true(position < 262_144);
  await ask(bench, other, 16);
  t.like(bench.takeNotice("peer-closed"), { peer: 1, reason: "piece-lost", isFault: false });
  t.is(bench.file.waiting, 0);
  t.false(lacking.isClosed, "it has asked for nothing");
  const again = await bench.meet(torrent, "a");
  t.true(again.takeMessages().includes("bitfield 80"), "it hears anew what we have");
});

test("F27: blocks of a piece that became suspect while they were read are read again", async (t) => {
  const { bench, torrent, peer } = await scene();
  await ask(bench, peer, 0, 16);
  torrent.map.clear(0);
  await bench.fill();
  t.deepEqual(peer.takeMessagesOf("block"), ["block 1 0 16384"]);
  torrent.map.set(0);
  await bench.advance(1_000);
  await bench.fill();
  t.deepEqual(peer.takeMessagesOf("block"), ["block 0 0 16384"]);
});

test("F27, E16: a peer whose piece is lost while it is read is closed without blame", async (t) => {
  const { bench, torrent, peer } = await scene();
  await ask(bench, peer, 0);
  await bench.lost(torrent, 0);
  t.false(peer.isClosed);
  await bench.fill();
  t.deepEqual(peer.takeMessagesOf("block"), []);
  t.like(bench.takeNotice("peer-closed"), { reason: "piece-lost", isFault: false });
});

test("F27: a peer whose piece becomes suspect between two looks at it is served when the piece is confirmed", async (t) => {
  const { bench, torrent, peer } = await scene();
  const { content } = bench.worker.torrents.get(torrent.id) ?? {};
  let looks = 0;
  const has = (): boolean => ++looks !== 3;
  Object.defineProperty(content?.pieceMap, "has", { value: has });
  await ask(bench, peer, 0);
  await bench.fillAll();
  await bench.advance(1_000);
  await bench.fillAll();
  t.deepEqual(peer.takeMessagesOf("block"), ["block 0 0 16384"]);
});
