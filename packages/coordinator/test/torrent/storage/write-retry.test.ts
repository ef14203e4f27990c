import test from "ava";
import type { PieceIndex } from "@troupe/protocol/units";
import { settle } from "@troupe/actor-runtime/testing";
import { retryAfterMs } from "../../../src/torrent/storage/write-retry.ts";
import { piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import { piecesSealed } from "../../../src/torrent/pieces/sealed-pieces.ts";
import { pieceNotWritten, piecesWritten } from "../../../src/torrent/pieces/written-pieces.ts";
import { draw, piece } from "../../support/diagrams.ts";
import { writtenPieces } from "../../support/written-pieces.ts";
import {
  leaseAnswers,
  at,
  makeScene,
  sealedPiece,
  showPeer,
  rowIndex,
} from "../../support/engine-scene.ts";

function scene() {
  const made = makeScene();
  const { engine, hashings } = made;
  const job = made.addJob();
  const { slab } = made.peerWorker(0);
  const hashed = async (index: PieceIndex) => {
    const { lease } = job.content.ledger.grant(index, 0, 0);
    const sealed = sealedPiece(job, { piece: index, lease, slab: slab?.id ?? (0 as never) });
    piecesSealed(engine, job, made.peerWorker(0), sealed);
    await hashings.shift()?.give(index);
    await settle();
  };
  return {
    ...made,
    job,
    hashed,
    writes: () => {
      made.time.endTurn();
      return writtenPieces(made.file);
    },
    refused: (index: PieceIndex, refused = "disk-full") =>
      pieceNotWritten(engine, job.disk, {
        torrent: job.id,
        piece: index,
        refused,
        message: "no room",
      }),
    written: (index: PieceIndex) =>
      piecesWritten(engine, job.disk, { torrent: job.id, pieces: [index] }),
    begun: () => {
      showPeer(job, { worker: 0, rowIndex: 0 }, "####");
      piecesWanted(engine, job, made.peerWorker(0), { peers: [{ peer: rowIndex(0), count: 4 }] });
      return leaseAnswers(made.ref(0)).at(-1)?.pieces.length;
    },
  };
}

test("F19: pieces that a full disk refuses are held, retried, and written when there is room", async (t) => {
  const { job, hashed, refused, written, writes, time, events, gather } = scene();
  for (const index of [0, 1, 2]) await hashed(piece(index));
  for (const index of [0, 1, 2]) refused(piece(index));
  t.is(draw(job.content.ledger), "www.");
  t.is(job.state, "error");
  t.deepEqual(job.fault, {
    code: "disk-full",
    message: "waiting for space: no room",
    continuesOnce: "there is room",
  });
  t.true(job.isRunning, "it keeps serving");
  t.true(retryAfterMs <= 15_000, "it continues soon after there is room");
  time.advance(retryAfterMs);
  t.deepEqual(writes(), [0, 1, 2, 0]);
  refused(piece(0));
  time.advance(retryAfterMs);
  t.deepEqual(writes(), [0, 1, 2, 0, 1]);
  written(piece(1));
  t.is(job.state, "active");
  t.is(job.fault, undefined);
  t.deepEqual(writes(), [0, 1, 2, 0, 1, 2, 0]);
  written(piece(0));
  written(piece(2));
  t.is(draw(job.content.ledger), "###.");
  gather();
  t.deepEqual(
    events().filter(({ event }) => event === "error"),
    [],
  );
  t.is(events().filter(({ event }) => event === "warning").length, 1);
});

test("F19: the write of another piece does not end the waiting", async (t) => {
  const { job, hashed, refused, written } = scene();
  await hashed(piece(0));
  await hashed(piece(1));
  refused(piece(0));
  written(piece(1));
  t.is(job.state, "error");
  t.is(draw(job.content.ledger), "w#..");
});

test("F19: no piece is begun while the disk refuses writes", async (t) => {
  const { hashed, refused, written, begun, time } = scene();
  await hashed(piece(0));
  refused(piece(0));
  t.is(begun(), 0);
  time.advance(retryAfterMs);
  written(piece(0));
  t.is(begun(), 3);
});

test("F26: every error that can end is waited for", async (t) => {
  for (const code of ["EACCES", "EROFS", "ENOENT", "not-a-file", "path-outside-root"]) {
    const { job, hashed, refused, written, time } = scene();
    await hashed(piece(1));
    written(piece(1));
    await hashed(piece(0));
    refused(piece(0), code);
    t.like(job.fault, { code });
    time.advance(retryAfterMs);
    written(piece(0));
    t.is(job.state, "active");
  }
});

test("a folder that has taken no write yet is not waited for", async (t) => {
  const { job, hashed, refused } = scene();
  await hashed(piece(0));
  refused(piece(0), "ENOENT");
  t.is(job.state, "error");
  t.is(job.fault?.message, "no room");
  t.is(job.life.held, undefined);
});

test("F21: an I/O error is tried three times, each later than the one before, and is final then", async (t) => {
  const { job, hashed, refused, writes, time, events, gather, ref } = scene();
  await hashed(piece(0));
  refused(piece(0), "EIO");
  t.is(job.state, "active");
  for (const ms of [1_000, 2_000, 4_000]) {
    const before = writes().length;
    time.advance(ms - 1);
    t.is(writes().length, before);
    time.advance(1);
    t.is(writes().length, before + 1);
    refused(piece(0), "EIO");
  }
  await settle();
  t.is(job.state, "error");
  t.false(job.isRunning);
  t.is(draw(job.content.ledger), "....");
  t.is(ref(0).casts("piece-failed").length, 1, "its memory is free once");
  gather();
  t.like(
    events().find(({ event }) => event === "error"),
    { code: "EIO" },
  );
});

test("F21: an I/O error that passes is no error", async (t) => {
  const { job, hashed, refused, written, time } = scene();
  await hashed(piece(0));
  refused(piece(0), "EIO");
  time.advance(1_000);
  written(piece(0));
  t.is(job.life.held, undefined);
  t.is(draw(job.content.ledger), "#...");
});

test("a start of a waiting torrent tries at once", async (t) => {
  const { job, hashed, refused, writes, written } = scene();
  await hashed(piece(0));
  refused(piece(0));
  job.life.start();
  t.deepEqual(writes(), [0, 0]);
  job.life.start();
  t.deepEqual(writes(), [0, 0]);
  written(piece(0));
  t.is(job.state, "active");
});

test("a torrent that waits can be paused, and is paused when the disk takes pieces again", async (t) => {
  const { job, hashed, refused, written, time, ref } = scene();
  await hashed(piece(0));
  refused(piece(0));
  job.life.pause();
  t.is(job.state, "error");
  time.advance(retryAfterMs);
  written(piece(0));
  t.is(job.state, "paused");
  t.deepEqual(ref(0).casts("set-paused"), [{ torrent: job.id, isPaused: true }]);
});

test("stopping a waiting torrent frees its held pieces, which are missing", async (t) => {
  const { job, hashed, refused, writes, time, ref } = scene();
  await hashed(piece(0));
  refused(piece(0));
  await job.life.stop();
  t.is(job.state, "stopped");
  t.is(draw(job.content.ledger), "....");
  t.is(at(ref(0).casts("piece-failed"), 0).piece, piece(0));
  time.advance(10 * retryAfterMs);
  t.deepEqual(writes(), [0]);
});

test("a file with a hard link is waited for, and its piece is retried until it is written", async (t) => {
  const { job, hashed, refused, written, writes, time } = scene();
  for (const index of [0, 1]) await hashed(piece(index));
  // Nothing has been written yet: no other refusal but a full disk is waited for then.
  for (const index of [0, 1]) refused(piece(index), "file-linked");
  t.is(job.state, "error");
  t.like(job.fault, { code: "file-linked" });
  t.true(job.isRunning, "it keeps serving");
  for (let tries = 0; tries < 3; tries++) {
    time.advance(retryAfterMs);
    refused(piece(0), "file-linked");
  }
  t.deepEqual(writes(), [0, 1, 0, 0, 0]);
  time.advance(retryAfterMs);
  written(piece(0));
  t.is(job.state, "active");
  t.is(job.fault, undefined);
  t.deepEqual(writes(), [0, 1, 0, 0, 0, 0, 1]);
});
