import test from "ava";
import { type LeaseId, Total } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { content } from "../../support/scripted-peer.ts";
import { WorkerBench } from "../../support/worker-bench.ts";

/** A piece with 20,000 bytes of a file, and a piece of padding alone. */
const padded = {
  had: "..",
  pieceLengthBytes: 65_536,
  files: [
    { lengthBytes: 20_000, isPadding: false },
    { lengthBytes: 111_072, isPadding: true },
  ],
};
const requests = ["request 0 0 16384", "request 0 16384 3616"];

test("A18: padding is requested of no peer, and the piece is sealed with zeros", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(padded);
  const peer = await bench.meetSeed(torrent, "a", "##");
  // The memory has been used before.
  bench.worker.slab.fill(7);
  await bench.lease(torrent, [0]);
  t.deepEqual(peer.takeMessagesOf("request"), requests);
  peer.answer(requests);
  await bench.settle();
  const sealed = bench.takeSealed();
  const right = new Uint8Array(65_536);
  right.set(content(0, 20_000));
  t.is(Buffer.compare(bench.slabBytes(sealed.offset, 65_536), right), 0);
  t.is(torrent.table.totals[Total.downloadedBytes], 20_000);
  t.false(peer.isClosed);
});

test("a piece of padding alone is sealed without a request", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(padded);
  const peer = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [1]);
  t.deepEqual(peer.takeMessagesOf("request"), []);
  const sealed = bench.takeSealed();
  t.is(sealed.piece, 1 as PieceIndex);
  t.deepEqual(sealed.contributors, []);
  t.is(Buffer.compare(bench.slabBytes(sealed.offset, 65_536), new Uint8Array(65_536)), 0);
});

test("a reject of a block that ends with padding frees it", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(padded);
  const peer = await bench.meetSeed(torrent, "a", "##", { hasFast: true });
  await bench.lease(torrent, [0]);
  peer.rejectAll(peer.takeMessagesOf("request").slice(1));
  await bench.settle();
  t.false(peer.isClosed);
  t.is(bench.sessions(torrent)[0]?.download.requests.length, 1);
});

test("a revoked piece takes its blocks along, and no padding", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent(padded);
  const peer = await bench.meetSeed(torrent, "a", "##");
  const [lease] = await bench.lease(torrent, [0]);
  peer.answer(requests.slice(0, 1));
  await bench.settle();
  await bench.send("revoke-lease", {
    torrent: torrent.id,
    piece: 0 as PieceIndex,
    lease: lease as LeaseId,
  });
  const { transferred } = bench.takeNotice("lease-returned");
  t.deepEqual(transferred?.received, Uint8Array.of(1, 0, 0, 0));
});
