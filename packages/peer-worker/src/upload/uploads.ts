// Serves a peer: its requests are gathered into batches, read by the file-worker and sent from the memory they were
// read into.
//
//   one batch in the upload region, as it goes over the wire:
//
//   [13 header][16 384 block][13 header][16 384 block] … [13 header][last block]
//
// The file-worker fills the blocks, we write the headers, and a single write sends the batch. The extent stays
// untouched from the read until the stream has released it.

import type { Ref } from "@troupe/actor-runtime";
import type { FileProtocol, ReadBlocks, StorageRefusal } from "@troupe/messages";
import {
  type PieceIndex,
  blockHeaderBytes,
  blockLengthBytes,
  pieceLength,
  writeBlockHeader,
} from "@troupe/protocol";

import { resumeReadingWhenServed } from "./read-pause.ts";
import { readDeadlineMs, maxReadsOut, maxRefusedReads } from "../limits.ts";
import { rejectRequests } from "./rejects.ts";
import { wireBlockBytes } from "./upload-queue.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { closeSession } from "../session/session-end.ts";
import type { SessionWithContent } from "../session/session.ts";
import { takeWhileChoked } from "../session/fast/allowed-fast.ts";
import type { DiskUploads } from "../torrent.ts";

const temporaryRefusals: ReadonlySet<string> = new Set([
  "not-settled",
  "queue-full",
  "unknown-slab",
  "unknown-torrent",
]);

/** Requests that are read and sent together. */
interface Batch {
  readonly session: SessionWithContent;
  readonly piece: PieceIndex;
  readonly begin: number;
  readonly lengthBytes: number;
  readonly requests: number;
  readonly offset: number;
}

/** The uploads of a worker from the files of a file-worker. */
export class UploadScheduler implements DiskUploads {
  readonly #worker: PeerWorker;
  readonly #file: Ref<FileProtocol>;
  /** Peers waiting for memory, credit or the file-worker. */
  readonly #waiting: Set<SessionWithContent> = new Set<SessionWithContent>();
  /** The file-worker could not serve them for now, or their piece is hashed again. */
  readonly #retrying: Set<SessionWithContent> = new Set<SessionWithContent>();
  /** Their extents are not ours until the file-worker ends. */
  #unanswered: Batch[] = [];
  #readsOut = 0;
  /** Upload memory in running and lost reads. */
  #bytesOut = 0;
  #isMemoryShort = false;

  constructor(worker: PeerWorker, file: Ref<FileProtocol>) {
    this.#worker = worker;
    this.#file = file;
  }

  get isMemoryShort(): boolean {
    return this.#isMemoryShort && this.#waiting.size > 0;
  }

