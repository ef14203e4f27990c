import test from "ava";
import type { FileProtocol, SlabId, TorrentId } from "@troupe/messages";
import { ManualTime, RecordingRef } from "@troupe/actor-runtime/testing";
import type { VerifiedPiece } from "../../../src/engine/base/verified-piece.ts";
import { PendingWrites, sentLimit } from "../../../src/engine/disk/pending-writes.ts";
import { piece } from "../../support/diagrams.ts";
import { writtenPieces } from "../../support/written-pieces.ts";

const torrent = 1 as TorrentId;

function write(index: number): VerifiedPiece {
  return {
    torrent,
    piece: piece(index),
    slab: 1 as SlabId,
    offset: index * 16_384,
    lengthBytes: 16_384,
    tookMs: 0,
    contributors: [],
  };
}

function scene() {
  const file = new RecordingRef<FileProtocol>("file");
  const writes = new PendingWrites(file, { soon: (task) => task() });
  writes.resendAll();
  return {
    file,
    feed: writes,
    sent: () => writtenPieces(file),
    /** A file-worker died and another one is linked. */
    restart() {
      file.peer = { name: "file", epoch: (file.peer?.epoch ?? 0) + 1 };
      file.credits = 1024;
      file.sent.length = 0;
    },
  };
}

/** Writes that the pieces of a turn share. */
function turnScene() {
  const file = new RecordingRef<FileProtocol>("file");
  const time = new ManualTime();
  const writes = new PendingWrites(file, time);
  writes.resendAll();
  const places = (): string[] =>
    file
      .casts("write-pieces")
      .map(
        (sent) =>
          `${sent.torrent}/${sent.slab}: ${sent.places.filter((_, n) => n % 3 === 0).join()}`,
      );
  return { file, time, writes, places };
}

test("the pieces of a turn go out together, those of each torrent and slab in a message", (t) => {
  const { time, writes, places } = turnScene();
  const other = { torrent: 2 as TorrentId };
  for (const next of [write(0), write(1), { ...write(2), ...other }, write(3)]) writes.write(next);
  writes.write({ ...write(4), slab: 2 as SlabId });
  t.deepEqual(places(), []);
  time.endTurn();
  t.deepEqual(places(), ["1/1: 0,1", "2/1: 2", "1/1: 3", "1/2: 4"]);
});

test("a message has 256 pieces at most", (t) => {
  const { file, time, writes } = turnScene();
  for (let index = 0; index < 257; index++) writes.write(write(index));
  time.endTurn();
  t.deepEqual(
    file.casts("write-pieces").map((sent) => sent.places.length / 3),
    [256, 1],
  );
});

test("pieces of a turn in which the file-worker dies go to the next one", (t) => {
  const { file, time, writes, places } = turnScene();
  writes.write(write(0));
  file.peer = undefined;
  time.endTurn();
  t.deepEqual(places(), []);
  file.peer = { name: "file", epoch: 2 };
  writes.write(write(1));
  time.endTurn();
  t.deepEqual(places(), []);
  writes.resendAll();
  time.endTurn();
  t.deepEqual(places(), ["1/1: 0,1"]);
});

test("a piece is sent at once, and its reply returns the write", (t) => {
  const { feed: writes, sent } = scene();
  writes.write(write(3));
  t.deepEqual(sent(), [3]);
  t.is(writes.size, 1);
  t.deepEqual(writes.settle(torrent, piece(3)), write(3));
  t.is(writes.size, 0);
});

test("a reply settles a write once", (t) => {
  const { feed: writes } = scene();
  writes.write(write(3));
  writes.settle(torrent, piece(3));
  t.is(writes.settle(torrent, piece(3)), undefined);
  t.is(writes.settle(2 as TorrentId, piece(3)), undefined);
});

test("a full mailbox holds pieces back, in order; some room is left for other messages", (t) => {
  const { file, feed: writes, sent } = scene();
  file.credits = 258;
  for (let index = 0; index < 4; index++) writes.write(write(index));
  t.deepEqual(sent(), [0, 1]);
  t.is(file.roomListeners, 1);
  file.giveRoom(512);
  t.deepEqual(sent(), [0, 1, 2, 3]);
});

test("no more pieces are sent than the file-worker queues", (t) => {
  const { file, feed: writes, sent } = scene();
  file.credits = 1_000_000;
  for (let index = 0; index < sentLimit + 2; index++) writes.write(write(index));
  t.is(sent().length, sentLimit);
  writes.settle(torrent, piece(0));
  t.is(sent().length, sentLimit + 1);
  t.is(sent().at(-1), sentLimit);
});

test("a new file-worker gets no piece before its storages are open, then every unanswered piece", (t) => {
  const { feed: writes, sent, restart } = scene();
  for (const index of [0, 1, 2]) writes.write(write(index));
  writes.settle(torrent, piece(1));
  restart();
  writes.write(write(3));
  t.deepEqual(sent(), []);
  writes.resendAll();
  t.deepEqual(sent(), [0, 2, 3]);
});

test("pieces wait while there is no file-worker", (t) => {
  const { file, feed: writes, sent, restart } = scene();
  file.peer = undefined;
  file.credits = 0;
  writes.write(write(0));
  t.deepEqual(sent(), []);
  restart();
  writes.resendAll();
  t.deepEqual(sent(), [0]);
});

test("pieces held back when the file-worker crashed are sent once", (t) => {
  const { file, feed: writes, sent, restart } = scene();
  file.credits = 257;
  writes.write(write(0));
  writes.write(write(1));
  restart();
  writes.resendAll();
  file.giveRoom(0);
  t.deepEqual(sent(), [0, 1]);
});
