// Serves peers: the requests of a peer are gathered into batches, and the batches of all peers into calls to the
// file-worker. A batch is sent from the memory it was read into.

import type { Ref } from "@troupe/actor-runtime";
import type { BlocksRead, FileProtocol, StorageRefusal } from "@troupe/messages";
import { blockHeaderBytes } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";

import {
  fillBatch,
  imageBytes,
  isOfPieces,
  requestsOf,
  type Batch,
  type BatchedRequest,
} from "./batch.ts";
import { batchesOfPeer, blocksOfBatch } from "./scarce-memory.ts";
import { resumeReadingWhenServed } from "./read-pause.ts";
import { maxReadCallsOut, maxRefusedReads, maxRunsOfCall, readDeadlineMs } from "../limits.ts";
import { ReadCall, isTemporary, runLimitAfter, type RefusedBlocks } from "./read-call.ts";
import { isServable } from "./servable.ts";
import { leaveTurnsWhenEmpty, putBack, rejectRequest } from "./rejects.ts";
import type { PeerWorker } from "../peer-worker.ts";
import { closeSession } from "../session/session-end.ts";
import type { SessionWithContent } from "../session/session.ts";
import type { DiskUploads } from "./disk-uploads.ts";

/** The uploads of a worker from the files of a file-worker. */
export class UploadScheduler implements DiskUploads<SessionWithContent> {
  readonly #worker: PeerWorker;
  readonly file: Ref<FileProtocol>;
  /** Peers waiting for memory, credit or the file-worker. */
  readonly #waiting: Set<SessionWithContent> = new Set<SessionWithContent>();
  /** The file-worker could not serve them for now, or their piece is hashed again. */
  readonly #retrying: Set<SessionWithContent> = new Set<SessionWithContent>();
  /** Their extents are not ours until the file-worker ends or answers a later call. */
  #unanswered: Batch[] = [];
  /** Sent at the end of the turn. */
  #call: ReadCall = new ReadCall();
  #callsOut = 0;
  #runLimit: number = maxRunsOfCall;
  /** When the file-worker last answered. */
  #answeredAtMs = -Infinity;
  /** Upload memory in running and lost reads. */
  #bytesOut = 0;
  #isMemoryShort = false;

  constructor(worker: PeerWorker, file: Ref<FileProtocol>) {
    this.#worker = worker;
    this.file = file;
    worker.uploadTurns.add(this);
  }

  get isMemoryShort(): boolean {
    return this.#isMemoryShort && this.#waiting.size > 0;
  }

  /** The peer's requests wait for their turn, which may be now. */
  pump(session: SessionWithContent): void {
    if (isServable(session)) this.#waiting.add(session);
    this.resume();
  }

  /** No further read starts. */
  forget(session: SessionWithContent): void {
    session.uploadIfAny?.clear();
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
    // Without a call under way only an empty call shows that the file-worker has ended the late reads.
    if (this.#unanswered.length > 0 && this.#callsOut === 0 && this.file.credits > 0)
      this.#read(new ReadCall());
  }

  fileWorkerGone(): void {
    this.#freeUnanswered();
    this.#resumeAll();
  }

  /** No thread writes to the extents of the late reads any more. */
  #freeUnanswered(): void {
    for (const batch of this.#unanswered) {
      this.#worker.uploads.free(batch.offset);
      this.#bytesOut -= this.#extentOf(batch);
    }
    this.#unanswered = [];
  }

  /** Call it when memory may be free, which any disk may use. */
  #resumeAll(): void {
    for (const scheduler of this.#worker.uploadTurns) scheduler.resume();
  }

  /** Peers take turns, a batch each. The longest wait goes first. */
  resume(): void {
    this.#isMemoryShort = false;
    for (const session of this.#waiting) {
      // A peer with a batch on its way returns when it has taken the batch.
      const isNext =
        isServable(session) && session.upload.batchesOut < batchesOfPeer(this.#worker.uploads);
      if (!isNext) this.#waiting.delete(session);
      else if (!this.#mayRead() || !this.#takeTurn(session)) return;
    }
  }

  /** Adds a batch of the peer to the call. @returns False without memory. */
  #takeTurn(session: SessionWithContent): boolean {
    const { content, upload } = session;
    let requests = Math.min(
      upload.chooseBatch(content.pieceMap),
      blocksOfBatch(this.#worker.uploads),
    );
    // Announced, but doubtful since: read after the piece is confirmed.
    if (requests === 0) return this.#leave(session, this.#retrying);
    requests = this.#allowedOf(session, requests);
    if (requests === 0) return this.#leave(session);
    let offset = this.#worker.uploads.allocate(upload.imageBytes(requests));
    while (offset < 0 && requests > 1) {
      requests >>= 1;
      offset = this.#worker.uploads.allocate(upload.imageBytes(requests));
    }
    this.#isMemoryShort = offset < 0;
    if (offset < 0) return false;
    this.#addToCall(session, requests, offset);
    return this.#leave(session, this.#waiting);
  }

  /** @param joined Where the peer waits next, behind the others. */
  #leave(session: SessionWithContent, joined?: Set<SessionWithContent>): true {
    this.#waiting.delete(session);
    joined?.add(session);
    return true;
  }

  /** @returns How many of the first `requests` may be sent now; 0 when the peer waits for its turn under a rate limit. */
  #allowedOf(session: SessionWithContent, requests: number): number {
    const { upload } = session;
    const { rateLimits } = this.#worker;
    if (rateLimits === undefined) return requests;
    const bytes = rateLimits.up.allow(session, upload.length * blockLengthBytes);
    if (bytes === 0) return 0;
    let allowed = requests;
    while (allowed > 1 && upload.lengthBytes(allowed) > bytes) allowed--;
    return allowed;
  }

