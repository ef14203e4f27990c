// The cases of test/catalogue.md that a peer-worker answers to once a handshake is done.

import test, { type ExecutionContext } from "ava";
import { Total } from "@troupe/messages";

import { maxExtendedHandshakes } from "../src/limits.ts";
import type { ScriptedPeer } from "./support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "./support/worker-bench.ts";

interface Scene {
  readonly bench: WorkerBench;
  readonly torrent: BenchTorrent;
  readonly peer: ScriptedPeer;
}

/** A torrent of four pieces, the first had, and one peer that has shaken hands. */
async function scene(): Promise<Scene> {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#..." });
  const peer = await bench.meet(torrent, "a");
  peer.takeMessages();
  bench.takeNotices();
  return { bench, torrent, peer };
}

async function closesWith(
  t: ExecutionContext,
  misbehave: (peer: ScriptedPeer) => void,
  reason: string,
): Promise<void> {
  const { bench, peer } = await scene();
  misbehave(peer);
  await bench.settle();
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { peer: 0, reason, isFault: true });
}

test(
  "case 40: a length prefix of 2 GiB closes on its fourth byte",
  closesWith,
  (peer) => peer.stream.arrive(Uint8Array.of(0x7f, 0xff, 0xff, 0xff)),
  "frame-too-long",
);

test(
  "case 41: a length that does not fit its message closes",
  closesWith,
  (peer) => peer.frame(4, 4, 0, 0, 0),
  "frame-wrong-length",
);

test(
  "case 42: a bitfield of the wrong length closes",
  closesWith,
  (peer) => peer.frame(3, 5, 0xf0, 0),
  "bitfield-wrong-length",
);

test(
  "case 42: a bitfield with a spare bit closes",
  closesWith,
  (peer) => peer.frame(2, 5, 0xf8),
  "bitfield-spare-bits",
);

test(
  "case 42: a flood of bitfields closes",
  closesWith,
  (peer) => {
    for (let count = 0; count <= 600; count++) peer.bitfield("####");
  },
  "bitfield-flood",
);

test(
  "case 43: a have beyond the last piece closes",
  closesWith,
  (peer) => peer.have(4),
  "piece-out-of-range",
);

test(
  "case 43: haves that repeat themselves ten thousand times close",
  closesWith,
  (peer) => peer.have(...Array.from({ length: 10_002 }, () => 1)),
  "have-flood",
);

for (const [what, piece, begin, lengthBytes] of [
  ["beyond the piece", 0, 32_768, 16_384],
  ["beyond the last piece", 4, 0, 16_384],
  ["of negative numbers", 0xffffffff, 0xffffffff, 16_384],
  ["that begin before the piece", 0, 0xffffc000, 16_384],
  ["of no bytes", 0, 0, 0],
  ["of more than 16 KiB", 0, 0, 16_385],
  ["for a piece that we lack", 1, 0, 16_384],
] as const) {
  test(`case 44: ten requests ${what} are ignored, the next closes`, async (t) => {
    const { bench, torrent, peer } = await scene();
    await bench.unchoke(torrent, 0);
    for (let count = 0; count < 10; count++) peer.request(piece, begin, lengthBytes);
    await bench.settle();
    t.false(peer.isClosed);
    t.is(bench.file.waiting, 0);
    peer.request(piece, begin, lengthBytes);
    await bench.settle();
    t.like(bench.takeNotice("peer-closed"), { reason: "bad-requests", isFault: true });
  });
}

test("case 44: requests beyond the end of a short last piece are ignored", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "##", totalBytes: 32_768 + 20_000 });
  const peer = await bench.meet(torrent, "a");
  await bench.unchoke(torrent, 0);
  peer.request(1, 16_384, 3_616);
  peer.request(1, 16_384, 3_617);
  await bench.settle();
  t.like(await bench.fill(), { 0: { lengthBytes: 3_616 }, length: 1 });
  t.is(bench.file.waiting, 0);
  t.false(peer.isClosed);
});

test("case 45: a peer that floods with requests and reads nothing is not read either, and closed after 120 s", async (t) => {
  const { bench, torrent, peer } = await scene();
  await bench.unchoke(torrent, 0);
  peer.stream.isReading = false;
  for (let count = 0; count < 40_000; count++) peer.request(0, 0);
  // Two batches of one block are read at once.
  await bench.fill();
  t.is(bench.worker.torrents.get(torrent.id)?.sessionAt(0)?.upload.length, 16_384);
  t.true(peer.stream.isPaused);
  await bench.advance(119_000);
  t.false(peer.isClosed);
  await bench.advance(2_000);
  t.like(bench.takeNotice("peer-closed"), { reason: "not-reading", isFault: false });
});

