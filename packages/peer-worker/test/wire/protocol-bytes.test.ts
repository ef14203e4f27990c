import test from "ava";
import { type LeaseId, Total } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { encodeRequests } from "../support/many-requests.ts";
import { WorkerBench } from "../support/worker-bench.ts";

test("AE15: messages and the heads of blocks count as protocol bytes, blocks do not", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const { totals } = torrent.table;
  const peer = await bench.meetSeed(torrent, "a", ".#");
  await bench.lease(torrent, [1]);
  const downBefore = totals[Total.protocolDownBytes] ?? 0;
  const upBefore = totals[Total.protocolUpBytes] ?? 0;
  t.true(downBefore >= 6 + 5, "a bitfield and an unchoke");
  t.true(upBefore >= 6 + 5 + 2 * 17, "a bitfield, our interest and two requests");
  peer.answer(["request 1 0 16384"]);
  // The chunk comes in two parts, and the block ends in the second.
  peer.block(1, 16_384, 16_384, 5_000);
  t.is(totals[Total.protocolDownBytes], downBefore + 13 + 13);
  peer.stream.arrive(new Uint8Array(16_384 + 13 - 5_000));
  t.is(totals[Total.protocolDownBytes], downBefore + 13 + 13);
  t.is(totals[Total.downloadedBytes], 32_768);
  await bench.unchoke(torrent, 0);
  peer.request(0, 0);
  peer.request(0, 16_384);
  await bench.fill();
  t.is(totals[Total.protocolDownBytes], downBefore + 13 + 13 + 17 + 17);
  t.is(totals[Total.protocolUpBytes], upBefore + 5 + 13 + 13, "an unchoke and two heads");
  t.is(totals[Total.uploadedBytes], 32_768);
});

test("AE15: bytes over uTP are counted among all, and by themselves", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const { totals } = torrent.table;
  const ofAll = [
    Total.downloadedBytes,
    Total.uploadedBytes,
    Total.protocolDownBytes,
    Total.protocolUpBytes,
  ];
  const ofUtp = [
    ...[Total.utpDownloadedBytes, Total.utpUploadedBytes],
    ...[Total.utpProtocolDownBytes, Total.utpProtocolUpBytes],
  ];
  const read = (places: readonly number[]): number[] => places.map((place) => totals[place] ?? 0);
  const peer = await bench.meetSeed(torrent, "a", ".#");
  await bench.lease(torrent, [1]);
  peer.answer(["request 1 0 16384"]);
  t.deepEqual(read(ofUtp), [0, 0, 0, 0]);
  const before = read(ofAll);
  peer.stream.isHeldBack = false;
  peer.answer(["request 1 16384 16384"]);
  await bench.unchoke(torrent, 0);
  peer.request(0, 0);
  await bench.fill();
  const moved = read(ofAll).map((bytes, place) => bytes - (before[place] ?? 0));
  t.deepEqual(moved.slice(0, 2), [16_384, 16_384]);
  t.true(moved.every((bytes) => bytes > 0));
  t.deepEqual(read(ofUtp), moved);
});

test("AE15: input that waits behind a full request queue counts once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#" });
  const { totals } = torrent.table;
  const peer = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  const before = totals[Total.protocolDownBytes] ?? 0;
  const requests = encodeRequests(0, 20_000);
  peer.stream.arrive(requests);
  await bench.settle();
  t.true(peer.stream.isPaused);
  await bench.fillAll();
  t.is((totals[Total.protocolDownBytes] ?? 0) - before, requests.length);
});

test("AE15: the rest of a block that is given up is no protocol message", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const { totals } = torrent.table;
  const peer = await bench.meetSeed(torrent, "a", ".#");
  const [lease] = await bench.lease(torrent, [1]);
  const before = totals[Total.protocolDownBytes] ?? 0;
  peer.block(1, 0, 16_384, 5_000);
  const piece = 1 as PieceIndex;
  await bench.send("revoke-lease", { torrent: torrent.id, piece, lease: lease as LeaseId });
  peer.stream.arrive(new Uint8Array(16_384 + 13 - 5_000));
  t.is((totals[Total.protocolDownBytes] ?? 0) - before, 13);
  t.is(totals[Total.downloadedBytes], 16_384);
  t.is(totals[Total.wastedBytes], 16_384);
});

test("AE15: payload and protocol are all bytes of the stream, handshakes and messages before the metadata included", async (t) => {
  for (const isEarly of [false, true]) {
    const bench = await WorkerBench.start();
    const early = await bench.openWithoutContent();
    const known = isEarly ? undefined : await bench.addContent(early, { had: "#." });
    const peer = await bench.meet(early, "a", undefined, { hasFast: true });
    peer.haveAll();
    const torrent = known ?? (await bench.addContent(early, { had: "#." }));
    peer.unchoke();
    const [lease] = await bench.lease(torrent, [1]);
    peer.block(1, 0);
    peer.block(1, 16_384, 16_384, 5_000);
    const piece = 1 as PieceIndex;
    await bench.send("revoke-lease", { torrent: torrent.id, piece, lease: lease as LeaseId });
    peer.stream.arrive(new Uint8Array(3_000));
    await bench.unchoke(torrent, 0);
    peer.stream.arrive(new Uint8Array(16_384 + 13 - 5_000 - 3_000));
    peer.request(0, 0);
    await bench.fillAll();
    const { totals } = torrent.table;
    const sum = (payload: number, protocol: number): number =>
      (totals[payload] ?? 0) + (totals[protocol] ?? 0);
    t.is(sum(Total.downloadedBytes, Total.protocolDownBytes), peer.stream.arrivedBytes);
    t.is(sum(Total.uploadedBytes, Total.protocolUpBytes), peer.stream.takenBytes);
  }
});
