// Suspects of a running torrent: pieces that the record lists as had, but whose files were touched or had a bad sample.
// They are neither served nor downloaded until they are hashed.
//
//   missing, or had ──suspect──► hashing ──good──► had
//                                   └──────bad───► missing

import { bitfieldBytes } from "@troupe/messages";
import { fillBits } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { listOf } from "./hash-pieces.ts";
import type { PieceChecks } from "./piece-checks.ts";
import { PieceState } from "../pieces/piece-ledger.ts";
import { saveSuspects } from "../storage/record-updates.ts";
import type { TorrentContent } from "../torrent-content.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";

const namedMost = 3;

/** Pieces whose files were found at the start are hashed; pieces that are had, or under way, stay as they are. */
export function suspectFound(content: TorrentContent, pieces: Iterable<PieceIndex>): void {
  const { checks, ledger } = content;
  for (const piece of pieces) {
    // A piece sealed before a stop is still being written.
    if (!ledger.isMissing(piece)) continue;
    ledger.toHashing(piece);
    suspect(checks, piece);
  }
  checks.isGoingOn = checks.suspects.size > 0;
}

/** After a bad sample, all had pieces of its files are hashed before they are served. */
export function suspectBeside(job: JobWithContent, bad: readonly number[]): void {
  const { checks, ledger } = job.content;
  const beside = listOf(piecesBeside(job.content, bad));
  const suspects = beside.filter((piece) => ledger.toSuspect(piece));
  for (const piece of suspects) suspect(checks, piece);
  saveSuspects(job, suspects);
  warnOfBadSamples(job, bad.length);
}

/**
 * The nodes of pieces of a hybrid have come. Pieces that their SHA-1 alone has proven are hashed again: other bytes may have the
 * same SHA-1.
 */
export function suspectUnproven(job: JobWithContent, first: number, count: number): void {
  const { checks, ledger } = job.content;
  const suspects: PieceIndex[] = [];
  for (let at = first; at < first + count; at++) {
    const piece = at as PieceIndex;
    const state = ledger.states[piece];
    if (ledger.toSuspect(piece)) suspects.push(piece);
    else if (state === PieceState.hashing || state === PieceState.writing)
      checks.unproven.add(piece);
  }
  for (const piece of suspects) suspect(checks, piece);
  if (suspects.length > 0) saveSuspects(job, suspects);
}

/** A piece that is written, or was found good, must be proven by its node first. @returns Whether it is a suspect now. */
export function reproveIfNeeded(job: JobWithContent, piece: PieceIndex): boolean {
  const { checks, ledger } = job.content;
  if (!checks.unproven.delete(piece)) return false;
  ledger.toHashing(piece);
  suspect(checks, piece);
  saveSuspects(job, [piece]);
  return true;
}

function suspect(checks: PieceChecks, piece: PieceIndex): void {
  checks.suspects.add(piece);
  checks.newSuspects.push(piece);
  checks.unsampled.delete(piece);
}

/**
 * Clears the suspects for a new start, which hashes the pieces that a check at completion has left. A write of an earlier run
 * may still be under way: its piece stays unproven.
 */
export function forgetSuspects({ checks, ledger }: TorrentContent): void {
  for (const piece of checks.suspects) ledger.release(piece);
  for (const piece of checks.unproven)
    if (ledger.states[piece] !== PieceState.writing) checks.unproven.delete(piece);
  checks.suspects.clear();
  checks.newSuspects = [];
  checks.isGoingOn = false;
  checks.endCheck = { state: "idle" };
}

/** Wanted pieces and bytes that are neither had nor suspect. Pieces of padding alone have no bytes. */
export function leftWithoutSuspects({ ledger, checks }: TorrentContent): {
  readonly pieces: number;
  readonly bytes: number;
} {
  let pieces = ledger.leftCount;
  let bytes = ledger.leftBytes;
  for (const piece of checks.suspects) {
    if (!ledger.isWanted(piece)) continue;
    pieces--;
    bytes -= ledger.dataBytes.ofPiece(piece);
  }
  return { pieces, bytes };
}

/** All pieces that share a file with these. */
export function piecesBeside(
  { files, metainfo }: TorrentContent,
  pieces: readonly number[],
): Uint8Array {
  const beside = new Uint8Array(bitfieldBytes(metainfo.geometry.pieceCount));
  for (const [file, { isPadding }] of metainfo.files.entries()) {
    const [first, last] = (isPadding ? undefined : files.piecesOf(file)) ?? [0, -1];
    const isBeside = pieces.some((piece) => piece >= first && piece <= last);
    if (isBeside) fillBits(beside, first, last, true);
  }
  return beside;
}

/** Warns the user of bad samples. */
export function warnOfBadSamples(job: TorrentJob, count: number): void {
  job.outbox.emit({
    event: "warning",
    code: "files-changed",
    message: `${count} of the pieces that were looked at are not as they were written: their files are hashed as a whole`,
  });
}

/** Warns the user of files touched since the last run. @param touched Their indexes. */
export function warnOfTouchedFiles(job: JobWithContent, touched: readonly number[]): void {
  const named = touched.slice(0, namedMost).map((file) => {
    const path = job.content.metainfo.files[file]?.path.join("/");
    return JSON.stringify(job.storage.placed.get(file) ?? path);
  });
  const others = touched.length - named.length;
  const list = others === 0 ? named.join(", ") : `${named.join(", ")} and ${others} more`;
  job.outbox.emit({
    event: "warning",
    code: "files-changed",
    message:
      touched.length === 1
        ? `${list} was touched since the last run: its pieces are hashed again`
        : `${list} were touched since the last run: their pieces are hashed again`,
  });
}
