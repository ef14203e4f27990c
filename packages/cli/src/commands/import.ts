import { resolve } from "node:path";
import { cleanText } from "@troupe/protocol/text";
import type { InvocationOf } from "../arguments/parse-arguments.ts";
import { renderTable, tableRoom, type TableRoom } from "../display/table.ts";
import { formatBytes, formatCount } from "../display/units.ts";
import type { ImportedTorrent, ImportedTorrents } from "../engine-port.ts";
import type { Environment } from "../environment.ts";
import { ExitCode, type ExitCodeValue } from "../failure.ts";
import { jsonLine } from "../output/json-line.ts";
import type { Result } from "../report/reporter.ts";
import { requiredStateFolder } from "../source.ts";
import { withEngines, type EngineRun } from "./engine-run.ts";

/** Rows and remarks that people see; `--json` has all torrents. */
const mostRows = 200;
const mostText = 300;

/** `troupe import`: brings the torrents of another client. @returns exit code 1 when a torrent could not be read. */
export async function runImport(
  invocation: InvocationOf<"import">,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) =>
    run.guarded(() => bringTorrents(invocation, run), invocation.from),
  );
}

async function bringTorrents(
  { from, isDryRun, verify, engine: { stateDirectory: given } }: InvocationOf<"import">,
  { environment, reporter }: EngineRun,
): Promise<ExitCodeValue> {
  const { currentFolder, engine, stop: signal } = environment;
  const stateDirectory = requiredStateFolder(given, environment);
  const imported = await engine.importTorrents(resolve(currentFolder, from), {
    ...{ stateDirectory, dryRun: isDryRun, signal },
    ...(verify !== undefined && { verify }),
  });
  reporter.result(importResult(imported, isDryRun, tableRoom(environment)));
  const hasFailed = imported.torrents.some(({ outcome }) => outcome === "failed");
  return hasFailed ? ExitCode.failed : ExitCode.done;
}

/** A table of the torrents, remarks on some of them, and a summary. */
function importResult(
  { client, torrents }: ImportedTorrents,
  isDryRun: boolean,
  room: TableRoom,
): Result {
  const rows = torrents.slice(0, mostRows).map(rowOf);
  const layout = ["left", "left", "right", "right", "right", "right", "left"] as const;
  const titles = ["torrent", "state", "pieces", "sampled", "received", "sent", "folder"];
  const table = rows.length === 0 ? [] : renderTable({ layout, titles, rows, stacks: true }, room);
  const hidden = torrents.length - rows.length;
  return {
    text: [
      ...table,
      ...(hidden > 0 ? [`… and ${formatCount(hidden, "more torrent")}`] : []),
      ...torrents.flatMap(remarksOn).slice(0, mostRows),
      summary(client, torrents, isDryRun),
    ].join("\n"),
    line: jsonLine("imported", null, {
      ...{ client, isDryRun },
      torrents: torrents.map(({ error, ...rest }) => ({
        ...rest,
        ...(error !== undefined && { error: error.message }),
      })),
    }),
  };
}

function rowOf(torrent: ImportedTorrent): string[] {
  const { directory, hadPieces, infoHash, name, pieceCount, samples } = torrent;
  return [
    cleanText(name === "" ? infoHash : name, mostText),
    stateOf(torrent),
    `${hadPieces}/${pieceCount}`,
    `${samples}`,
    formatBytes(torrent.downloadedBytes),
    formatBytes(torrent.uploadedBytes),
    cleanText(directory, mostText),
  ];
}

function stateOf({ isStarted, outcome }: ImportedTorrent): string {
  if (outcome === "known") return "there already";
  if (outcome === "failed") return "failed";
  return isStarted ? "started" : "stopped";
}

function remarksOn(torrent: ImportedTorrent): string[] {
  const { error, hashedFiles, infoHash, leftOut, missingFiles, name, outcome } = torrent;
  const shown = cleanText(name === "" ? infoHash : name, mostText);
  if (error !== undefined) return [`${shown}: ${cleanText(error.message, 1_000)}`];
  if (outcome === "known") return [];
  const remarks = [
    ...(hashedFiles > 0 ? [`${formatCount(hashedFiles, "file")} will be hashed`] : []),
    ...(missingFiles > 0
      ? [`${formatCount(missingFiles, "file")} not found: it comes along stopped`]
      : []),
    ...leftOut.map((text) => `left out: ${cleanText(text, mostText)}`),
  ];
  return remarks.map((remark) => `${shown}: ${remark}`);
}

function summary(client: string, torrents: readonly ImportedTorrent[], isDryRun: boolean): string {
  const count = (wanted: ImportedTorrent["outcome"]): number =>
    torrents.filter(({ outcome }) => outcome === wanted).length;
  const act = isDryRun ? "would import" : "imported";
  const parts = [
    `${act} ${formatCount(count("imported"), "torrent")} of ${client}`,
    ...(count("known") > 0 ? [`${count("known")} there already`] : []),
    ...(count("failed") > 0 ? [`${count("failed")} failed`] : []),
  ];
  return parts.join(", ");
}
