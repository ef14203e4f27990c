import test from "ava";
import fc from "fast-check";
import { PeerFlag, PeerField, PeerWord, TorrentTable } from "@troupe/messages";
import { bitfieldHeaderBytes, haveBytes, writeBitfield, writeHave } from "@troupe/protocol/peer";
import { bitsOf } from "@troupe/protocol/testing";

import { maxLateHaves } from "../../src/limits.ts";
import { checkInvariants } from "../support/worker-invariants.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, type EarlyTorrent, WorkerBench } from "../support/worker-bench.ts";

async function scene() {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  return { bench, early };
}

test("the peers of a torrent stay connected when its metadata comes, and move to their rows", async (t) => {
  const { bench, early } = await scene();
  const gone = await bench.meet(early, "a");
  const peer = await bench.meet(early, "b", "#.#.");
  gone.stream.hangUp();
  peer.interested();
  peer.takeMessages();
  bench.takeNotices();
  const connectedAtMs = bench.sessions(early)[0]?.row.field(PeerField.connectedAtMs) ?? NaN;
  await bench.advance(5_000);
  const torrent = await bench.addContent(early, { had: "...." });
  t.false(peer.isClosed);
  t.deepEqual(bench.takeNotices("peer-opened").concat(bench.takeNotices("peer-closed")), []);
  const row = bench.row(torrent, 1);
  t.deepEqual(
    [0, 1, 2, 3].map((piece) => row.has(piece)),
    [true, false, true, false],
  );
  t.is(row.word(PeerWord.haveCount), 2);
  t.is(row.field(PeerField.connectedAtMs), connectedAtMs);
  for (const flag of [PeerFlag.inUse, PeerFlag.isIncoming, PeerFlag.isPeerInterested])
    t.true(row.flag(flag));
  t.false(bench.row(torrent, 0).flag(PeerFlag.inUse));
  t.deepEqual([...torrent.table.availability], [1, 0, 1, 0]);
  t.is(bench.worker.earlyMemory.usedBytes, 0);
});

test("the first piece comes over the connection from before the metadata", async (t) => {
  const { bench, early } = await scene();
  const peer = await bench.meetSeed(early, "a", "##");
  const torrent = await bench.addContent(early, { had: ".." });
  t.deepEqual(peer.takeMessages(), ["interested", "extended 0"]);
  t.like(bench.takeNotice("pieces-wanted"), { peers: [{ peer: 0 }] });
  await bench.lease(torrent, [1]);
  peer.answer(peer.takeMessages());
  t.like(bench.takeSealed(), { piece: 1, contributors: [0] });
});

test("the time before the metadata does not count for a peer's rate", async (t) => {
  const { bench, early } = await scene();
  const peer = await bench.meetSeed(early, "a", "####");
  await bench.advance(60_000);
  const torrent = await bench.addContent(early, { had: "...." });
  await bench.lease(torrent, [0, 1]);
  peer.answer(peer.takeMessages());
  await bench.advance(1_000);
  const row = bench.row(torrent, 0);
  t.is(row.field(PeerField.downBytesPerSecond), row.field(PeerField.downloadedBytes));
});

test("a peer that choked us before the metadata is asked for pieces after it unchokes us", async (t) => {
  const { bench, early } = await scene();
  const peer = await bench.meet(early, "a", "##");
  peer.unchoke();
  peer.choke();
  const torrent = await bench.addContent(early, { had: ".." });
  await bench.lease(torrent, [0]);
  t.deepEqual(peer.takeMessagesOf("request"), []);
  peer.unchoke();
  await bench.settle();
  t.is(peer.takeMessagesOf("request").length, 2);
});

test("pieces that we have when the metadata comes are shown by haves, and later pieces too", async (t) => {
  const { bench, early } = await scene();
  const peer = await bench.meet(early, "a", "#...");
  peer.takeMessages();
  const torrent = await bench.addContent(early, { had: "#.#." });
  t.deepEqual(peer.takeMessages(), ["extended 0", "have 0", "have 2"]);
  await bench.had(torrent, 1);
  t.deepEqual(peer.takeMessages(), ["have 1"]);
  const later = await bench.meet(torrent, "b");
  t.deepEqual(later.takeMessages(), ["handshake", "extended 0", "bitfield e0"]);
});

test("AE24: a peer from before the metadata is unchoked and served after it", async (t) => {
  const { bench, early } = await scene();
  const peer = await bench.meet(early, "a");
  await bench.unchoke(early, 0);
  peer.takeMessages();
  await bench.addContent(early, { had: "#" });
  t.deepEqual(peer.takeMessages(), ["extended 0", "have 0", "unchoke"]);
  peer.request(0, 0);
  await bench.settle();
  await bench.fill();
  t.deepEqual(peer.takeMessages(), ["block 0 0 16384"]);
});