  /** Starts reads for the peer, as fast as it takes blocks. */
  pump(session: SessionWithContent): void {
    if (!this.#serve(session)) this.#waiting.add(session);
  }

  /** No further read starts. */
  forget(session: SessionWithContent): void {
    session.uploads.clear();
    this.#worker.rateLimits?.up.leave(session);
    this.#waiting.delete(session);
    this.#retrying.delete(session);
    resumeReadingWhenServed(session);
  }

  /** Once a second: retries what the file-worker could not serve. */
  tick(): void {
    for (const session of this.#retrying) this.#waiting.add(session);
    this.#retrying.clear();
    this.resume();
  }

  /** No thread writes to the extents of the silent file-worker's reads any more. */
  fileWorkerGone(): void {
    for (const batch of this.#unanswered) {
      this.#worker.uploads.free(batch.offset);
      this.#bytesOut -= this.#extentOf(batch);
    }
    this.#unanswered = [];
  }

  /** The longest wait goes first. */
  resume(): void {
    for (const session of this.#waiting) {
      this.#waiting.delete(session);
      if (this.#serve(session)) continue;
      this.#waiting.add(session);
      return;
    }
  }

  /** @returns False when the peer must wait. */
  #serve(session: SessionWithContent): boolean {
    while (isServable(session)) {
      // Announced, but doubtful since: read after the piece is confirmed.
      if (!session.content.pieceMap.has(session.uploads.piece)) {
        this.#retrying.add(session);
        return true;
      }
      if (this.#readsOut >= maxReadsOut || this.#isShareUsed() || !this.#checkFileRoom())
        return false;
      let requests = this.#chooseBatch(session);
      if (requests === 0) return true;
      let offset = this.#worker.uploads.allocate(requests * wireBlockBytes);
      while (offset < 0 && requests > 1) {
        requests >>= 1;
        offset = this.#worker.uploads.allocate(requests * wireBlockBytes);
      }
      this.#isMemoryShort = offset < 0;
      if (offset < 0) return false;
      this.#read(session, requests, offset);
    }
    return true;
  }

  /** @returns The number of requests in the next batch; 0 when the peer waits for its turn under a rate limit. */
  #chooseBatch(session: SessionWithContent): number {
    const { uploads } = session;
    const { rateLimits } = this.#worker;
    if (rateLimits === undefined) return uploads.chooseBatch();
    const bytes = rateLimits.up.allow(session, uploads.length * blockLengthBytes);
    if (bytes === 0) return 0;
    let requests = uploads.chooseBatch();
    while (requests > 1 && uploads.lengthBytes(requests) > bytes) requests--;
    return requests;
  }

  /** A hung disk holds at most this memory: uploads from other disks continue. */
  #isShareUsed(): boolean {
    const { uploadSchedulers, uploads } = this.#worker;
    return (
      this.#bytesOut > 0 && this.#bytesOut >= uploads.totalBytes / (uploadSchedulers.length + 1)
    );
  }

  #extentOf({ requests }: Batch): number {
    return this.#worker.uploads.extentBytes(requests * wireBlockBytes);
  }

  readonly #onFileRoom = (): void => this.resume();

  #checkFileRoom(): boolean {
    if (this.#file.credits > 0) return true;
    this.#file.whenRoom(this.#onFileRoom, 1);
    return false;
  }