test("case 45: more than 32,768 cancels of no request in a minute close", async (t) => {
  const { bench, peer } = await scene();
  for (let count = 0; count < 32_768; count++) peer.cancel(0, 0);
  await bench.advance(60_000);
  for (let count = 0; count < 32_768; count++) peer.cancel(0, 0);
  t.false(peer.isClosed);
  peer.cancel(0, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "cancel-flood", isFault: true });
});

test("case 45: requests that are cancelled at once close after 65,536 in a minute", async (t) => {
  const { bench, torrent, peer } = await scene();
  await bench.unchoke(torrent, 0);
  peer.stream.isReading = false;
  for (let count = 0; count < 2; count++) peer.request(0, 0);
  for (let count = 0; count < 65_536; count++) {
    peer.request(0, 16_384);
    peer.cancel(0, 16_384);
  }
  t.false(peer.isClosed);
  peer.request(0, 16_384);
  peer.cancel(0, 16_384);
  t.like(bench.takeNotice("peer-closed"), { reason: "cancel-flood", isFault: true });
});

for (const [name, ...frame] of [
  ["have-all", 1, 14],
  ["have-none", 1, 15],
  ["suggest", 5, 13, 0, 0, 0, 1],
  ["reject", 13, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x40, 0],
  ["allowed-fast", 5, 17, 0, 0, 0, 1],
] as const) {
  test(
    `case 55: ${name} from a peer without the fast extension closes`,
    closesWith,
    (peer) => {
      const [lengthBytes, id, ...payload] = frame;
      peer.frame(lengthBytes, id, ...payload);
    },
    "fast-not-agreed",
  );
}

test("case 46: a flood of requests before any unchoke closes", async (t) => {
  const { bench, peer } = await scene();
  for (let count = 0; count < 300; count++) peer.request(0, 0);
  t.false(peer.isClosed);
  peer.request(0, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "choked-requests", isFault: true });
});

test("case 46: requests while choked are ignored, and close after 300 that did not cross the choke", async (t) => {
  const { bench, torrent, peer } = await scene();
  await bench.unchoke(torrent, 0);
  await bench.unchoke(torrent);
  for (let count = 0; count < 1_000; count++) peer.request(0, 0);
  await bench.advance(2_000);
  for (let count = 0; count < 300; count++) peer.request(0, 0);
  t.false(peer.isClosed);
  t.is(bench.file.waiting, 0);
  peer.request(0, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "choked-requests", isFault: true });
});

test("case 46: a peer of which more than 65,536 requests crossed a choke is closed without blame", async (t) => {
  const { bench, torrent, peer } = await scene();
  await bench.unchoke(torrent, 0);
  await bench.unchoke(torrent);
  for (let count = 0; count < 65_536; count++) peer.request(0, 0);
  t.false(peer.isClosed);
  peer.request(0, 0);
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), { reason: "too-many-requests", isFault: false });
});

test("case 47: blocks that were not requested reach no memory, and close after 64 KiB", async (t) => {
  const { bench, torrent, peer } = await scene();
  await bench.lease(torrent, [1]);
  for (let count = 0; count < 4; count++) peer.block(1, 0);
  await bench.settle();
  t.false(peer.isClosed);
  t.true(bench.slabBytes(0, 65_536).every((byte) => byte === 0));
  t.is(torrent.table.totals[Total.wastedBytes], 65_536);
  peer.block(1, 0, 1);
  t.like(bench.takeNotice("peer-closed"), { reason: "unrequested-blocks", isFault: true });
});

test("case 47: a block of one byte that was not requested counts as a kilobyte", async (t) => {
  const { bench, peer } = await scene();
  for (let count = 0; count < 64; count++) peer.block(1, count, 1);
  t.false(peer.isClosed);
  peer.block(1, 0, 1);
  t.like(bench.takeNotice("peer-closed"), { reason: "unrequested-blocks", isFault: true });
});

test("case 47: a block at another offset than requested counts as not requested", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [1]);
  peer.block(1, 1);
  peer.block(1, 100, 200);
  peer.block(1, 16_384, 100);
  await bench.settle();
  t.is(torrent.table.totals[Total.wastedBytes], 16_384 + 200 + 100);
  t.deepEqual(bench.takeAllSealed(), []);
  t.true(bench.slabBytes(0, 65_536).every((byte) => byte === 0));
  const again = peer.takeMessages();
  t.deepEqual(
    again,
    ["request 1 0 16384", "request 1 16384 16384", "request 1 16384 16384"],
    "the block that came too short is asked for again",
  );
  peer.answer(again.slice(0, 2));
  await bench.settle();
  t.like(bench.takeSealed(), { piece: 1 });
});

test("case 47: a block requested once may come once", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [1]);
  peer.block(1, 0);
  for (let count = 0; count < 5; count++) peer.block(1, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "unrequested-blocks", isFault: true });
});