test("when there are too many haves to send, the peer is closed without a fault", async (t) => {
  const { bench, early } = await scene();
  const peer = await bench.meet(early, "a");
  await bench.addContent(early, { had: "#".repeat(maxLateHaves + 1) });
  t.true(peer.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "too-many-haves", isFault: false });
  const { bench: other, early: same } = await scene();
  const kept = await other.meet(same, "a");
  await other.addContent(same, { had: "#".repeat(maxLateHaves) });
  t.is(kept.takeMessagesOf("have").length, maxLateHaves);
});

for (const [name, reason, show] of [
  ["a have after the last piece", "piece-out-of-range", (peer) => peer.have(4)],
  ["a bitfield that is too long", "bitfield-wrong-length", (peer) => peer.bitfield(".........")],
  ["a spare bit", "bitfield-spare-bits", (peer) => peer.bitfield("....#")],
  ["the half of a wrong bitfield", "bitfield-wrong-length", (peer) => peer.frame(3, 5, 0)],
] as readonly (readonly [string, string, (peer: ScriptedPeer) => void])[]) {
  test(`${name} is a fault that closes the peer when the metadata comes`, async (t) => {
    const { bench, early } = await scene();
    const liar = await bench.meet(early, "a", "##..");
    show(liar);
    const peer = await bench.meet(early, "b", "#..#");
    t.false(liar.isClosed);
    const torrent = await bench.addContent(early, { had: "...." });
    t.true(liar.isClosed);
    t.like(bench.takeNotice("peer-closed"), { peer: 0, reason, isFault: true });
    t.deepEqual([...torrent.table.availability], [1, 0, 0, 1]);
    t.deepEqual(peer.takeMessages().slice(-2), ["interested", "extended 0"]);
    t.is(bench.worker.earlyMemory.usedBytes, 0);
  });
}

test("half a bitfield is completed after the metadata", async (t) => {
  const { bench, early } = await scene();
  const peer = await bench.meet(early, "a");
  peer.frame(3, 5, 0x80);
  const torrent = await bench.addContent(early, { had: ".".repeat(10) });
  peer.stream.arrive(Uint8Array.of(0x40));
  t.deepEqual([...torrent.table.availability], [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
});

test("two seeds disconnect when the metadata comes", async (t) => {
  const { bench, early } = await scene();
  const seed = await bench.meet(early, "a", "##");
  const leecher = await bench.meet(early, "b", "#.");
  await bench.addContent(early, { had: "##" });
  t.true(seed.isClosed);
  t.false(leecher.isClosed);
  t.like(bench.takeNotice("peer-closed"), { peer: 0, reason: "both-seeds", isFault: false });
});

test("a peer that is admitted after the metadata came is a peer like any other", async (t) => {
  const { bench, early } = await scene();
  bench.admission = undefined;
  const peer = await bench.meet(early, "a", "##");
  const seed = await bench.meet(early, "b", "##");
  peer.unchoke();
  const torrent = await bench.addContent(early, { had: ".." });
  await bench.lease(torrent, [0]);
  t.deepEqual(peer.takeMessagesOf("request"), []);
  t.false(bench.row(torrent, 0).flag(PeerFlag.inUse));
  bench.admission = "admitted";
  await bench.settle();
  t.true(bench.row(torrent, 0).flag(PeerFlag.inUse));
  t.is(peer.takeMessagesOf("request").length, 2);
  t.false(seed.isClosed);
});

test("peers without a row in the table of the metadata are closed, and their places stay empty", async (t) => {
  const { bench, early } = await scene();
  const peers = [await bench.meet(early, "a"), await bench.meet(early, "b")];
  const torrent = await bench.addContent(early, { had: "..", maxPeers: 1 });
  t.deepEqual(
    peers.map(({ isClosed }) => isClosed),
    [false, true],
  );
  t.like(bench.takeNotice("peer-closed"), { peer: 1, reason: "full", isFault: false });
  t.true((await bench.meet(torrent, "c")).isClosed);
});

test("more places come with a larger table", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent({ maxPeers: 1 });
  await bench.meet(early, "a");
  const torrent = await bench.addContent(early, { had: "..", maxPeers: 2 });
  t.false((await bench.meet(torrent, "b")).isClosed);
  t.true((await bench.meet(torrent, "c")).isClosed);
});

test("a torrent that is paused before the metadata requests nothing after it until it goes on", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meetSeed(early, "a", "##");
  await bench.send("set-paused", { torrent: early.id, isPaused: true });
  const torrent = await bench.addContent(early, { had: "..", isPaused: true });
  await bench.lease(torrent, [0]);
  t.deepEqual(peer.takeMessages(), ["interested", "extended 0"]);
  await bench.send("set-paused", { torrent: early.id, isPaused: false });
  t.is(peer.takeMessagesOf("request").length, 2);
});

test("a torrent that is paused while it is opened with content stays paused", async (t) => {
  const { bench, early } = await scene();
  const peer = await bench.meetSeed(early, "a", "##");
  const torrent = await bench.addContent(early, { had: "..", isPaused: true });
  await bench.lease(torrent, [0]);
  t.deepEqual(peer.takeMessagesOf("request"), []);
});

