// Answers `read-file`: the next bytes of a reader, once they are had and the file-worker has read them. Of a torrent at rest
// it gives the bytes on the disk to readers that ask for them.

import { pause } from "@troupe/actor-runtime";
import {
  pushRun,
  type BlocksRead,
  type CallRefusal,
  type FileBytes,
  type FileRead,
  type ReadBlocks,
  type TorrentId,
} from "@troupe/messages";
import { pieceAt, pieceStart } from "@troupe/protocol/metainfo";
import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { callFileWorker } from "../../engine/base/file-calls.ts";
import { refusalOf } from "../../engine/base/records-calls.ts";
import { isAtRest } from "../lifecycle/run.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import { FileReader, usualReadBytes } from "./file-reader.ts";
import { openRestFiles, readAtRest } from "./rest-files.ts";
import { beginReader, type ReadingServices } from "./tend-readers.ts";

/** Open readers of all torrents, each with up to 1 MiB of memory, and twice `mostReadBytes` if it reads ahead. One more is refused. */
const mostReaders = 128;
/** Most bytes of a read ahead. */
const mostReadBytes = 2 ** 22;
/** A read is answered after this time, although the file-worker still reads. */
const holdMs = 100;
/** A reader that waits so long is reported. */
const stallMs = 5_000;
const readDeadlineMs = 60_000;
/** A read that failed is tried again after this time, as long as its pieces are had. */
const againAfterMs = 500;
const mostRefusals = 20;
const nothingYet: FileBytes = { lengthBytes: 0 };
/**
 * Gives the next bytes. Without a byte the program is told when it may read again: while the torrent is checked, queued or
 * paused, or no peer sends the piece.
 *
 * @returns A refusal: `torrent-stopped`, `too-many-readers`, the code of the torrent's error, or that of the file-worker.
 */
export async function readFile(
  engine: ReadingServices,
  job: TorrentJob,
  read: FileRead,
): Promise<FileBytes | CallRefusal> {
  // The program hears of the state that follows the metadata.
  if (!hasContent(job)) return isOver(job) ? stopped(job) : nothingYet;
  const reader = readerOf(engine, job, read);
  if (!(reader instanceof FileReader)) return reader;
  reader.moveTo(read, engine.context.clock.nowMs());
  let answer = answerNow(engine, job, reader);
  if (answer === undefined && reader.state.state === "filling") {
    await reader.change(engine.context.timers, holdMs);
    answer = answerNow(engine, job, reader);
  }
  if (answer !== undefined) return answer;
  reader.await();
  reportStall(engine, job, reader);
  return nothingYet;
}

/** The open reader, or a new one. */
function readerOf(
  engine: ReadingServices,
  job: JobWithContent,
  { reader: number, file, start, end, atRest, isAhead }: FileRead,
): FileReader | CallRefusal {
  const open = job.readers.get(number);
  if (open !== undefined) return open;
  const readsAtRest = atRest === true;
  if (isOver(job) && !readsAtRest) return stopped(job);
  const { memory } = engine;
  if (memory.readers.size >= mostReaders) return tooMany(job);
  const { geometry } = job.content.ledger;
  const { offset: fileStart = 0 } = job.content.metainfo.files[file] ?? {};
  const place = fileStart + start;
  const partBytes = Math.min(isAhead === true ? mostReadBytes : usualReadBytes, end - start);
  const facts = {
    file,
    fileStart,
    end: fileStart + end,
    pieces: [pieceAt(geometry, place), pieceAt(geometry, fileStart + end - 1)],
    lastPiece: start === 0 ? job.content.files.piecesOf(file)?.[1] : undefined,
    slab: memory.slabs.open(isAhead === true ? 2 * partBytes : partBytes),
    partBytes,
    readsAtRest,
  } as const;
  const reader = new FileReader(facts, place, engine.context.clock.nowMs(), () => {
    job.outbox.emit({ event: "reader-ready", reader: number });
    job.outbox.flush();
  });
  beginReader(engine, job, number, reader);
  return reader;
}

/** @returns Undefined while the reader waits. */
function answerNow(
  engine: ReadingServices,
  job: JobWithContent,
  reader: FileReader,
): FileBytes | CallRefusal | undefined {
  const { readsAtRest } = reader.facts;
  if (reader.state.state === "ended" || (isOver(job) && !readsAtRest)) return stopped(job);
  if (reader.answer !== undefined) return reader.answer;
  if (reader.state.state === "filling") return undefined;
  if (readsAtRest && isAtRest(job.life.run)) {
    void fillAtRest(engine, job, reader);
    return undefined;
  }
  reader.closeRestFiles();
  const { map } = job.content.ledger;
  const lengthBytes = job.isRunning ? bytesHad(job, reader, (piece) => map.has(piece)) : 0;
  if (lengthBytes > 0) void fillRunning(engine, job, reader, lengthBytes);
  else if (job.state === "error" && job.fault !== undefined) return faultOf(job);
  else reader.waitFrom(engine.context.clock.nowMs());
  return undefined;
}

/** The torrent cannot run. */
function faultOf({ fault, name }: TorrentJob): CallRefusal {
  const message = fault?.message ?? `cannot read a file of ${name}`;
  return { refused: fault?.code ?? "torrent-stopped", message };
}

