import { resolve } from "node:path";
import { cleanText, parseTorrent, type Metainfo } from "@troupe/protocol";
import type { InvocationOf } from "../arguments/parse-arguments.ts";
import { fileTable, tableRoom, type TableRoom } from "../display/table.ts";
import { formatBytes, formatCount, spellRange } from "../display/units.ts";
import type { CheckResult } from "../engine-port.ts";
import { ExitCode, type ExitCodeValue } from "../failure.ts";
import type { Result } from "../report/reporter.ts";
import { loadOptions, originOf } from "../source.ts";
import type { Environment } from "../environment.ts";
import { withEngines, type EngineRun } from "./engine-run.ts";
import { fileVerdicts, type FileVerdict } from "./file-verdicts.ts";
import { whenStopRequested } from "./torrent-end.ts";

const maxRanges = 4;

/**
 * `troupe check`: hash-checks files without changing them. @returns exit code 0 when every piece passes, otherwise 3.
 */
export async function runCheck(
  invocation: InvocationOf<"check">,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) => await check(invocation, run));
}

async function check(invocation: InvocationOf<"check">, run: EngineRun): Promise<ExitCodeValue> {
  const { environment, reporter } = run;
  const { stop } = environment;
  const { source, stateDirectory } = invocation;
  const load = loadOptions(stateDirectory, environment);
  const bytes = await environment.engine.loadMetainfo(source, load);
  const metainfo = parseTorrent(bytes, { source: originOf(source) });
  const directory = resolve(environment.currentFolder, invocation.directory);
  // No listen port, no tracker, no peer-worker threads.
  const { peerWorkers = 0 } = invocation;
  const engine = await run.startEngine({ directory, peerWorkers, port: 0, bind: ["127.0.0.1"] });
  const torrent = await engine.add(bytes, { directory, checkOnly: true, signal: stop });
  reporter.follow(torrent);
  const outcome = await Promise.race([torrent.checked, whenStopRequested(stop)]);
  if (outcome === "stopped") return ExitCode.stopped;
  reporter.result(checkResult(metainfo, outcome, { directory, room: tableRoom(environment) }));
  return outcome.failed === 0 ? ExitCode.done : ExitCode.notWhole;
}

/** A table for people, a line for scripts. */
function checkResult(
  metainfo: Metainfo,
  { passed, failed, failedPieces }: CheckResult,
  { directory, room }: { readonly directory: string; readonly room: TableRoom },
): Result {
  const files = fileVerdicts(metainfo, failedPieces);
  const summary = summarize(metainfo, passed, failed, directory);
  return {
    text: [...failureTable(files, failedPieces, room), summary].join("\n"),
    line: {
      event: "checked",
      infoHash: metainfo.infoHash,
      fields: { passed, failed, failedPieces, files },
    },
  };
}

function failureTable(
  files: readonly FileVerdict[],
  failedPieces: readonly number[],
  room: TableRoom,
): string[] {
  const failing = files.filter((file) => file.failedPieces > 0);
  if (failing.length === 0) return [];
  const rowOf = (file: FileVerdict): string[] => [
    `${file.failedPieces} of ${file.pieces}`,
    formatBytes(file.lengthBytes),
    failedRanges(file, failedPieces),
    cleanText(file.path, 1000),
  ];
  return fileTable("failed", failing, rowOf, room);
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
  const spelled = ranges.map(spellRange).join(", ");
  return rest === 0 ? spelled : `${spelled} and ${rest} more`;
}

function summarize(metainfo: Metainfo, passed: number, failed: number, directory: string): string {
  const name = cleanText(metainfo.name, 200);
  const pieces = formatCount(metainfo.geometry.pieceCount, "piece");
  if (failed === 0) {
    return `${name}: whole, ${formatBytes(metainfo.geometry.totalBytes)}, ${pieces} in ${directory}`;
  }
  if (passed === 0) return `${name}: not whole, nothing of its ${pieces} is in ${directory}`;
  return `${name}: not whole, ${failed} of ${pieces} failed in ${directory}`;
}
