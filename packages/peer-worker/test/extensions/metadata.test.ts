import test from "ava";
import fc from "fast-check";

import {
  maxMetadataBlocksOut,
  maxMetadataCopies,
  maxMetadataMessageBytes,
  maxUselessMetadataMessages,
} from "../../src/limits.ts";
import { content, type ScriptedPeer } from "../support/scripted-peer.ts";
import { WorkerBench } from "../support/worker-bench.ts";

const blockBytes = 16_384;

/** A torrent with metadata of so many bytes, and a peer that has offered `ut_metadata`. */
async function scene(sizeBytes = 40_000) {
  const bench = await WorkerBench.start();
  const metadata = content(0, sizeBytes);
  const torrent = await bench.openTorrent({ had: "....", metadata });
  const peer = await bench.meet(torrent, "a");
  peer.offerMetadata();
  peer.takeMessages();
  return { bench, metadata, peer, torrent };
}

function closedFor(bench: WorkerBench): unknown {
  const [notice] = bench.takeNotices("peer-closed") as { readonly reason: string }[];
  return notice?.reason;
}

test("peers learn the size of the metadata by the handshake, and get its blocks byte for byte", async (t) => {
  const { metadata, peer } = await scene();
  t.is(peer.handshakes[0]?.metadataSize, 40_000);
  t.true(peer.handshakes[0]?.extensions.has("ut_metadata"));
  peer.requestMetadata(2, 0, 1);
  t.deepEqual(peer.takeMessages(), [
    "metadata-block 2 7232 of 40000",
    "metadata-block 0 16384 of 40000",
    "metadata-block 1 16384 of 40000",
  ]);
  const blocks = [0, 1, 2].map((block) => peer.metadataBlocks.get(block) ?? new Uint8Array(0));
  t.deepEqual(new Uint8Array(Buffer.concat(blocks)), metadata);
});

test("a block of metadata comes between the other messages, in the order of their causes", async (t) => {
  const { bench, peer, torrent } = await scene();
  peer.requestMetadata(2);
  await bench.had(torrent, 1);
  peer.requestMetadata(3);
  t.deepEqual(peer.takeMessages(), [
    "metadata-block 2 7232 of 40000",
    "have 1",
    "metadata-reject 3",
  ]);
});

test("a block behind the end is rejected", async (t) => {
  const { peer } = await scene(2 * blockBytes);
  peer.requestMetadata(2, 1_023, 1);
  t.deepEqual(peer.takeMessages(), [
    "metadata-reject 2",
    "metadata-reject 1023",
    "metadata-block 1 16384 of 32768",
  ]);
});

test("requests are rejected while the metadata is unknown, and answered afterwards", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a");
  peer.offerMetadata();
  peer.requestMetadata(0);
  t.deepEqual(peer.takeMessages(), ["handshake", "extended 0", "metadata-reject 0"]);
  t.true(peer.handshakes[0]?.extensions.has("ut_metadata"));
  t.is(peer.handshakes[0]?.metadataSize, undefined);
  await bench.addContent(early, { had: "..", metadata: content(0, 100) });
  t.deepEqual(peer.takeMessages(), ["extended 0"]);
  t.is(peer.handshakes[1]?.metadataSize, 100);
  peer.requestMetadata(0);
  t.deepEqual(peer.takeMessages(), ["metadata-block 0 100 of 100"]);
});

test("a private torrent offers no metadata and rejects requests", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "...." });
  const peer = await bench.meet(torrent, "a");
  peer.offerMetadata();
  peer.requestMetadata(0);
  t.deepEqual(peer.takeMessages(), ["handshake", "extended 0", "metadata-reject 0"]);
  t.false(peer.handshakes[0]?.extensions.has("ut_metadata"));
});

test("a torrent that turns out private takes its offer back", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a");
  peer.takeMessages();
  await bench.addContent(early, { had: ".." });
  t.deepEqual(peer.takeMessages(), ["extended 0"]);
  t.is(peer.handshakes[1]?.extensions.get("ut_metadata"), 0);
});

test("a peer without an id of its own gets no answer, and a paused torrent rejects", async (t) => {
  const { bench, peer, torrent } = await scene();
  const other = await bench.meet(torrent, "b");
  other.takeMessages();
  other.requestMetadata(0);
  t.deepEqual(other.takeMessages(), []);
  await bench.send("set-paused", { torrent: torrent.id, isPaused: true });
  peer.takeMessages();
  peer.requestMetadata(0);
  t.deepEqual(peer.takeMessages(), ["metadata-reject 0"]);
  peer.offerMetadata(undefined, 0);
  t.deepEqual(peer.takeMessages(), []);
});

