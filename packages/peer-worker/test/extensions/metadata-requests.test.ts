// Our own requests for metadata, which the engine decides on.

import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";

import { maxMetadataAsks } from "../../src/limits.ts";
import { MetadataExchange } from "../../src/extensions/metadata-exchange.ts";
import { content } from "../support/scripted-peer.ts";
import { type EarlyTorrent, WorkerBench } from "../support/worker-bench.ts";

/** A torrent without metadata, and a peer in row 0 that offers 40,000 bytes. */
async function scene() {
  const bench = await WorkerBench.start();
  const torrent = await bench.openWithoutContent();
  const peer = await bench.meet(torrent, "a");
  peer.offerMetadata(40_000);
  peer.takeMessages();
  bench.takeNotices("peer-opened");
  return { bench, metadata: content(0, 40_000), peer, torrent };
}

async function ask(bench: WorkerBench, { id }: EarlyTorrent, ...blocks: number[]): Promise<void> {
  const peer = 0 as PeerRowIndex;
  for (const block of blocks) await bench.send("ask-metadata", { torrent: id, peer, block });
}

test("case 31: an offer is reported once a peer is admitted, and again when a size in range replaces the last", async (t) => {
  const bench = await WorkerBench.start();
  bench.admission = undefined;
  const torrent = await bench.openWithoutContent();
  const peer = await bench.meet(torrent, "a");
  peer.offerMetadata(40_000);
  t.deepEqual(bench.takeNotices(), []);
  bench.admission = "admitted";
  await bench.settle();
  t.deepEqual(
    bench.takeNotices().map((notice) => (notice as { readonly name: string }).name),
    ["peer-opened", "metadata-offered"],
  );
  for (const [size, reported] of [
    [40_000, []],
    [50_000, [50_000]],
    [undefined, []],
    [0, []],
    [16 * 2 ** 20 + 1, []],
    [16 * 2 ** 20, [16 * 2 ** 20]],
  ] as const) {
    await bench.advance(10_000);
    peer.offerMetadata(size);
    const sizes = bench
      .takeNotices("metadata-offered")
      .map((notice) => (notice as { readonly sizeBytes: number }).sizeBytes);
    t.deepEqual(sizes, reported);
  }
});

test("a size without the extension, or the extension without a size, is no offer", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openWithoutContent();
  const [withSize, withName] = [await bench.meet(torrent, "a"), await bench.meet(torrent, "b")];
  withSize.offerMetadata(40_000, 0);
  withName.offerMetadata();
  t.deepEqual(bench.takeNotices("metadata-offered"), []);
});

test("blocks are requested under the peer's id, and reported in memory of their own", async (t) => {
  const { bench, metadata, peer, torrent } = await scene();
  t.deepEqual(bench.takeNotice("metadata-offered"), {
    torrent: torrent.id,
    peer: 0 as PeerRowIndex,
    sizeBytes: 40_000,
  });
  await ask(bench, torrent, 2, 0);
  t.deepEqual(peer.takeMessages(), ["metadata-request 2", "metadata-request 0"]);
  peer.metadataBlock(2, metadata.subarray(32_768), 40_000);
  peer.metadataBlock(0, metadata.subarray(0, 16_384));
  peer.metadata("d8:msg_typei9e5:piecei0ee");
  t.deepEqual(bench.takeNotices("metadata-block"), [
    {
      torrent: torrent.id,
      peer: 0,
      block: 2,
      sizeBytes: 40_000,
      bytes: metadata.subarray(32_768),
    },
    {
      torrent: torrent.id,
      peer: 0,
      block: 0,
      sizeBytes: 40_000,
      bytes: metadata.subarray(0, 16_384),
    },
  ]);
});

test("the size of a block is that of its message, if it has one", async (t) => {
  const { bench, peer, torrent } = await scene();
  await ask(bench, torrent, 0);
  peer.metadataBlock(0, new Uint8Array(7), 7);
  t.like(bench.takeNotice("metadata-block"), { sizeBytes: 7, bytes: new Uint8Array(7) });
});

