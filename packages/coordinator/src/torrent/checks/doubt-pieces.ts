import type { PieceIndex } from "@troupe/protocol/units";
import { PieceState } from "../pieces/piece-ledger.ts";
import { saveSuspects } from "../storage/record-updates.ts";
import type { JobWithContent } from "../torrent-job.ts";

/**
 * The hashes of pieces were wrong. None that has been hashed is had, or becomes had, before the next start has hashed it;
 * neither does the record vouch for any.
 */
export function doubtPieces(job: JobWithContent): void {
  const { checks, ledger } = job.content;
  job.storage.isDoubted = true;
  const doubted: PieceIndex[] = [];
  for (let at = 0; at < ledger.geometry.pieceCount; at++) {
    const piece = at as PieceIndex;
    const state = ledger.states[piece];
    if (ledger.toSuspect(piece)) checks.suspects.add(piece);
    else if (state === PieceState.hashing || state === PieceState.writing)
      checks.unproven.add(piece);
    else continue;
    doubted.push(piece);
  }
  if (doubted.length === 0) return;
  saveSuspects(job, doubted);
  job.outbox.emit({ event: "checked", bitfield: ledger.map.snapshot(), isGoingOn: true });
}
