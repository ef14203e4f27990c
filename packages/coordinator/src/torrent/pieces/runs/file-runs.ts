// Chooses the pieces to lease next for a web seed that gives whole files only: the pieces of a file in their order, so that
// the file is read once. A piece belongs to the file in which it begins; its rest is the start of the files behind.

import { type FileMap, pieceLength } from "@troupe/protocol/metainfo";
import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { type BitfieldWords, wordsOf } from "../piece-bits.ts";
import type { PieceLedger } from "../piece-ledger.ts";

/** A file of which this share of the bytes to be read is needed is worth its request. */
const leastShare = 0.5;
/** Peers get the needed bytes of another file if they bring them in this time at their present rate. */
const peersMs = 60_000;
/** Files that a search looks at; the next search begins behind them. */
const filesPerSearch = 256;
/** Gaps of a file that are counted; a file with more is worth its request. */
const gapsPerFile = 512;

/** The rest of a file's pieces. */
export interface FileRun {
  readonly next: number;
  /** The index after the last piece that begins in the file. */
  readonly end: number;
}

/** A question for pieces of a web seed that gives whole files only. */
interface FileQuestion {
  readonly ledger: PieceLedger;
  readonly files: FileMap;
  /** The web seed's bitfield, wire order. */
  readonly has: Uint8Array;
  /** Pieces wanted, at least 1. */
  readonly count: number;
  /** The last answer for this web seed. */
  readonly run: FileRun | undefined;
  /** The files that other such web seeds read. */
  readonly otherRuns: readonly FileRun[];
  /** Pieces with a deadline, the earliest first. */
  readonly due: readonly PieceIndex[];
  /** Payload of the torrent from peers other than web seeds. */
  readonly peersBytesPerSecond: number;
}

/** The picked pieces, and the run from which the next pick continues. */
interface FilePick {
  readonly pieces: readonly PieceIndex[];
  readonly run: FileRun | undefined;
}

/** @returns Pieces in ascending order; none while all needed pieces are left to peers or to other web seeds. */
export function pickFiles(question: FileQuestion): FilePick {
  const { ledger, has, count } = question;
  const { all } = ledger.pickable;
  const words = wordsOf(has);
  const pieces: PieceIndex[] = [];
  let run = dueRun(question) ?? question.run;
  while (pieces.length < count) {
    const next = run && all.firstShared(words, run.next, run.end);
    if (run !== undefined && next !== undefined) {
      pieces.push(next);
      run = { next: next + 1, end: run.end };
      continue;
    }
    const found = searchFile(question, words, run?.end ?? 0, pieces.length === 0);
    // The pieces of this pick still look missing: only pieces behind them are picked too.
    if (found.next === found.end && pieces.length > 0) break;
    run = found;
    if (found.next === found.end) break;
  }
  return { pieces, run };
}

/** The file of the first due piece that is missing, unless the run comes to it. */
function dueRun(question: FileQuestion): FileRun | undefined {
  const { ledger, has, due, run } = question;
  const piece = due.find((index) => ledger.isPickable(index) && hasBit(has, index));
  if (piece === undefined || (run !== undefined && piece >= run.next && piece < run.end))
    return undefined;
  const file = fileOf(question, piece);
  return isTaken(question, file) ? undefined : file;
}

/** @returns The next file that is worth its request; if there is none, an empty run at which the next search begins. */
function searchFile(
  question: FileQuestion,
  has: BitfieldWords,
  from: number,
  mayWrap: boolean,
): FileRun {
  const { all, top } = question.ledger.pickable;
  const { pieceCount } = question.ledger.geometry;
  const pickable = top?.firstShared(has, 0, pieceCount) === undefined ? all : top;
  let at = from;
  let hasWrapped = false;
  for (let looks = 0; looks < filesPerSearch; looks++) {
    const end = hasWrapped ? from : pieceCount;
    const piece = pickable.firstShared(has, at, end);
    if (piece === undefined) {
      if (hasWrapped || !mayWrap) break;
      hasWrapped = true;
      at = 0;
      continue;
    }
    const file = fileOf(question, piece);
    if (!isTaken(question, file) && isWorth(question, has, file)) return file;
    at = file.end;
  }
  return { next: at, end: at };
}

/** The pieces that begin in the file in which a piece begins. */
function fileOf({ files }: FileQuestion, piece: PieceIndex): FileRun {
  const [span] = files.spansIn(piece, 0, 1);
  const file = span?.file ?? 0;
  return { next: files.firstPieceFrom(file), end: files.firstPieceFrom(file + 1) };
}

function isTaken({ otherRuns }: FileQuestion, { end }: FileRun): boolean {
  return otherRuns.some((other) => other.end === end && other.next < end);
}

function isWorth(
  { ledger, peersBytesPerSecond }: FileQuestion,
  has: BitfieldWords,
  { next, end }: FileRun,
): boolean {
  const { all } = ledger.pickable;
  let neededPieces = 0;
  let readPieces = 0;
  let at = next;
  for (let gaps = 0; gaps < gapsPerFile; gaps++) {
    const start = all.firstShared(has, at, end);
    if (start === undefined) {
      if (neededPieces >= leastShare * readPieces) return true;
      const neededBytes = neededPieces * pieceLength(ledger.geometry, 0);
      return neededBytes * 1_000 > peersBytesPerSecond * peersMs;
    }
    at = Math.min(end, all.endOfRun(start));
    neededPieces += at - start;
    readPieces = at - next;
  }
  return true;
}
