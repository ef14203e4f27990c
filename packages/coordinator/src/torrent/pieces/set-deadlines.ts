// The deadlines of a torrent: those that its user has set, and those of its readers. The earlier of two deadlines for a
// piece counts.

import type { MessageOf } from "@troupe/actor-runtime";
import { mostDeadlines, type Deadline, type ApiProtocol } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { JobWithContent } from "../torrent-job.ts";
import type { DuePiece } from "./orders/deadlines.ts";

/** The latest deadlines of more pieces are left out. */
const mostDuePieces = 4_096;

/** Replaces the deadlines that the user has set. Deadlines of unknown pieces are ignored. */
export function setDeadlines(
  engine: Pick<Engine, "context" | "peerWorkers">,
  job: JobWithContent,
  { deadlines }: MessageOf<ApiProtocol, "set-deadlines">,
): void {
  const { ledger } = job.content;
  const nowMs = engine.context.clock.nowMs();
  job.content.userDue = deadlines
    .slice(0, mostDeadlines)
    .filter(({ piece, ms }) => ledger.states[piece] !== undefined && Number.isFinite(ms))
    .map(({ piece, ms }) => ({ piece, atMs: nowMs + ms }));
  sendDeadlines(engine, job);
}

/** Sets the deadlines in force, here and in the peer-workers. */
export function sendDeadlines(
  { context, peerWorkers }: Pick<Engine, "context" | "peerWorkers">,
  { content, id: torrent, readers }: JobWithContent,
): void {
  const isHad = ({ piece }: DuePiece): boolean => content.ledger.map.has(piece);
  content.userDue = content.userDue.filter((due) => !isHad(due));
  const due = earliestOfEach([...content.userDue, ...readers.due.filter((each) => !isHad(each))]);
  if (due.length === 0 && (content.usedPicker?.due.length ?? 0) === 0) return;
  content.picker.setDeadlines(due);
  const nowMs = context.clock.nowMs();
  const deadlines = due.map(({ piece, atMs }) => ({ piece, ms: atMs - nowMs }));
  for (const peerWorker of peerWorkers)
    peerWorker.calls.cast("set-deadlines", { torrent, deadlines });
}

/** @returns The deadlines of pieces that are not had, as a peer-worker gets them now. */
export function deadlinesNow(
  { context }: Pick<Engine, "context">,
  { content: { usedPicker } }: JobWithContent,
): Deadline[] {
  const nowMs = context.clock.nowMs();
  return (usedPicker?.due ?? []).map(({ piece, atMs }) => ({ piece, ms: atMs - nowMs }));
}

function earliestOfEach(due: readonly DuePiece[]): DuePiece[] {
  const earliest = new Map<PieceIndex, DuePiece>();
  for (const each of due) {
    const { atMs = Infinity } = earliest.get(each.piece) ?? {};
    if (each.atMs < atMs) earliest.set(each.piece, each);
  }
  const all = [...earliest.values()];
  if (all.length <= mostDuePieces) return all;
  return all.toSorted((one, other) => one.atMs - other.atMs).slice(0, mostDuePieces);
}
