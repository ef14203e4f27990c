import { resolve } from "node:path";
import { FileMap, cleanText, formatMagnet, parseTorrent, type Metainfo } from "@troupe/protocol";
import type { InvocationOf } from "../arguments/parse-arguments.ts";
import { paint } from "../display/style.ts";
import { fileTable, plainRoom, renderTable, tableRoom, type TableRoom } from "../display/table.ts";
import { formatBytes, formatCount, spellRange } from "../display/units.ts";
import { ExitCode, describeFailure, failureOf, type ExitCodeValue } from "../failure.ts";
import { JsonLines } from "../output/json-lines.ts";
import { LineWriter } from "../output/line-writer.ts";
import { saveTorrent } from "../output/torrent-file.ts";
import { loadOptions, originOf } from "../source.ts";
import type { Environment } from "../environment.ts";

/** `troupe info`: prints a .torrent as a table or a JSON object, and saves it. Contacts only the source. */
export async function runInfo(
  { source, stateDirectory, json, save }: InvocationOf<"info">,
  environment: Environment,
): Promise<ExitCodeValue> {
  const { engine, stdout, stderr, stop } = environment;
  const writer = new LineWriter(stdout);
  const lines = new JsonLines(writer, () => environment.epochMs());
  try {
    const load = loadOptions(stateDirectory, environment);
    const bytes = await engine.loadMetainfo(source, load);
    const metainfo = parseTorrent(bytes, { source: originOf(source) });
    if (save !== undefined) await saveTorrent(bytes, resolve(environment.currentFolder, save));
    if (json) lines.emit("info", metainfo.infoHash, infoFields(metainfo));
    else {
      const isLarge = await engine.needsOwnMemory(metainfo.geometry.pieceLengthBytes);
      writer.write(infoTable(metainfo, tableRoom(environment), isLarge).join("\n"), "keep");
    }
    await writer.drained(stop);
    return ExitCode.done;
  } catch (error) {
    if (stop.aborted) return ExitCode.stopped;
    const failure = failureOf(error);
    const { code, sentence: message } = failure;
    if (json) lines.emit("error", null, { code, message, source });
    stderr.write(`${describeFailure(failure, source)}\n`);
    return failure.exitCode;
  }
}

/** All fields, for scripts. */
export function infoFields(metainfo: Metainfo): object {
  const { geometry } = metainfo;
  return {
    name: metainfo.name,
    lengthBytes: geometry.totalBytes,
    pieceLengthBytes: geometry.pieceLengthBytes,
    pieces: geometry.pieceCount,
    isPrivate: metainfo.isPrivate,
    isSingleFile: metainfo.isSingleFile,
    trackers: metainfo.trackers,
    magnet: magnetOf(metainfo),
    comment: metainfo.comment ?? null,
    createdBy: metainfo.createdBy ?? null,
    creationDate: metainfo.creationDate ?? null,
    warnings: metainfo.warnings,
    files: metainfo.files.map(({ path, lengthBytes, isPadding }, index) => ({
      number: index + 1,
      path: path.join("/"),
      lengthBytes,
      isPadding,
    })),
  };
}

/** For people, with the first files only. @param isLarge A piece needs memory of its own. */
export function infoTable(
  metainfo: Metainfo,
  room: TableRoom = plainRoom,
  isLarge = false,
): string[] {
  const rows = summaryRows(metainfo, isLarge);
  return [
    ...renderTable({ layout: ["left", "left"], rows }, room),
    "",
    ...fileLines(metainfo, room),
    ...metainfo.warnings.map((warning) =>
      paint(room.style, "yellow", `warning: ${cleanText(warning, 1000)}`),
    ),
  ];
}

function memorySentence({ geometry: { pieceLengthBytes } }: Metainfo): string {
  return `a download needs ${formatBytes(pieceLengthBytes)} beyond --memory: a piece does not fit into it`;
}

function summaryRows(metainfo: Metainfo, isLarge: boolean): string[][] {
  const { geometry, trackers, comment, createdBy, creationDate } = metainfo;
  const pieces = `${formatCount(geometry.pieceCount, "piece")} of ${formatBytes(geometry.pieceLengthBytes)}`;
  const total = geometry.totalBytes;
  const rows = [
    ["name", cleanText(metainfo.name, 1000)],
    ["info-hash", metainfo.infoHash],
    ["size", `${formatBytes(total)} (${formatCount(total, "byte")})`],
    ["pieces", pieces],
    ...(isLarge ? [["memory", memorySentence(metainfo)]] : []),
    ["private", metainfo.isPrivate ? "yes: peers come from its trackers only" : "no"],
  ];
  for (const [tier, urls] of trackers.entries()) {
    for (const url of urls) {
      rows.push([trackers.length > 1 ? `tracker ${tier + 1}` : "tracker", cleanText(url, 1000)]);
    }
  }
  if (trackers.length === 0) rows.push(["trackers", "none"]);
  if (comment !== undefined) rows.push(["comment", comment]);
  if (createdBy !== undefined) rows.push(["made by", createdBy]);
  const made = creationDate === undefined ? undefined : dateOf(creationDate);
  if (made !== undefined) rows.push(["made on", made]);
  rows.push(["magnet", magnetOf(metainfo)]);
  return rows;
}

function magnetOf({ infoHash, name, trackers }: Metainfo): string {
  return formatMagnet({ infoHash, name, trackers: trackers.flat() });
}

/** Undefined for an invalid time. */
function dateOf(secondsSince1970: number): string | undefined {
  const date = new Date(secondsSince1970 * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10);
}

function fileLines(metainfo: Metainfo, room: TableRoom): string[] {
  const { pieceLengthBytes } = metainfo.geometry;
  const map = new FileMap(metainfo.files.map((file) => file.lengthBytes));
  // Counts padding without showing it: the number is the file's place in the torrent.
  const numbered = metainfo.files.map((file, index) => ({ file, number: index + 1 }));
  const files = numbered.filter(({ file }) => !file.isPadding);
  const rowOf = ({ file, number }: (typeof files)[number]): string[] => [
    String(number),
    formatBytes(file.lengthBytes),
    spellRange(map.piecesOf(number - 1, pieceLengthBytes)),
    cleanText(file.path.join("/"), 1000),
  ];
  return [
    paint(room.style, "bold", formatCount(files.length, "file")),
    ...fileTable("#", files, rowOf, room),
  ];
}