test("rejects are reported, and a peer that took its offer back rejects at once", async (t) => {
  const { bench, peer, torrent } = await scene();
  await ask(bench, torrent, 1);
  peer.rejectMetadata(1);
  t.deepEqual(bench.takeNotices("metadata-rejected"), [{ torrent: torrent.id, peer: 0, block: 1 }]);
  await bench.advance(10_000);
  peer.offerMetadata(undefined, 0);
  peer.takeMessages();
  await ask(bench, torrent, 0);
  t.deepEqual(peer.takeMessages(), []);
  t.deepEqual(bench.takeNotices("metadata-rejected"), [{ torrent: torrent.id, peer: 0, block: 0 }]);
});

test("a block that is requested twice may be answered twice", async (t) => {
  const { bench, peer, torrent } = await scene();
  for (let round = 0; round < 10; round++) {
    await ask(bench, torrent, 0, 0);
    await bench.advance(21_000);
    for (let answer = 0; answer < 2; answer++) peer.metadataBlock(0, new Uint8Array(16_384));
  }
  t.false(peer.isClosed);
  t.is(bench.takeNotices("metadata-block").length, 20);
});

test("case 33: blocks that were not requested are dropped, and the fifth closes the connection", async (t) => {
  const { bench, peer, torrent } = await scene();
  await ask(bench, torrent, 1);
  for (let count = 0; count < 4; count++) peer.metadataBlock(0, new Uint8Array(16_384));
  t.false(peer.isClosed);
  peer.metadataBlock(0, new Uint8Array(16_384));
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), { reason: "unrequested-blocks", isFault: true });
  t.deepEqual(bench.takeNotices("metadata-block"), []);
});

test("answers after the metadata came are no offence and are not reported", async (t) => {
  const { bench, metadata, peer, torrent } = await scene();
  const blocks = [0, 1, 2, 0, 1, 2];
  await ask(bench, torrent, ...blocks, 2);
  bench.takeNotices();
  await bench.addContent(torrent, { had: "..", metadata });
  for (const block of blocks)
    peer.metadataBlock(block, metadata.subarray(block * 16_384, (block + 1) * 16_384), 40_000);
  peer.rejectMetadata(2);
  t.false(peer.isClosed);
  t.deepEqual(bench.takeNotices("metadata-block"), []);
  t.deepEqual(bench.takeNotices("metadata-rejected"), []);
  peer.takeMessages();
  await ask(bench, torrent, 0);
  t.deepEqual(peer.takeMessages(), []);
});

test("the peer that gave the metadata gives the first piece on the same connection", async (t) => {
  const { bench, metadata, peer, torrent } = await scene();
  peer.bitfield("##");
  peer.unchoke();
  await ask(bench, torrent, 0);
  peer.metadataBlock(0, metadata.subarray(0, 16_384), 40_000);
  t.is(bench.takeNotices("metadata-block").length, 1);
  const opened = await bench.addContent(torrent, { had: "..", metadata });
  peer.takeMessages();
  await bench.lease(opened, [0]);
  peer.answer(peer.takeMessages());
  t.like(bench.takeSealed(), { piece: 0, contributors: [0] });
});

test("a peer that was not admitted, or is gone, is not asked", async (t) => {
  const { bench, peer, torrent } = await scene();
  bench.admission = undefined;
  const other = await bench.meet(torrent, "b");
  other.offerMetadata(40_000);
  other.takeMessages();
  await bench.send("ask-metadata", { torrent: torrent.id, peer: 1 as PeerRowIndex, block: 0 });
  t.deepEqual(other.takeMessages(), []);
  peer.stream.hangUp();
  await ask(bench, torrent, 0);
  t.deepEqual(bench.takeNotices("metadata-rejected"), []);
});

test("only the last 64 requests to a peer are remembered", (t) => {
  const exchange = new MetadataExchange();
  for (let block = 0; block <= maxMetadataAsks; block++) exchange.noteAsk(block);
  t.false(exchange.noteAnswer(0));
  t.true(exchange.noteAnswer(1));
  t.false(exchange.noteAnswer(1));
  t.true(exchange.noteAnswer(maxMetadataAsks));
});