  /**
   * Whether another batch may be read. While two calls are under way the next requests gather; while reads are late they
   * wait, so that a hung disk costs no further peer its connection.
   */
  #mayRead(): boolean {
    if (this.#unanswered.length > 0) return false;
    if (this.#call.runCount >= this.#runLimit) this.flush();
    return this.#callsOut < maxReadCallsOut && !this.#isShareUsed() && this.#checkFileRoom();
  }

  /** A hung disk holds at most this memory: uploads from other disks continue. */
  #isShareUsed(): boolean {
    const { uploadSchedulers, uploads } = this.#worker;
    return (
      this.#bytesOut > 0 && this.#bytesOut >= uploads.totalBytes / (uploadSchedulers.length + 1)
    );
  }

  #extentOf(batch: Batch): number {
    return this.#worker.uploads.extentBytes(imageBytes(batch));
  }

  readonly #onFileRoom = (): void => this.resume();

  #checkFileRoom(): boolean {
    if (this.file.credits > 0) return true;
    this.file.whenRoom(this.#onFileRoom, 1);
    return false;
  }

  #addToCall(session: SessionWithContent, requests: number, offset: number): void {
    const { content, upload } = session;
    const batch = fillBatch(this.#worker.slab, session, requests, offset, this.#call.runs);
    this.#call.batches.push(batch);
    this.#worker.rateLimits?.up.take(session, batch.lengthBytes);
    leaveTurnsWhenEmpty(session);
    if (session.wire.isReadingPaused) resumeReadingWhenServed(session);
    if (upload.batchesOut === 0) upload.lastTakenAtMs = this.#worker.nowMs();
    upload.batchesOut++;
    upload.requestsOut += requests;
    content.batchesOut++;
    this.#bytesOut += this.#extentOf(batch);
    const { uploadTurns } = this.#worker;
    uploadTurns.delete(this);
    uploadTurns.add(this);
    if (this.#call.batches.length === 1) this.#worker.turnEnd.flushLater(this);
  }

  /** Sends the call that is being gathered. */
  flush(): void {
    const call = this.#call;
    if (call.batches.length === 0) return;
    this.#call = new ReadCall();
    this.#read(call);
  }

  #read(call: ReadCall): void {
    this.#callsOut++;
    const { context, options } = this.#worker;
    const sentAtMs = this.#worker.nowMs();
    const order = {
      slab: options.slab.id,
      gapBytes: blockHeaderBytes,
      blockBytes: blockLengthBytes,
      runs: call.runs,
    };
    this.file
      .call("read-blocks", order, { deadlineMs: readDeadlineMs })
      .then(
        (reply) => this.#readDone(call, sentAtMs, reply),
        (error: unknown) => this.#readFailed(call, error),
      )
      .catch((error: unknown) => context.fail(error));
  }

  #readDone(call: ReadCall, sentAtMs: number, { diskMs, refused }: BlocksRead): void {
    const nowMs = this.#worker.nowMs();
    // Before that the call waited behind another call.
    const callMs = nowMs - Math.max(sentAtMs, this.#answeredAtMs);
    this.#runLimit = runLimitAfter(callMs, this.#runLimit);
    this.#answeredAtMs = nowMs;
    this.#callsOut--;
    // Calls are answered in order.
    this.#freeUnanswered();
    if (refused.length === 0) call.noteIfSlow(this.#worker.slab, diskMs, nowMs);
    for (const batch of call.batches) {
      this.#bytesOut -= this.#extentOf(batch);
      const refusedBlocks = refused.length === 0 ? [] : call.refusalsOf(batch, refused);
      if (batch.session.wire.phase === "closed") this.#drop(batch);
      else if (refusedBlocks.length > 0) this.#notRead(batch, refusedBlocks);
      else if (!isOfPieces(this.#worker.slab, batch, batch.session.content.pieceMap))
        this.#repeat(batch, this.#retrying);
      else this.#send(batch);
    }
    this.#resumeAll();
  }

  #send(batch: Batch): void {
    const { session, offset } = batch;
    const writtenFromMs = this.#worker.nowMs();
    // The time of the read is not the peer's.
    const { queuedBytes, takenBytes } = session.wire.connection;
    if (queuedBytes === 0) session.upload.sent(writtenFromMs, takenBytes);
    session.times.noteSent();
    session.countProtocolSent(batch.requests * blockHeaderBytes);
    session.wire.control.flush();
    session.wire.connection.write(
      this.#worker.slab.subarray(offset, offset + imageBytes(batch)),
      () => this.#written(batch, writtenFromMs),
    );
  }

  /** Repeats the read without the blocks that the disk does not give; for a refusal that passes with all blocks. */
  #notRead(batch: Batch, refused: readonly RefusedBlocks[]): void {
    const { session } = batch;
    if (refused.some(({ refusal }) => isTemporary(refusal))) {
      this.#repeat(batch, this.#retrying);
      return;
    }
    const requests = requestsOf(this.#worker.slab, batch);
    this.#drop(batch);
    const isRefused = ({ offset }: BatchedRequest): boolean =>
      refused.some(({ begin, end }) => begin <= offset && offset < end);
    const others = requests.filter((request) => !isRefused(request));
    putBack(session, others);
    this.#waiting.add(session);
    for (const { refusal } of refused) {
      this.#refuse(session, refusal);
      if (isClosed(session)) return;
    }
    for (const { piece, begin, lengthBytes } of requests.filter(isRefused))
      rejectRequest(session, piece, begin, lengthBytes);
  }

  /** The disk does not give it. With the fast extension other pieces are still served. */
  #refuse(session: SessionWithContent, refusal: StorageRefusal): void {
    const { features, torrent } = session;
    this.#worker.context.log("warn", "read-refused", { torrent: torrent.id, ...refusal });
    if (features.fast === undefined || features.fast.countRefusedRead() > maxRefusedReads)
      closeSession(session, "read-failed", false);
  }

  #written(batch: Batch, writtenFromMs: number): void {
    const { session, lengthBytes } = batch;
    this.#freeBatch(batch);
    if (session.wire.phase !== "closed") {
      const nowMs = this.#worker.nowMs();
      session.countSent(lengthBytes);
      this.#worker.rateLimits?.up.settle(session, lengthBytes);
      session.upload.batchTaken(nowMs - writtenFromMs);
      session.upload.lastTakenAtMs = nowMs;
      if (isServable(session)) this.#waiting.add(session);
    }
    this.#resumeAll();
  }

  /** The file-worker is gone, failed, or has not answered for a minute. */
  #readFailed(call: ReadCall, error: unknown): void {
    this.#callsOut--;
    const isLate = error instanceof Error && "code" in error && error.code === "call-deadline";
    for (const batch of call.batches) {
      if (isLate) this.#abandon(batch);
      else {
        this.#bytesOut -= this.#extentOf(batch);
        this.#repeat(batch, this.#waiting);
      }
    }
    // Peers that wait register for the next file-worker's credits.
    this.#resumeAll();
  }

  /** The file-worker may still write to the extent. */
  #abandon(batch: Batch): void {
    this.#unanswered.push(batch);
    this.#endBatch(batch);
    this.#giveBack(batch);
    closeSession(batch.session, "disk-not-answering", false);
  }

  /** The requests are read again. */
  #repeat(batch: Batch, waiting: Set<SessionWithContent>): void {
    const requests = requestsOf(this.#worker.slab, batch);
    this.#drop(batch);
    putBack(batch.session, requests);
    waiting.add(batch.session);
  }

  /** The batch is not sent. */
  #drop(batch: Batch): void {
    this.#freeBatch(batch);
    this.#giveBack(batch);
  }

  #giveBack({ session, lengthBytes }: Batch): void {
    this.#worker.rateLimits?.up.giveBack(session, lengthBytes);
  }

  #freeBatch(batch: Batch): void {
    this.#worker.uploads.free(batch.offset);
    this.#endBatch(batch);
  }

  #endBatch({ session, requests }: Batch): void {
    session.upload.batchesOut--;
    session.upload.requestsOut -= requests;
    session.content.batchesOut--;
    session.torrent.finishCloseWhenUnused();
  }
}

/** Its phase may have changed since the last look. */
function isClosed({ wire }: SessionWithContent): boolean {
  return wire.phase === "closed";
}