test("requests from before the admission are answered after it", async (t) => {
  const bench = await WorkerBench.start();
  bench.admission = undefined;
  const torrent = await bench.openTorrent({ had: "....", metadata: content(0, 100) });
  const peer = await bench.meet(torrent, "a");
  peer.offerMetadata();
  peer.requestMetadata(0);
  await bench.settle();
  t.deepEqual(peer.takeMessagesOf("metadata"), []);
  bench.admission = "admitted";
  await bench.settle();
  t.deepEqual(peer.takeMessagesOf("metadata"), ["metadata-block 0 100 of 100"]);
});

test("case 33: 16 blocks are queued for a peer that does not read, the next as it takes them", async (t) => {
  const { bench, peer } = await scene(40 * blockBytes);
  const sentBefore = peer.stream.writes;
  peer.stream.isReading = false;
  peer.requestMetadata(...Array.from({ length: 40 }, (_, block) => block));
  t.is(peer.stream.writes - sentBefore, 2 * maxMetadataBlocksOut);
  t.true(peer.stream.queuedBytes < (maxMetadataBlocksOut + 1) * blockBytes);
  peer.stream.isReading = true;
  peer.stream.read();
  await bench.settle();
  t.deepEqual(
    [...peer.takeMessagesOf("metadata-block")].map((word) => Number(word.split(" ")[1])),
    Array.from({ length: 40 }, (_, block) => block),
  );
});

test("case 33: a peer may request four copies of the metadata in a minute, and is closed when it repeats 101 requests beyond", async (t) => {
  const { bench, peer } = await scene(110 * blockBytes);
  for (let copy = 0; copy < maxMetadataCopies; copy++) {
    for (let block = 0; block < 110; block++) peer.requestMetadata(block);
    await bench.settle();
    t.is(peer.takeMessagesOf("metadata-block").length, 110);
  }
  t.false(peer.isClosed);
  for (let count = 0; count < maxUselessMetadataMessages; count++) peer.requestMetadata(7);
  t.false(peer.isClosed);
  peer.requestMetadata(7);
  await bench.settle();
  t.is(closedFor(bench), "extension-flood");
});

test("case 33: useless requests are counted by the minute", async (t) => {
  const { bench, peer } = await scene();
  for (let minute = 0; minute < 5; minute++) {
    for (let count = 0; count < maxUselessMetadataMessages; count++) peer.requestMetadata(9);
    await bench.advance(61_000);
  }
  t.false(peer.isClosed);
});

const misuses: readonly (readonly [
  what: string,
  reason: string,
  misuse: (peer: ScriptedPeer) => void,
])[] = [
  ["rejects without a request", "extension-flood", (peer) => peer.rejectMetadata(0)],
  [
    "messages of an unknown type",
    "extension-flood",
    (peer) => peer.metadata("d8:msg_typei9e5:piecei0ee"),
  ],
  [
    "blocks without a request",
    "unrequested-blocks",
    (peer) => peer.metadataBlock(0, new Uint8Array(1_000)),
  ],
];

for (const [what, reason, misuse] of misuses) {
  test(`case 33: ${what} close the connection, and a few do not`, async (t) => {
    const { bench, peer } = await scene();
    for (let count = 0; count < 50; count++) misuse(peer);
    t.false(peer.isClosed);
    for (let count = 0; count < 51; count++) misuse(peer);
    await bench.settle();
    t.is(closedFor(bench), reason);
  });
}

test("case 33: a message of ut_metadata that is malformed or too long closes the connection", async (t) => {
  const { bench, peer, torrent } = await scene();
  peer.metadata("le");
  const long = await bench.meet(torrent, "b");
  long.metadata(`d8:msg_typei0e5:piecei0e1:z${maxMetadataMessageBytes}:`, new Uint8Array(20_000));
  await bench.settle();
  t.deepEqual(
    (bench.takeNotices("peer-closed") as { readonly reason: string }[]).map(({ reason }) => reason),
    ["field-wrong-type", "extension-too-long"],
  );
});

test("a closed connection sends no further blocks", async (t) => {
  const { bench, peer } = await scene(40 * blockBytes);
  peer.stream.isReading = false;
  peer.requestMetadata(...Array.from({ length: 40 }, (_, block) => block));
  peer.stream.hangUp();
  const { writes } = peer.stream;
  await bench.settle();
  t.is(peer.stream.writes, writes);
});

test("a peer gets the blocks that it requests in the order of its first requests, however slowly it reads", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(24), { maxLength: 60 }), fc.nat(8), async (blocks, reads) => {
      const { bench, peer } = await scene(25 * blockBytes);
      peer.stream.isReading = false;
      peer.requestMetadata(...blocks.slice(0, 30));
      peer.stream.read(reads);
      await bench.settle();
      peer.requestMetadata(...blocks.slice(30));
      peer.stream.isReading = true;
      peer.stream.read();
      await bench.settle();
      const sent = peer.takeMessagesOf("metadata-block").map((word) => Number(word.split(" ")[1]));
      t.deepEqual([...new Set(sent)], [...new Set(blocks)]);
      t.true(sent.length <= blocks.length);
    }),
    { numRuns: 20 },
  );
});
