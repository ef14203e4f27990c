// The result of `troupe check`: a table for people, a line for scripts.

import type { Metainfo } from "@troupe/protocol/metainfo";
import { cleanText } from "@troupe/protocol/text";
import { fileTable, type TableRoom } from "../display/table.ts";
import { formatBytes, formatCount, spellRange } from "../display/units.ts";
import { jsonLine } from "../output/json-line.ts";
import type { Result } from "../report/reporter.ts";
import type { ForeignFiles } from "./foreign-files.ts";
import { fileVerdicts, type BadPieces, type FileVerdict } from "./file-verdicts.ts";

const maxRanges = 4;
/** Foreign files for people. */
const mostShown = 20;

/** The result of a check of the pieces of the wanted files. */
export interface CheckOutcome extends BadPieces {
  /** The source of the choice of files: `--select`, or the record of the folder. */
  readonly choice: "all" | "selected" | "recorded";
  readonly isWanted: (file: number) => boolean;
  /** Pieces of the wanted files. */
  readonly pieces: number;
  readonly absent: ReadonlySet<number>;
  readonly foreign: ForeignFiles;
}

interface Place {
  readonly directory: string;
  readonly room: TableRoom;
}

/** A table of the files that do not pass, and a summary. */
export function checkResult(metainfo: Metainfo, outcome: CheckOutcome, place: Place): Result {
  const { isWanted, pieces, failed, missing, foreign } = outcome;
  const files = fileVerdicts(metainfo, outcome, isWanted);
  return {
    text: [
      ...failureTable(files, failed, place.room),
      ...foreignLines(foreign),
      summarize(metainfo, outcome, files, place.directory),
      ...(outcome.choice === "recorded" ? [recordHint] : []),
    ].join("\n"),
    line: jsonLine("checked", metainfo.infoHash, {
      passed: pieces - failed.length,
      failed: failed.length,
      failedPieces: failed,
      missingPieces: missing,
      files,
      foreignFiles: foreign.paths,
      foreignCount: foreign.count,
      foreignIsPartial: foreign.isPartial,
    }),
  };
}

const recordHint =
  "  Its last run wanted these files only; `troupe check --select '*'` checks all.";

function failureTable(
  files: readonly FileVerdict[],
  failedPieces: readonly number[],
  room: TableRoom,
): string[] {
  const failing = files.filter(
    (file) => file.isWanted && (file.failedPieces > 0 || isAbsentEmpty(file)),
  );
  if (failing.length === 0) return [];
  const rowOf = (file: FileVerdict): string[] => [
    badPieces(file),
    formatBytes(file.lengthBytes),
    failedRanges(file, failedPieces),
    spellRanges(file.failedRanges),
    cleanText(file.path, 1000),
  ];
  return fileTable("not there", failing, rowOf, room, ["pieces", "bytes"]);
}

/** An empty file has no piece: only its absence shows that it is missing. */
function isAbsentEmpty({ isThere, pieces }: FileVerdict): boolean {
  return !isThere && pieces === 0;
}

function badPieces(file: FileVerdict): string {
  const { isThere, pieces, failedPieces, missingPieces } = file;
  if (isAbsentEmpty(file)) return "no file";
  const bad = spellBad(missingPieces, failedPieces - missingPieces, String(pieces));
  return isThere || missingPieces < pieces ? bad : `${bad}, no file`;
}

/** The first foreign files, a line each, and the number of the others. */
function foreignLines({ paths, count, isPartial }: ForeignFiles): string[] {
  if (count === 0) return isPartial ? ["some folders of the torrent could not be read"] : [];
  const shown = paths.slice(0, mostShown);
  const rest = count - shown.length;
  const least = isPartial ? "at least " : "";
  return [
    `${least}${formatCount(count, "file")} that the torrent does not name:`,
    ...shown.map((path) => `  ${cleanText(path, 1000)}`),
    ...(rest > 0 ? [`  … and ${formatCount(rest, "more file")}`] : []),
  ];
}

/** `2 of 7 missing`, `1 of 7 failed`, `2 missing, 1 failed of 7`. */
function spellBad(missing: number, failed: number, pieces: string): string {
  if (failed === 0) return `${missing} of ${pieces} missing`;
  if (missing === 0) return `${failed} of ${pieces} failed`;
  return `${missing} missing, ${failed} failed of ${pieces}`;
}

/** `3, 7-9 and 12 more`. */
function failedRanges({ pieceRange }: FileVerdict, failedPieces: readonly number[]): string {
  if (pieceRange === null) return spellRange(undefined);
  const [first, last] = pieceRange;
  const ranges: [first: number, last: number][] = [];
  let rest = 0;
  for (const piece of failedPieces) {
    if (piece < first || piece > last) continue;
    const open = ranges.at(-1);
    if (open !== undefined && rest === 0 && piece === open[1] + 1) open[1] = piece;
    else if (ranges.length < maxRanges) ranges.push([piece, piece]);
    else rest++;
  }
  return spellRanges(ranges, rest);
}

/** `0-16383, 65536-81919 and 2 more`. @param rest Number of what follows the ranges. */
function spellRanges(
  ranges: readonly (readonly [first: number, last: number])[],
  rest = Math.max(0, ranges.length - maxRanges),
): string {
  if (ranges.length === 0) return spellRange(undefined);
  const spelled = ranges.slice(0, maxRanges).map(spellRange).join(", ");
  return rest === 0 ? spelled : `${spelled} and ${rest} more`;
}

function summarize(
  metainfo: Metainfo,
  { choice, pieces: pieceCount, failed, missing }: CheckOutcome,
  files: readonly FileVerdict[],
  directory: string,
): string {
  const name = cleanText(metainfo.name, 200);
  const pieces = formatCount(pieceCount, "piece");
  const wanted = files.filter(({ isWanted }) => isWanted);
  if (failed.length > 0) {
    const bad =
      missing.length === pieceCount
        ? `nothing of its ${pieces} is`
        : spellBad(missing.length, failed.length - missing.length, pieces);
    return `${name}: incomplete, ${bad} in ${directory}`;
  }
  const lacking = wanted.filter(isAbsentEmpty).length;
  if (lacking > 0) {
    const lacks = `${formatCount(lacking, "file")} without bytes ${lacking === 1 ? "is" : "are"} missing`;
    return `${name}: incomplete, ${lacks} in ${directory}`;
  }
  const bytes = formatBytes(wanted.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0));
  const share =
    choice === "all" ? "" : `${wanted.length} of ${formatCount(files.length, "file")}, `;
  return `${name}: complete, ${share}${bytes}, ${pieces} in ${directory}`;
}
