import { resolve } from "node:path";
import { addressKey } from "@troupe/protocol/address";
import { formatMagnet } from "@troupe/protocol/magnet";
import { DataBytes, FileMap, parseTorrent, type Metainfo } from "@troupe/protocol/metainfo";
import { cleanText } from "@troupe/protocol/text";
import type { InvocationOf } from "../arguments/parse-arguments.ts";
import { paint } from "../display/style.ts";
import { fileTable, plainRoom, renderTable, tableRoom, type TableRoom } from "../display/table.ts";
import { formatBytes, formatCount, spellRange } from "../display/units.ts";
import { ExitCode, failureOf, type ExitCodeValue } from "../failure.ts";
import { jsonLine } from "../output/json-line.ts";
import { saveTorrent } from "../output/torrent-file.ts";
import { loadOptions, originOf } from "../source.ts";
import type { Environment } from "../environment.ts";
import { singleSource } from "./source-list.ts";
import { withEngines, type EngineRun } from "./engine-run.ts";
import { whenStopRequested, whenTorrentFails } from "./torrent-end.ts";

/**
 * `troupe info`: prints a .torrent as a table or a JSON object, and saves it. Contacts only the source, and for a magnet
 * its trackers and peers.
 */
export async function runInfo(
  invocation: InvocationOf<"info">,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) =>
    run.guarded(() => info(invocation, run), invocation.source),
  );
}

async function info(invocation: InvocationOf<"info">, run: EngineRun): Promise<ExitCodeValue> {
  const { environment, reporter } = run;
  const { name: source, bytes: given } = await singleSource(invocation.source, environment);
  const { save } = invocation;
  const bytes = given ?? (await loadOrFetch({ ...invocation, source }, run));
  if (bytes === undefined) return ExitCode.stopped;
  const metainfo = parseTorrent(bytes, { source: originOf(source) });
  if (save !== undefined)
    await saveTorrent(bytes, resolve(environment.currentFolder, save), environment);
  const isLarge = await environment.engine.needsOwnMemory(metainfo.geometry.pieceLengthBytes);
  reporter.result({
    text: infoTable(metainfo, tableRoom(environment), isLarge).join("\n"),
    line: jsonLine("info", metainfo.infoHash, infoFields(metainfo)),
  });
  return ExitCode.done;
}

/** @returns The .torrent; undefined when the user stopped the command. */
async function loadOrFetch(
  invocation: InvocationOf<"info">,
  run: EngineRun,
): Promise<Uint8Array | undefined> {
  const { source, engine } = invocation;
  const load = loadOptions(engine, run.environment);
  try {
    return await run.environment.engine.loadMetainfo(source, load);
  } catch (error) {
    if (failureOf(error).code !== "metadata-unknown") throw error;
    return await fetchMetadata(invocation, run);
  }
}

/** Peers have this time for the hash layers of a .torrent that is saved; one peer gives those of 100,000 pieces in seconds. */
const layersWithinSeconds = 30;

/** Joins the swarm of a magnet for its metadata, and for its hash layers if the .torrent is saved. */
async function fetchMetadata(
  invocation: InvocationOf<"info">,
  run: EngineRun,
): Promise<Uint8Array | undefined> {
  const { source, json, add, save } = invocation;
  const { stop } = run.environment;
  const engine = await run.startEngine({});
  if (!json) run.reportIpFilter(engine);
  const torrent = await engine.add(source, {
    ...add,
    metadataOnly: true,
    ...(save !== undefined && { layersWithinSeconds }),
    signal: stop,
  });
  // For scripts the content is the only line.
  if (!json) run.reporter.follow(torrent);
  await Promise.race([torrent.metadata, whenTorrentFails(torrent), whenStopRequested(stop)]);
  const { metainfo } = torrent;
  if (save !== undefined && metainfo !== undefined) warnOfLayers(metainfo, source, run);
  return metainfo;
}