test("case 47: requested blocks may come two minutes late, not later", async (t) => {
  for (const [lateMs, isClosed] of [
    [119_000, false],
    [121_000, true],
  ] as const) {
    const bench = await WorkerBench.start();
    const torrent = await bench.openTorrent({ had: "..." });
    const peer = await bench.meetSeed(torrent, "a", "###");
    await bench.lease(torrent, [0, 1]);
    const requests = peer.takeMessagesOf("request");
    peer.choke();
    await bench.advance(lateMs);
    peer.answer(requests);
    t.is(requests.length, 4, "as much as is let pass");
    peer.block(2, 0, 1);
    t.is(peer.isClosed, isClosed);
  }
});

test("case 51: a peer that flaps between choke and unchoke gets requests ten times a second at most", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meetSeed(torrent, "a", "####");
  await bench.lease(torrent, [1, 2, 3]);
  peer.takeMessages();
  let answers = 0;
  for (let millisecond = 0; millisecond < 1_000; millisecond++) {
    peer.choke();
    peer.unchoke();
    await bench.advance(1);
    if (peer.takeMessagesOf("request").length > 0) answers++;
  }
  t.true(answers <= 11, `${answers} answers`);
  t.true(answers >= 8, `${answers} answers`);
});

test("case 51: interest that flaps is not answered at all", async (t) => {
  const { bench, peer } = await scene();
  for (let count = 0; count < 1_000; count++) {
    peer.interested();
    peer.notInterested();
  }
  await bench.settle();
  t.deepEqual(peer.takeMessages(), []);
  t.false(peer.isClosed);
});

test("case 53: six extension handshakes a minute are read, and reqq is clamped", async (t) => {
  const { bench, torrent, peer } = await scene();
  const session = bench.worker.torrents.get(torrent.id)?.sessionAt(0);
  for (let count = 0; count < maxExtendedHandshakes; count++) peer.extended(2);
  t.is(session?.download.pipeline.target, 2);
  peer.extended(1_000_000_000);
  t.is(session?.download.pipeline.target, 2, "one too many");
  await bench.advance(60_000);
  peer.extended(1_000_000_000);
  t.is(session?.download.pipeline.target, 4);
  t.false(peer.isClosed);
});

test("case 54: unknown messages are skipped, and close at 1 MiB in a minute", async (t) => {
  const { bench, peer } = await scene();
  const megabyte = (): void => {
    peer.frame(524_288, 99);
    peer.stream.arrive(new Uint8Array(524_287));
    peer.frame(524_288, 99);
    peer.stream.arrive(new Uint8Array(524_287));
  };
  megabyte();
  peer.have(1);
  t.false(peer.isClosed);
  await bench.advance(60_000);
  megabyte();
  t.false(peer.isClosed);
  peer.frame(1, 99);
  t.like(bench.takeNotice("peer-closed"), { reason: "unknown-messages", isFault: true });
});

test("case 54: extended messages without an agreed id count as unknown", async (t) => {
  const { bench, peer } = await scene();
  const kilobytes = Array.from({ length: 30_000 }, () => 0);
  for (let count = 0; count < 34; count++) peer.frame(30_002, 20, 7, ...kilobytes);
  t.false(peer.isClosed);
  peer.frame(30_002, 20, 7, ...kilobytes);
  t.like(bench.takeNotice("peer-closed"), { reason: "unknown-messages" });
});

for (const [what, frame] of [
  ["keep-alives", [0, 0, 0, 0]],
  ["empty extended messages", [0, 0, 0, 2, 20, 7]],
  ["unknown messages", [0, 0, 0, 1, 99]],
] as const) {
  test(`case 58: ten thousand ${what} in a minute are accepted, more close`, async (t) => {
    const { bench, peer } = await scene();
    const flood = Uint8Array.from(Array.from({ length: 5_000 }, () => [...frame]).flat());
    peer.stream.arrive(flood);
    peer.stream.arrive(flood);
    await bench.advance(60_000);
    peer.stream.arrive(flood);
    peer.stream.arrive(flood);
    t.false(peer.isClosed);
    peer.stream.arrive(Uint8Array.from(frame));
    t.like(bench.takeNotice("peer-closed"), { reason: "message-flood", isFault: true });
  });
}

test("messages after a fault in the same chunk are ignored", async (t) => {
  const { bench, torrent, peer } = await scene();
  peer.stream.arrive(Uint8Array.of(0, 0, 0, 5, 4, 0, 0, 0, 9, 0, 0, 0, 5, 4, 0, 0, 0, 1));
  await bench.settle();
  t.like(bench.takeNotice("peer-closed"), { reason: "piece-out-of-range" });
  t.deepEqual([...torrent.table.availability], [0, 0, 0, 0]);
});
