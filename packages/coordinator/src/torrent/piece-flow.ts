// The life of a sealed piece: hash pool → file-worker → had → told to peers and to the user.
// `had`, `have` and the user's event come after the write has returned, never after the hash alone.

import type { FileProtocol, PieceSealed } from "@troupe/messages";
import type { MessageOf } from "@troupe/actor-runtime";
import type { PieceIndex } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import type { PeerWorkerSeat } from "../engine/peer-worker-seat.ts";
import type { Slab } from "../engine/slab-book.ts";
import { say } from "./event-outbox.ts";
import { completeTorrent, failTorrent } from "./lifecycle.ts";
import { banContributor } from "./peers.ts";
import type { TorrentJob } from "./torrent-job.ts";

const digestBytes = 20;

/** A worker sealed a piece: nobody writes there until it is answered. */
export function pieceSealed(
  engine: Engine,
  job: TorrentJob,
  seat: PeerWorkerSeat,
  sealed: PieceSealed,
): void {
  const slab = engine.slabs.get(sealed.slab);
  const lease = job.ledger.leaseOf(sealed.piece, sealed.lease);
  if (slab === undefined || lease?.worker !== seat.index) {
    if (job.ledger.isUnleased(sealed.piece)) tellFailed(job, seat, sealed.piece);
    return;
  }
  job.ledger.toHashing(sealed.piece);
  engine.slabs.hold(slab);
  void hashPiece(engine, job, seat, sealed, slab);
}

async function hashPiece(
  engine: Engine,
  job: TorrentJob,
  seat: PeerWorkerSeat,
  sealed: PieceSealed,
  slab: Slab,
): Promise<void> {
  const { offset, lengthBytes, piece } = sealed;
  try {
    const digest = await engine.hashPool.digest({ memory: slab.memory, offset, lengthBytes });
    if (engine.torrents.get(job.id) !== job) return engine.slabs.letGo(slab);
    if (isDigestOf(job, piece, digest)) writePiece(engine, job, sealed);
    else hashFailed(engine, job, seat, sealed, slab);
  } catch (error) {
    engine.context.fail(error);
  }
}

function isDigestOf(job: TorrentJob, piece: PieceIndex, digest: Uint8Array): boolean {
  const { pieceHashes } = job.metainfo;
  const at = piece * digestBytes;
  for (let byte = 0; byte < digestBytes; byte++) {
    if (digest[byte] !== pieceHashes[at + byte]) return false;
  }
  return true;
}

function writePiece(engine: Engine, job: TorrentJob, sealed: PieceSealed): void {
  const { piece, slab, offset, lengthBytes } = sealed;
  job.ledger.toWriting(piece);
  engine.feed.write({ torrent: job.id, piece, slab, offset, lengthBytes });
}

function hashFailed(
  engine: Engine,
  job: TorrentJob,
  seat: PeerWorkerSeat,
  sealed: PieceSealed,
  slab: Slab,
): void {
  job.failedHashBytes += sealed.lengthBytes;
  pieceLost(engine, job, sealed.piece, slab);
  say(engine, job, { event: "piece", index: sealed.piece, verified: false });
  const [only, ...others] = sealed.contributors;
  // Of several contributors nobody is named by the piece alone: innocents are never banned.
  if (only !== undefined && others.length === 0 && seat.slab?.id === sealed.slab) {
    banContributor(engine, job, seat, only);
  }
}

/** The piece is missing again and its memory free. */
function pieceLost(engine: Engine, job: TorrentJob, piece: PieceIndex, slab: Slab): void {
  job.ledger.release(piece);
  job.picker.forgetOrder();
  endSlabUse(engine, slab);
  for (const seat of engine.seats) tellFailed(job, seat, piece);
}

function tellFailed(job: TorrentJob, seat: PeerWorkerSeat, piece: PieceIndex): void {
  if (seat.ref.peer !== undefined) seat.ref.cast("piece-failed", { torrent: job.id, piece });
}

function endSlabUse(engine: Engine, slab: Slab): void {
  engine.slabs.letGo(slab);
  engine.bigPieces.releaseIf(engine.slabs, slab);
}

/** The file-worker has written it: from here on we have it. */
export function pieceWritten(
  engine: Engine,
  job: TorrentJob,
  { piece }: MessageOf<FileProtocol, "piece-written">,
): void {
  const write = engine.feed.answered(job.id, piece);
  if (write === undefined) return;
  job.ledger.toHad(piece);
  const slab = engine.slabs.get(write.slab);
  if (slab !== undefined) endSlabUse(engine, slab);
  for (const seat of engine.seats) {
    if (seat.noteHad(job.id, piece)) engine.context.timers.soon(() => seat.flushHad());
  }
  say(engine, job, { event: "piece", index: piece, verified: true });
  if (job.ledger.isComplete) void completeTorrent(engine, job);
}

/** The disk refused: the piece is given up and its torrent waits in the error state. */
export function pieceNotWritten(
  engine: Engine,
  job: TorrentJob,
  { piece, refused, message }: MessageOf<FileProtocol, "piece-not-written">,
): void {
  const write = engine.feed.answered(job.id, piece);
  if (write === undefined) return;
  const slab = engine.slabs.get(write.slab);
  if (slab !== undefined) pieceLost(engine, job, piece, slab);
  failTorrent(engine, job, { code: refused, message });
}