function warnOfLayers(bytes: Uint8Array, source: string, { reporter }: EngineRun): void {
  const { name, pieceHashes, trees } = parseTorrent(bytes, { source: "network" });
  if (trees === undefined || pieceHashes.areNodesKnown) return;
  const of = cleanText(name, 200);
  const message = `cannot save the hash layers of ${of}: peers did not send all of them within ${layersWithinSeconds} s; the .torrent is saved without them, and a download fetches them from its peers`;
  reporter.warned({ code: "layers-not-fetched", message }, source);
}

/** All fields, for scripts. */
export function infoFields(metainfo: Metainfo) {
  const { geometry } = metainfo;
  const { v1, v2 } = metainfo.infoHashes;
  return {
    ...(v1 !== undefined && { infoHashV1: v1 }),
    ...(v2 !== undefined && { infoHashV2: v2 }),
    name: metainfo.name,
    lengthBytes: dataBytesOf(metainfo),
    pieceLengthBytes: geometry.pieceLengthBytes,
    pieces: geometry.pieceCount,
    isPrivate: metainfo.isPrivate,
    isSingleFile: metainfo.isSingleFile,
    trackers: metainfo.trackers,
    webSeeds: metainfo.webSeeds,
    nodes: metainfo.nodes.map(({ host, port }) => addressKey(host, port)),
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
  const { geometry, trackers, webSeeds, nodes, comment, createdBy, creationDate } = metainfo;
  const pieces = `${formatCount(geometry.pieceCount, "piece")} of ${formatBytes(geometry.pieceLengthBytes)}`;
  const total = dataBytesOf(metainfo);
  const rows = [
    ["name", cleanText(metainfo.name, 1000)],
    ...hashRows(metainfo),
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
  for (const url of webSeeds) rows.push(["web seed", cleanText(url, 1000)]);
  for (const { host, port } of nodes) rows.push(["DHT node", addressKey(host, port)]);
  if (comment !== undefined) rows.push(["comment", comment]);
  if (createdBy !== undefined) rows.push(["made by", createdBy]);
  const made = creationDate === undefined ? undefined : dateOf(creationDate);
  if (made !== undefined) rows.push(["made on", made]);
  rows.push(["magnet", magnetOf(metainfo)]);
  return rows;
}

/** A row for each version of the torrent. */
function hashRows({ infoHashes: { v1, v2 } }: Metainfo): string[][] {
  return [
    ...(v1 === undefined ? [] : [["info-hash", v1]]),
    ...(v2 === undefined ? [] : [["info-hash v2", v2]]),
  ];
}

/** Without padding. */
function dataBytesOf({ geometry, files }: Metainfo): number {
  return new DataBytes(geometry, files).totalBytes;
}

function magnetOf({ infoHashes, name, trackers, webSeeds }: Metainfo): string {
  return formatMagnet({ infoHashes, name, trackers: trackers.flat(), webSeeds });
}

/** Undefined for an invalid time. */
function dateOf(secondsSince1970: number): string | undefined {
  const date = new Date(secondsSince1970 * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10);
}

function fileLines(metainfo: Metainfo, room: TableRoom): string[] {
  const { pieceLengthBytes } = metainfo.geometry;
  const map = new FileMap(
    metainfo.files.map((file) => file.lengthBytes),
    pieceLengthBytes,
  );
  // Counts padding without showing it: the number is the file's place in the torrent.
  const numbered = metainfo.files.map((file, index) => ({ file, number: index + 1 }));
  const files = numbered.filter(({ file }) => !file.isPadding);
  const rowOf = ({ file, number }: (typeof files)[number]): string[] => [
    String(number),
    formatBytes(file.lengthBytes),
    spellRange(map.piecesOf(number - 1)),
    cleanText(file.path.join("/"), 1000),
  ];
  return [
    paint(room.style, "bold", formatCount(files.length, "file")),
    ...fileTable("#", files, rowOf, room),
  ];
}
