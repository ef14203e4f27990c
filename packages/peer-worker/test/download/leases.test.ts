import test from "ava";
import { type LeaseId, type PeerRowIndex, type SlabId, Total } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { content } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const first = 0 as PieceIndex;

function extentBytes(torrent: BenchTorrent): number | undefined {
  return torrent.table.totals[Total.usedBytes];
}

test("memory of a piece is held from its first request until the piece is had", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  t.is(extentBytes(torrent), 0);
  await bench.lease(torrent, [0]);
  t.is(extentBytes(torrent), 32_768);
  peer.answer(peer.takeMessages());
  await bench.settle();
  t.is(extentBytes(torrent), 32_768);
  await bench.had(torrent, 0);
  t.is(extentBytes(torrent), 0);
});

test("memory of a failed piece is free, and the piece can be leased again", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0]);
  peer.answer(peer.takeMessages());
  await bench.settle();
  await bench.send("piece-failed", { torrent: torrent.id, piece: first });
  t.is(extentBytes(torrent), 0);
  bench.takeNotices();
  await bench.lease(torrent, [0]);
  peer.answer(peer.takeMessages());
  await bench.settle();
  t.like(bench.takeSealed(), { piece: 0 });
});

test("leases wait for memory, and open when a piece is had", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 65_536 });
  const torrent = await bench.openTorrent({ had: "..." });
  const peer = await bench.meetSeed(torrent, "a", "###");
  bench.takeNotices();
  await bench.lease(torrent, [0, 1, 2]);
  const requests = peer.takeMessages();
  t.is(requests.length, 4);
  peer.answer(requests);
  await bench.settle();
  t.deepEqual(peer.takeMessages(), []);
  t.deepEqual(bench.takeNotices("pieces-wanted"), [], "more leases would not help");
  await bench.had(torrent, 0);
  t.deepEqual(peer.takeMessagesOf("request"), ["request 2 0 16384", "request 2 16384 16384"]);
});

test("a piece larger than all memory is received in a buffer of its own", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 16_384 });
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  const memory = new SharedArrayBuffer(32_768);
  await bench.lease(torrent, [1], { ownMemory: { id: 9 as SlabId, memory } });
  peer.answer(peer.takeMessages());
  await bench.settle();
  t.like(bench.takeSealed(), { slab: 9, offset: 0, lengthBytes: 32_768 });
  t.deepEqual(new Uint8Array(memory), content(32_768, 32_768));
  t.is(extentBytes(torrent), 0);
});

test("a lease without a peer that has the piece is returned when its last peer disconnects", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  await bench.meetSeed(torrent, "b", "#.");
  const [kept, returned] = await bench.lease(torrent, [0, 1]);
  peer.stream.hangUp();
  t.deepEqual(bench.takeNotices("lease-returned"), [
    { torrent: torrent.id, piece: 1, lease: returned },
  ]);
  t.truthy(kept);
});

test("a half-received piece that is returned is kept until it has been transferred", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  const [lease] = await bench.lease(torrent, [0]);
  peer.block(0, 16_384);
  peer.stream.hangUp();
  await bench.advance(59_000);
  t.deepEqual(bench.takeNotices("lease-returned"), [], "a peer that has it may come back");
  await bench.advance(2_000);
  const { transferred } = bench.takeNotice("lease-returned");
  t.deepEqual(transferred?.received, Uint8Array.of(0, 1));
  t.like(transferred?.contributors, [{ host: "198.51.100.97", port: 6_881 }]);
  t.deepEqual(
    bench.slabBytes((transferred?.offset ?? 0) + 16_384, 16_384),
    content(16_384, 16_384),
  );
  t.is(extentBytes(torrent), 32_768);
  t.is(torrent.table.totals[Total.wastedBytes], 0);
  await bench.send("transferred-piece-taken", { torrent: torrent.id, lease: lease as LeaseId });
  t.is(extentBytes(torrent), 0);
});

test("a half-received piece continues with a peer that connects within 60 s", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const peer = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  peer.block(0, 0);
  peer.stream.hangUp();
  await bench.advance(50_000);
  const other = await bench.meet(torrent, "b", "#");
  other.unchoke();
  await bench.settle();
  t.deepEqual(other.takeMessagesOf("request"), ["request 0 16384 16384"]);
  await bench.advance(15_000);
  other.block(0, 16_384);
  await bench.settle();
  t.is(bench.takeAllSealed().length, 1);
  t.deepEqual(bench.takeNotices("lease-returned"), []);
});

test("a half-received piece that gains a block from each short connection is kept", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".", pieceLengthBytes: 65_536 });
  for (const [block, id] of ["a", "b", "c"].entries()) {
    const peer = await bench.meetSeed(torrent, id, "#");
    if (block === 0) await bench.lease(torrent, [0]);
    peer.block(0, block * 16_384);
    peer.stream.hangUp();
    await bench.advance(40_000);
  }
  t.deepEqual(bench.takeNotices("lease-returned"), []);
});

