// Readers begin, move on and end: their ranges are wanted, and the pieces ahead of them have deadlines.

import type { Engine } from "../../engine/base/engine-state.ts";
import { changeWanted } from "../pieces/change-wanted.ts";
import { completeIfWhole } from "../pieces/have-updates.ts";
import type { DuePiece } from "../pieces/orders/deadlines.ts";
import { sendDeadlines } from "../pieces/set-deadlines.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import type { FileReader } from "./file-reader.ts";
import { dueOf } from "./reading-window.ts";

/** The parts of the engine that readers use. */
export type ReadingServices = Pick<
  Engine,
  "awake" | "context" | "disks" | "memory" | "options" | "peerWorkers" | "supervision"
>;

/** Its range is wanted, and its first pieces are due. */
export function beginReader(
  engine: ReadingServices,
  job: JobWithContent,
  number: number,
  reader: FileReader,
): void {
  engine.memory.readers.add(reader);
  job.readers.set(number, reader);
  engine.awake.add(job);
  wantRanges(engine, job);
  planReader(engine, job, reader);
  sendDeadlines(engine, job);
}

/** Its range is no longer wanted for it, and its deadlines end. */
export function endReader(
  engine: ReadingServices,
  job: TorrentJob,
  { reader: number }: { readonly reader: number },
): void {
  const reader = job.readers.get(number);
  if (reader === undefined) return;
  job.readers.delete(number);
  reader.end();
  engine.memory.readers.delete(reader);
  engine.memory.slabs.retire(reader.facts.slab);
  if (!hasContent(job)) return;
  wantRanges(engine, job);
  sendDeadlines(engine, job);
  // Pieces that only the reader wanted no longer keep the torrent from being complete.
  if (job.isRunning) completeIfWhole(engine, job);
}

/** The torrent is removed. */
export function endReaders(engine: ReadingServices, job: TorrentJob): void {
  for (const reader of [...job.readers.keys()]) endReader(engine, job, { reader });
}

/** Moves the windows of the readers along; called four times a second. */
export function tendReaders(engine: ReadingServices, job: JobWithContent): void {
  if (job.readers.size === 0) return;
  const nowMs = engine.context.clock.nowMs();
  let isNews = false;
  for (const reader of job.readers.values()) {
    const { due } = reader;
    const isNewPace = reader.pace.measure(nowMs, job.content.traffic.rates.downBytesPerSecond);
    planReader(engine, job, reader);
    // Peer-workers ask for pieces that are due soon when they get deadlines.
    isNews ||= !areSamePieces(due, reader.due) || (isNewPace && due.length > 0);
  }
  if (isNews) sendDeadlines(engine, job);
}

function wantRanges(engine: ReadingServices, job: JobWithContent): void {
  const { ranges } = job.readers;
  changeWanted(engine, job, () => job.content.files.setRead(ranges));
}

function planReader(
  { context }: Pick<Engine, "context">,
  { content: { ledger } }: JobWithContent,
  reader: FileReader,
): void {
  const { facts, pace } = reader;
  const nowMs = context.clock.nowMs();
  const place = reader.neededAt(nowMs);
  const need = { ...facts, place, paceBytesPerSecond: pace.bytesPerSecond };
  const isHad = (piece: number): boolean => ledger.map.has(piece);
  reader.due = dueOf(ledger.geometry, need, isHad, nowMs);
}

function areSamePieces(one: readonly DuePiece[], other: readonly DuePiece[]): boolean {
  return (
    one.length === other.length && one.every(({ piece }, place) => piece === other[place]?.piece)
  );
}