  #read(session: SessionWithContent, requests: number, offset: number): void {
    const { torrent, content, uploads } = session;
    const piece = uploads.piece as PieceIndex;
    const { begin } = uploads;
    const lengthBytes = uploads.lengthBytes(requests);
    const batch: Batch = { session, piece, begin, lengthBytes, requests, offset };
    uploads.takeBatch(requests, pieceLength(content.geometry, piece));
    this.#worker.rateLimits?.up.take(session, lengthBytes);
    if (session.isReadingPaused) resumeReadingWhenServed(session);
    if (uploads.batchesOut === 0) uploads.lastTakenAtMs = this.#worker.nowMs();
    uploads.batchesOut++;
    uploads.requestsOut += requests;
    content.batchesOut++;
    this.#readsOut++;
    this.#bytesOut += this.#extentOf(batch);
    const { context, options } = this.#worker;
    const order: ReadBlocks = {
      torrent: torrent.id,
      position: piece * content.geometry.pieceLengthBytes + begin,
      lengthBytes,
      slab: options.slab.id,
      offset,
      gapBytes: blockHeaderBytes,
      blockBytes: blockLengthBytes,
    };
    this.#file
      .call("read-blocks", order, { deadlineMs: readDeadlineMs })
      .then(
        (reply) => this.#readDone(batch, reply),
        (error: unknown) => this.#readFailed(batch, error),
      )
      .catch((error: unknown) => context.fail(error));
  }

  #readDone(batch: Batch, reply: {} | StorageRefusal): void {
    const { session, offset } = batch;
    this.#readsOut--;
    this.#bytesOut -= this.#extentOf(batch);
    if ("refused" in reply && isTemporary(reply)) {
      this.#freeBatch(batch);
      this.#giveBack(batch);
      this.#putBack(batch, this.#retrying);
    } else if ("refused" in reply) {
      this.#worker.context.log("warn", "read-refused", { torrent: session.torrent.id, ...reply });
      this.#freeBatch(batch);
      this.#giveBack(batch);
      this.#refuse(batch);
    } else if (session.phase === "closed") {
      this.#freeBatch(batch);
      this.#giveBack(batch);
    } else {
      writeHeaders(this.#worker.slab, batch);
      const imageBytes = batch.lengthBytes + batch.requests * blockHeaderBytes;
      const writtenFromMs = this.#worker.nowMs();
      session.hasSent = true;
      session.countProtocolSent(batch.requests * blockHeaderBytes);
      session.control.flush();
      session.stream.write(this.#worker.slab.subarray(offset, offset + imageBytes), () =>
        this.#written(batch, writtenFromMs),
      );
    }
    this.resume();
  }

  /** The disk does not give it. With the fast extension other pieces are still served. */
  #refuse({ session, piece, begin, lengthBytes }: Batch): void {
    const { fast } = session;
    if (session.phase === "closed") return;
    if (fast === undefined || ++fast.refusedReads > maxRefusedReads)
      closeSession(session, "read-failed", false);
    else rejectRequests(session, piece, begin, lengthBytes);
  }

  #written(batch: Batch, writtenFromMs: number): void {
    const { session, lengthBytes } = batch;
    this.#freeBatch(batch);
    if (session.phase !== "closed") {
      const nowMs = this.#worker.nowMs();
      session.countSent(lengthBytes);
      this.#worker.rateLimits?.up.settle(session, lengthBytes);
      session.uploads.batchTaken(nowMs - writtenFromMs);
      session.uploads.lastTakenAtMs = nowMs;
      this.pump(session);
    }
    // Any scheduler may use its memory.
    for (const scheduler of this.#worker.uploadSchedulers) scheduler.resume();
  }

  /** The file-worker is gone, failed, or has not answered for a minute. */
  #readFailed(batch: Batch, error: unknown): void {
    const { session } = batch;
    this.#readsOut--;
    if (error instanceof Error && "code" in error && error.code === "call-deadline") {
      // It may still write there: the extent is lost until it ends.
      this.#unanswered.push(batch);
      this.#endBatch(batch);
      this.#giveBack(batch);
      closeSession(session, "disk-not-answering", false);
      return;
    }
    this.#bytesOut -= this.#extentOf(batch);
    this.#freeBatch(batch);
    this.#giveBack(batch);
    this.#putBack(batch, this.#waiting);
    // Registers for the next file-worker's credits.
    this.#checkFileRoom();
  }

  /** In front of the others. */
  #putBack({ session, piece, begin, lengthBytes }: Batch, waiting: Set<SessionWithContent>): void {
    if (session.phase === "closed") return;
    const isLost = session.content.isAdvertisedButLost(piece);
    if (isLost || (session.isPeerChoked && !takeWhileChoked(session, piece))) {
      rejectRequests(session, piece, begin, lengthBytes);
      return;
    }
    session.uploads.putBack(piece, begin, lengthBytes);
    waiting.add(session);
  }

  /** The batch was not sent. */
  #giveBack({ session, lengthBytes }: Batch): void {
    this.#worker.rateLimits?.up.giveBack(session, lengthBytes);
  }

  #freeBatch(batch: Batch): void {
    this.#worker.uploads.free(batch.offset);
    this.#endBatch(batch);
  }

  #endBatch({ session, requests }: Batch): void {
    session.uploads.batchesOut--;
    session.uploads.requestsOut -= requests;
    session.content.batchesOut--;
    session.torrent.finishCloseWhenUnused();
  }
}

/** A file-worker that is not ready, or whose queue is full: retried in the next second. */
function isTemporary({ refused }: StorageRefusal): boolean {
  return temporaryRefusals.has(refused);
}

function isServable(session: SessionWithContent): boolean {
  const { uploads } = session;
  return (
    uploads.length > 0 &&
    uploads.hasRoom &&
    session.phase === "open" &&
    session.torrent.isActive &&
    // The queue of a choked peer has only what it may request while choked.
    (session.fast !== undefined || !session.isPeerChoked)
  );
}

function writeHeaders(slab: Uint8Array, batch: Batch): void {
  const end = batch.begin + batch.lengthBytes;
  let at = batch.offset;
  for (let begin = batch.begin; begin < end; begin += blockLengthBytes) {
    const lengthBytes = Math.min(blockLengthBytes, end - begin);
    at = writeBlockHeader(slab, at, batch.piece, begin, lengthBytes) + lengthBytes;
  }
}