test("pieces kept for transfer take a quarter of the memory at most", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 131_072 });
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0, 1]);
  peer.block(0, 0);
  peer.block(1, 0);
  peer.stream.hangUp();
  await bench.advance(61_000);
  const returned = bench.takeNotices("lease-returned") as { transferred?: object }[];
  t.deepEqual(
    returned.map(({ transferred }) => transferred !== undefined),
    [true, false],
  );
  t.is(torrent.table.totals[Total.wastedBytes], 16_384);
});

test("a transferred piece is read when its piece is opened, and the rest is requested", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  const memory = new SharedArrayBuffer(100_000);
  new Uint8Array(memory).set(content(16_384, 16_384), 5_000 + 16_384);
  const source = { host: "9.9.9.9", port: 7, peerId: new Uint8Array(20) };
  const received = Uint8Array.of(0, 1);
  const transferred = { memory, offset: 5_000, received, contributors: [source] };
  const [lease] = await bench.lease(torrent, [0], { transferred });
  t.is(bench.owner.casts().length, 1);
  t.deepEqual(bench.owner.casts("transferred-piece-taken"), [{ torrent: torrent.id, lease }]);
  const requests = peer.takeMessages();
  t.deepEqual(requests, ["request 0 0 16384"]);
  peer.answer(requests);
  await bench.settle();
  const sealed = bench.takeSealed();
  t.deepEqual(bench.slabBytes(sealed.offset, 32_768), content(0, 32_768));
  t.deepEqual(sealed.contributors, [source, 0 as PeerRowIndex]);
  t.deepEqual(sealed.blockContributors, Uint8Array.of(1, 0));
});

test("a complete transferred piece is sealed when it is opened", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  await bench.meetSeed(torrent, "a", "##");
  const memory = new SharedArrayBuffer(32_768);
  await bench.lease(torrent, [0], {
    transferred: { memory, offset: 0, received: Uint8Array.of(1, 1), contributors: [] },
  });
  const sealed = bench.takeSealed();
  t.like(sealed, { piece: 0, contributors: [] });
  t.deepEqual(sealed.blockContributors, Uint8Array.of(255, 255), "whoever gave them is not known");
});

test("a transferred piece that was never read is released with its lease, and counts as wasted", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const memory = new SharedArrayBuffer(32_768);
  const transferred = { memory, offset: 0, received: Uint8Array.of(0, 1), contributors: [] };
  const [lease] = await bench.lease(torrent, [0], { transferred });
  await bench.send("revoke-lease", { torrent: torrent.id, piece: first, lease: lease as LeaseId });
  t.is(bench.owner.casts().length, 1);
  t.deepEqual(bench.takeNotice("lease-returned"), {
    torrent: torrent.id,
    piece: first,
    lease,
  } as never);
  t.is(torrent.table.totals[Total.wastedBytes], 16_384);
});

test("a piece that gains blocks is not returned when there is no memory to keep it for a transfer", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32_768 });
  const torrent = await bench.openTorrent({ had: "." });
  const peer = await bench.meetSeed(torrent, "a", "#");
  const [lease] = await bench.lease(torrent, [0]);
  peer.block(0, 0);
  const revoked = { torrent: torrent.id, piece: first, lease: lease as LeaseId };
  await bench.send("revoke-lease", revoked);
  t.deepEqual(bench.takeNotices("lease-returned"), []);
  peer.choke();
  await bench.advance(20_000);
  await bench.send("revoke-lease", revoked);
  t.deepEqual(bench.takeNotice("lease-returned"), revoked);
  t.is(torrent.table.totals[Total.wastedBytes], 16_384);
});

test("a single piece kept for transfer may take half of the memory", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 65_536 });
  const torrent = await bench.openTorrent({ had: "." });
  const peer = await bench.meetSeed(torrent, "a", "#");
  const [lease] = await bench.lease(torrent, [0]);
  peer.block(0, 0);
  await bench.send("revoke-lease", { torrent: torrent.id, piece: first, lease: lease as LeaseId });
  t.truthy(bench.takeNotice("lease-returned").transferred);
});

test("revoking a lease cancels its requests and drops a half-received block", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "..", pieceLengthBytes: 65_536 });
  const peer = await bench.meetSeed(torrent, "a", "##");
  const [lease] = await bench.lease(torrent, [0]);
  peer.takeMessages();
  peer.block(0, 0);
  peer.block(0, 16_384, 16_384, 13 + 10_000);
  await bench.send("revoke-lease", { torrent: torrent.id, piece: first, lease: lease as LeaseId });
  t.deepEqual(bench.takeNotice("lease-returned").transferred?.received, Uint8Array.of(1, 0, 0, 0));
  t.deepEqual(peer.takeMessagesOf("cancel"), ["cancel 0 49152 16384", "cancel 0 32768 16384"]);
  t.is(torrent.table.totals[Total.wastedBytes], 10_000);
  await bench.send("transferred-piece-taken", { torrent: torrent.id, lease: lease as LeaseId });
  peer.stream.arrive(new Uint8Array(6_384).fill(0xff));
  t.false(bench.slabBytes(0, 65_536).includes(0xff, 16_384 + 10_000));
  peer.block(0, 32_768);
  t.false(peer.isClosed, "what was asked for is no offence when it comes late");
});

