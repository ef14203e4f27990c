import type { MessageOf } from "@troupe/actor-runtime";
import { mostDeadlines, type Deadline, type ApiProtocol } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { JobWithContent } from "../torrent-job.ts";

/**
 * Replaces the deadlines of a torrent, here and in its peer-workers. Deadlines of unknown pieces are ignored. The earlier
 * of two deadlines for a piece counts.
 */
export function setDeadlines(
  { context, peerWorkers }: Pick<Engine, "context" | "peerWorkers">,
  { id: torrent, content: { ledger, picker } }: JobWithContent,
  { deadlines: sent }: MessageOf<ApiProtocol, "set-deadlines">,
): void {
  const nowMs = context.clock.nowMs();
  const known = sent
    .slice(0, mostDeadlines)
    .filter(({ piece, ms }) => ledger.states[piece] !== undefined && Number.isFinite(ms));
  const deadlines = earliestOfEach(known);
  picker.setDeadlines(deadlines.map(({ piece, ms }) => ({ piece, atMs: nowMs + ms })));
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

function earliestOfEach(deadlines: readonly Deadline[]): Deadline[] {
  const earliest = new Map<PieceIndex, Deadline>();
  for (const deadline of deadlines) {
    const { ms = Infinity } = earliest.get(deadline.piece) ?? {};
    if (deadline.ms < ms) earliest.set(deadline.piece, deadline);
  }
  return [...earliest.values()];
}