test("a handshake that began before the metadata ends after it", async (t) => {
  const { bench, early } = await scene();
  const stream = bench.sockets.connect({ host: "198.51.100.7", port: 6_881 });
  const peer = new ScriptedPeer(stream, early.pieceLengthBytes);
  const arrive = stream.arrive.bind(stream);
  const sent: Uint8Array[] = [];
  stream.arrive = (bytes) => void sent.push(bytes);
  peer.shakeHands(early.infoHash, "x");
  stream.arrive = arrive;
  const [handshake] = sent;
  if (handshake === undefined) return t.fail();
  stream.arrive(handshake.subarray(0, 60));
  const torrent = await bench.addContent(early, { had: "#." });
  stream.arrive(handshake.subarray(60));
  await bench.settle();
  t.deepEqual(peer.takeMessages(), ["handshake", "extended 0", "bitfield 80"]);
  t.true(bench.row(torrent, 0).flag(PeerFlag.inUse));
});

const pieceCount = 11;

type Sent = readonly [peer: number, bytes: Uint8Array];

function stateFrame(id: number): Uint8Array {
  return Uint8Array.of(0, 0, 0, 1, id);
}

function haveFrame(piece: number): Uint8Array {
  const bytes = new Uint8Array(haveBytes);
  writeHave(bytes, 0, piece);
  return bytes;
}

function bitfieldFrame(pieces: readonly boolean[]): Uint8Array {
  const bits = bitsOf(pieces.map((has) => (has ? "#" : ".")).join(""));
  const bytes = new Uint8Array(bitfieldHeaderBytes + bits.length);
  writeBitfield(bytes, 0, bits);
  return bytes;
}

const anyFrame = fc.oneof(
  fc.constantFrom(0, 1, 2, 3).map(stateFrame),
  fc.nat({ max: pieceCount - 1 }).map(haveFrame),
  fc.array(fc.boolean(), { minLength: pieceCount, maxLength: pieceCount }).map(bitfieldFrame),
  fc.constant(new Uint8Array(4)),
);
const anySent: fc.Arbitrary<Sent> = fc.tuple(fc.nat({ max: 2 }), anyFrame);

/** The peers of a torrent, as the engine and other peers see them. */
function pictureOf(bench: WorkerBench, torrent: BenchTorrent, peers: readonly ScriptedPeer[]) {
  const { table } = torrent;
  return {
    availability: [...table.availability],
    peers: peers.map((peer, row) => ({
      isClosed: peer.isClosed,
      bitfield: [...table.row(row).bitfield],
      words: Object.values(PeerWord).map((word) => table.row(row).word(word)),
      interesting: bench.sessions(torrent).find(({ rowIndex }) => rowIndex === row)?.choke
        .interestingPieces,
    })),
  };
}

/** Three peers send frames, cut where `cutAt` says; the metadata comes there, or at the start. */
async function play(sent: readonly Sent[], cutAt: number, had: string, isEarly: boolean) {
  const bench = await WorkerBench.start();
  let torrent: EarlyTorrent = await bench.openWithoutContent();
  let whole: BenchTorrent | undefined;
  const learn = async (): Promise<void> => {
    if (whole === undefined) torrent = whole = await bench.addContent(torrent, { had });
  };
  if (!isEarly) await learn();
  const peers = [];
  // oxlint-disable-next-line no-await-in-loop
  for (const id of "abc") peers.push(await bench.meet(torrent, id));
  let at = 0;
  for (const [peer, bytes] of sent) {
    const cut = Math.max(0, Math.min(cutAt - at, bytes.length));
    peers[peer]?.stream.arrive(bytes.subarray(0, cut));
    // oxlint-disable-next-line no-await-in-loop
    if (cut < bytes.length) await learn();
    peers[peer]?.stream.arrive(bytes.subarray(cut));
    at += bytes.length;
  }
  await learn();
  await bench.settle();
  if (whole === undefined) throw new Error("the metadata did not come");
  const inside = bench.worker.torrents.get(whole.id)?.content;
  if (inside !== undefined) checkInvariants(bench, inside);
  const picture = pictureOf(bench, whole, peers);
  const used = bench.worker.earlyMemory.usedBytes;
  await bench.send("close-torrent", { torrent: whole.id });
  return { picture, used, left: [...whole.table.availability] };
}

test("a session that learns the metadata at any byte is like a session that always knew it", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anySent, { maxLength: 30 }),
      fc.nat({ max: 300 }),
      fc.constantFrom("...........", "#..........", "##########."),
      async (sent, cutAt, had) => {
        const late = await play(sent, cutAt, had, true);
        const known = await play(sent, cutAt, had, false);
        t.deepEqual(late.picture, known.picture);
        t.is(late.used, 0);
        t.deepEqual(late.left, [...TorrentTable.make(pieceCount, 1).availability]);
      },
    ),
    { numRuns: 150 },
  );
});