/** @returns Bytes from the reader's place on that are had, as many as a read gives. */
function bytesHad(
  { content }: JobWithContent,
  { facts, mostBytes, place }: FileReader,
  isHad: (piece: number) => boolean,
): number {
  const { geometry } = content.ledger;
  const most = Math.min(facts.end, place + mostBytes);
  let piece = pieceAt(geometry, place);
  while (pieceStart(geometry, piece) < most && isHad(piece)) piece++;
  return Math.max(0, Math.min(most, pieceStart(geometry, piece)) - place);
}

/** Reads pieces that are had of a torrent that runs. */
async function fillRunning(
  { context }: ReadingServices,
  job: JobWithContent,
  reader: FileReader,
  lengthBytes: number,
): Promise<void> {
  const rules = { deadlineMs: readDeadlineMs, signal: job.life.signal };
  await fill(context, reader, { torrent: job.id, lengthBytes }, async (message) => {
    return await callFileWorker(job.disk, "read-blocks", message, rules);
  });
}

/** Reads pieces of a torrent at rest. Without any a stopped torrent is refused, and a queued torrent may run soon. */
async function fillAtRest(
  engine: ReadingServices,
  job: JobWithContent,
  reader: FileReader,
): Promise<void> {
  const { context } = engine;
  reader.fill();
  const restFiles = reader.restFiles(() => openRestFiles(engine, job, reader));
  const had = await restFiles.had;
  // The reader has ended meanwhile.
  if (reader.state.state !== "filling") return;
  if ("refused" in had) return reader.fail(had);
  const lengthBytes = bytesHad(job, reader, (piece) => hasBit(had, piece));
  if (lengthBytes === 0 && job.state === "stopped") return reader.fail(notOnDisk(job));
  if (lengthBytes === 0 && job.state === "error") return reader.fail(faultOf(job));
  if (lengthBytes === 0) {
    reader.closeRestFiles();
    await pause(context.timers, againAfterMs);
    return reader.filled(0, context.clock.nowMs());
  }
  await fill(context, reader, { torrent: restFiles.id, lengthBytes }, async (message) => {
    const answer = await readAtRest(engine, restFiles, message);
    // Another file-worker has them no longer, and files that have changed count again by the record alone.
    if (answer.refused.length > 0) reader.closeRestFiles();
    return answer;
  });
}

/** The bytes of a read from the reader's place on. */
interface ReadPart {
  /** The number of the files at the file-worker. */
  readonly torrent: TorrentId;
  readonly lengthBytes: number;
}

/** A read that failed is tried again: a changed file is checked meanwhile, and its pieces may be lost. */
async function fill(
  context: ReadingServices["context"],
  reader: FileReader,
  { torrent, lengthBytes }: ReadPart,
  read: (message: ReadBlocks) => Promise<BlocksRead | undefined>,
): Promise<void> {
  const offset = reader.fill();
  const { id: slab } = reader.facts.slab;
  const runs: number[] = [];
  pushRun(runs, { torrent, position: reader.place, lengthBytes, offset });
  try {
    const answer = await read({ slab, gapBytes: 0, blockBytes: lengthBytes, runs });
    const [refused] = answer?.refused ?? [];
    reader.refusals = refused === undefined ? 0 : reader.refusals + 1;
    if (refused === undefined)
      return reader.filled(answer === undefined ? 0 : lengthBytes, context.clock.nowMs());
    if (reader.refusals >= mostRefusals) return reader.fail(refused);
    await pause(context.timers, againAfterMs);
    reader.filled(0, context.clock.nowMs());
  } catch (error) {
    reader.fail(refusalOf(error));
  }
}

function reportStall({ context }: ReadingServices, job: JobWithContent, reader: FileReader): void {
  const waitedMs = reader.takeStall(context.clock.nowMs(), stallMs);
  if (waitedMs === undefined) return;
  const { content, outbox, peers } = job;
  const { facts, place } = reader;
  const piece = pieceAt(content.ledger.geometry, place);
  outbox.emit({
    event: "stall",
    file: facts.file,
    position: place - facts.fileStart,
    piece,
    waitedSeconds: Math.round(waitedMs / 1_000),
    peers: peers.size,
    peersWithPiece: content.traffic.peersWith(piece as PieceIndex),
    downBytesPerSecond: Math.round(content.traffic.rates.downBytesPerSecond),
  });
}

/** The user wants no run of the torrent, and none is under way. */
function isOver({ life, state }: TorrentJob): boolean {
  return (state === "stopped" || state === "stopping") && !life.value.wish.run;
}

function stopped({ name }: TorrentJob): CallRefusal {
  return { refused: "torrent-stopped", message: `cannot read a file of ${name}: it is stopped` };
}

function notOnDisk({ name }: TorrentJob): CallRefusal {
  const message = `cannot read a file of ${name}: it is stopped, and the bytes are not on the disk`;
  return { refused: "torrent-stopped", message };
}

function tooMany({ name }: TorrentJob): CallRefusal {
  const message = `cannot read a file of ${name}: ${mostReaders} readers are open, ${mostReaders} are allowed`;
  return { refused: "too-many-readers", message };
}