test("a sealed or replaced lease cannot be revoked", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  const peer = await bench.meetSeed(torrent, "a", "##");
  const [lease] = await bench.lease(torrent, [0]);
  const other = (lease ?? 0) + 1;
  await bench.send("revoke-lease", { torrent: torrent.id, piece: first, lease: other as LeaseId });
  peer.answer(peer.takeMessages());
  await bench.send("revoke-lease", { torrent: torrent.id, piece: first, lease: lease as LeaseId });
  t.deepEqual(bench.takeNotices("lease-returned"), []);
  t.is(bench.takeAllSealed().length, 1);
});

test("a second lease of a piece that we hold is returned", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".." });
  await bench.meetSeed(torrent, "a", "##");
  await bench.lease(torrent, [0]);
  const [second] = await bench.lease(torrent, [0]);
  t.like(bench.takeNotice("lease-returned"), { piece: 0, lease: second });
});

test("a contributor that left is named by its address, block by block", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const leaver = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0]);
  const other = await bench.meetSeed(torrent, "b", "#");
  leaver.block(0, 0);
  leaver.stream.hangUp();
  await bench.settle();
  other.answer(other.takeMessages());
  await bench.settle();
  const sealed = bench.takeSealed();
  t.like(sealed.contributors, [{ host: "198.51.100.97", port: 6_881 }, 1]);
  t.deepEqual(sealed.blockContributors, Uint8Array.of(0, 1));
});

test("a had piece that is leased again is requested again", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "##" });
  const peer = await bench.meetSeed(torrent, "a", "#.");
  await bench.lease(torrent, [0]);
  t.deepEqual(peer.takeMessages(), [
    "interested",
    "extended 0",
    "request 0 0 16384",
    "request 0 16384 16384",
  ]);
});

const onParole = (mistrusted: number[] = []) => ({
  parole: { mistrusted: mistrusted as PeerRowIndex[] },
});

test("a piece on parole is requested of one peer alone", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".", pieceLengthBytes: 65_536 });
  const first = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0], onParole());
  t.is(first.takeMessagesOf("request").length, 4);
  first.choke();
  first.unchoke();
  const second = await bench.meetSeed(torrent, "b", "#");
  await bench.settle();
  t.is(
    first.takeMessages().length + second.takeMessages().length,
    0,
    "both wait: the first one for the second",
  );
});

test("a mistrusted peer gets no request for a piece on parole while there is another peer", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const suspect = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0], onParole([0]));
  await bench.advance(3_000);
  t.deepEqual(suspect.takeMessagesOf("request"), []);
  const other = await bench.meet(torrent, "b", "#");
  other.unchoke();
  await bench.settle();
  t.is(other.takeMessagesOf("request").length, 2);
});

test("without another peer a mistrusted peer gets the request after some seconds", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const suspect = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0], onParole([0]));
  await bench.advance(6_000);
  t.is(suspect.takeMessagesOf("request").length, 2);
});

test("a late block is not accepted for a piece that another peer has alone", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const late = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0], onParole());
  late.choke();
  await bench.settle();
  const other = await bench.meet(torrent, "b", "#");
  other.unchoke();
  await bench.settle();
  late.block(0, 0);
  late.block(0, 16_384);
  await bench.settle();
  t.false(late.isClosed, "it was asked for them once");
  t.is(torrent.table.totals[Total.wastedBytes], 32_768);
  other.answer(other.takeMessagesOf("request"));
  await bench.settle();
  const sealed = bench.takeSealed();
  t.deepEqual(sealed.contributors, [1 as PeerRowIndex]);
  t.is(sealed.blockContributors, undefined);
});

test("a peer that trickles a piece on parole loses it to the next peer, and its blocks stay", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".", pieceLengthBytes: 8 * 16_384 });
  const slow = await bench.meetSeed(torrent, "a", "#");
  await bench.lease(torrent, [0], onParole());
  const other = await bench.meet(torrent, "b", "#");
  other.unchoke();
  for (let block = 0; block < 6; block++) {
    await bench.advance(3_000);
    slow.block(0, block * 16_384);
  }
  await bench.advance(4_000);
  t.is(bench.worker.torrents.get(torrent.id)?.content?.leases.open.get(first)?.receivedCount, 6);
  t.deepEqual(other.takeMessagesOf("request"), ["request 0 98304 16384", "request 0 114688 16384"]);
  t.deepEqual(slow.takeMessagesOf("cancel"), ["cancel 0 114688 16384", "cancel 0 98304 16384"]);
});
