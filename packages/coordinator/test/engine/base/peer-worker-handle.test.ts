import test from "ava";
import type { FileProtocol, PeerProtocol, PeerRowIndex, TorrentId } from "@troupe/messages";
import { ManualTime, RecordingRef, settle } from "@troupe/actor-runtime/testing";
import { PeerWorkerHandle } from "../../../src/engine/base/peer-worker-handle.ts";
import { Slabs } from "../../../src/engine/base/slabs.ts";
import { piece } from "../../support/diagrams.ts";

const [one, two] = [1, 2] as TorrentId[] as [TorrentId, TorrentId];
const peer = 0 as PeerRowIndex;

function scene(memoryBytes = 1 << 20) {
  const ref = new RecordingRef<PeerProtocol>("peer-0");
  const slabs = new Slabs([new RecordingRef<FileProtocol>("file-0")]);
  const time = new ManualTime();
  const own = { clock: time, timers: time };
  const limits = { halfOpenLimit: 20, handshakeLimit: 30, requestBytes: 4_096 };
  const options = { ...limits, bind: ["127.0.0.1"], client: "test" };
  const peerWorker = new PeerWorkerHandle(0, { ref, memoryBytes, options, time: own });
  const failPiece = (index: number) =>
    peerWorker.calls.cast("piece-failed", { torrent: one, piece: piece(index) });
  const failed = () => ref.casts("piece-failed").map((message) => Number(message.piece));
  return { ref, slabs, peerWorker, failPiece, failed };
}

test("a quarter of the memory is for uploads, in whole blocks", (t) => {
  const { peerWorker, slabs } = scene(1_000_000);
  const options = peerWorker.nextOptions(slabs);
  t.is(options.uploadBytes, 15 * 16_384);
  t.is(options.downloadBytes, 46 * 16_384);
  t.true(options.downloadBytes + options.uploadBytes <= 1_000_000);
  t.like(options, {
    halfOpenLimit: 20,
    handshakeLimit: 30,
    requestBytes: 4_096,
    bind: ["127.0.0.1"],
  });
  t.is(options.slab.memory.byteLength, options.downloadBytes + options.uploadBytes);
});

test("each incarnation gets memory that no earlier incarnation can reach", (t) => {
  const { peerWorker, slabs } = scene();
  const first = peerWorker.nextOptions(slabs).slab;
  const second = peerWorker.nextOptions(slabs).slab;
  t.not(first.memory, second.memory);
  t.is(slabs.get(first.id), undefined, "the earlier one is closed");
});

test("messages wait for credits, in order", (t) => {
  const { ref, failPiece, failed } = scene();
  ref.credits = 1;
  for (const index of [0, 1, 2]) failPiece(index);
  t.deepEqual(failed(), [0]);
  t.is(ref.roomListeners, 1);
  ref.giveRoom(1);
  failPiece(3);
  t.deepEqual(failed(), [0, 1], "what came later does not overtake");
  ref.giveRoom(10);
  t.deepEqual(failed(), [0, 1, 2, 3]);
});

test("messages to a missing worker are not kept for its successor", (t) => {
  const { ref, peerWorker, slabs, failPiece, failed } = scene();
  ref.credits = 0;
  failPiece(0);
  ref.peer = undefined;
  failPiece(1);
  peerWorker.nextOptions(slabs);
  ref.peer = { name: "peer-0", epoch: 2 };
  ref.giveRoom(1024);
  t.deepEqual(failed(), []);
});

test("had pieces of a turn are sent in one message a torrent", (t) => {
  const { ref, peerWorker } = scene();
  t.true(peerWorker.noteHad(one, piece(0)), "the first asks for a flush");
  t.false(peerWorker.noteHad(one, piece(1)));
  t.false(peerWorker.noteHad(two, piece(0)));
  peerWorker.flushHad();
  t.deepEqual(ref.casts("pieces-had"), [
    { torrent: one, pieces: [piece(0), piece(1)] },
    { torrent: two, pieces: [piece(0)] },
  ]);
  t.true(peerWorker.noteHad(one, piece(2)));
});

test("pieces-had is sent for as many torrents as the link has credits", (t) => {
  const { ref, peerWorker } = scene();
  peerWorker.noteHad(one, piece(0));
  peerWorker.noteHad(two, piece(0));
  ref.credits = 1;
  peerWorker.flushHad();
  t.is(ref.casts("pieces-had").length, 1);
  t.false(peerWorker.noteHad(two, piece(1)), "a flush is planned");
  ref.giveRoom(5);
  t.deepEqual(ref.casts("pieces-had")[1], { torrent: two, pieces: [piece(0), piece(1)] });
});

test("pieces had before a restart are not sent to the new worker, which reads the shared map", (t) => {
  const { ref, peerWorker, slabs } = scene();
  peerWorker.noteHad(one, piece(0));
  peerWorker.nextOptions(slabs);
  peerWorker.flushHad();
  t.deepEqual(ref.casts("pieces-had"), []);
});

test("close-peer waits for credits too", (t) => {
  const { ref, peerWorker } = scene();
  ref.credits = 0;
  peerWorker.calls.cast("close-peer", { torrent: one, peer, reason: "bad-piece" });
  ref.giveRoom(1);
  t.is(ref.casts("close-peer").length, 1);
});

test("a call waits for the messages before it", async (t) => {
  const { ref, peerWorker, failPiece } = scene();
  ref.credits = 0;
  failPiece(0);
  const closed = peerWorker.calls.call("close-torrent", { torrent: one }, { deadlineMs: 1_000 });
  await settle();
  t.deepEqual(ref.sent, []);
  t.is(peerWorker.calls.credits, 0);
  ref.giveRoom(10);
  await closed;
  t.deepEqual(
    ref.sent.map(({ name }) => name),
    ["piece-failed", "close-torrent"],
  );
});
