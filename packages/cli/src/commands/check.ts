import { FileMap, parseTorrent, type Metainfo } from "@troupe/protocol/metainfo";
import type { InvocationOf } from "../arguments/parse-arguments.ts";
import { tableRoom } from "../display/table.ts";
import type { CheckResult, FileNameSettings, TorrentPort } from "../engine-port.ts";
import { ExitCode, type ExitCodeValue } from "../failure.ts";
import { loadOptions, originOf, placedOptions } from "../source.ts";
import type { Environment } from "../environment.ts";
import { checkResult, type CheckOutcome } from "./check-result.ts";
import { findAbsent, findForeign } from "./foreign-files.ts";
import { withEngines, type EngineRun } from "./engine-run.ts";
import { singleSource } from "./source-list.ts";
import { findMissing } from "./missing-pieces.ts";
import { whenStopRequested } from "./torrent-end.ts";
import { prioritiesOf, recordedFiles, recordedNames } from "./wanted-files.ts";

/**
 * `troupe check`: hash-checks files without changing them, and looks for foreign files. @returns exit code 0 when every wanted
 * piece passes and each wanted file without bytes is there, otherwise 3.
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
  const { source, engine: settings } = invocation;
  const load = loadOptions(settings, environment);
  const { name, bytes: given } = await singleSource(source, environment);
  const bytes = given ?? (await environment.engine.loadMetainfo(name, load));
  const metainfo = parseTorrent(bytes, { source: originOf(source) });
  const { directory, peerWorkers = 0 } = placedOptions(settings, environment);
  const choice = await chosenFiles(invocation, environment, metainfo, directory);
  const { infoHash } = metainfo;
  const names = await namesToCheck(environment, invocation, infoHash, directory);
  // No listen port, no tracker, no peer-worker threads.
  const network = { port: 0, bind: ["127.0.0.1"], addressFamilies: "ipv4" } as const;
  const engine = await run.startEngine({ peerWorkers, ...network });
  const options = { ...names, directory, checkOnly: true };
  const torrent = await engine.add(bytes, { ...options, signal: stop });
  reporter.follow(torrent);
  const result = await Promise.race([torrent.checked, whenStopRequested(stop)]);
  if (result === "stopped") return ExitCode.stopped;
  const pieces = await judge(torrent, metainfo, choice, result, stop);
  const absent = await findAbsent(torrent.files, stop);
  const foreign = await findForeign(torrent.files, { directory, signal: stop });
  const outcome = { ...pieces, absent, foreign };
  const place = { directory, room: tableRoom(environment) };
  reporter.result(checkResult(metainfo, outcome, place));
  const isWhole = pieces.failed.length === 0 && !lacksEmptyFile(metainfo, outcome);
  return isWhole ? ExitCode.done : ExitCode.incomplete;
}

/** The file names on record, otherwise those of the options. */
async function namesToCheck(
  environment: Environment,
  { add, engine: { stateDirectory } }: InvocationOf<"check">,
  infoHash: string,
  directory: string,
): Promise<FileNameSettings> {
  return (await recordedNames(environment, { infoHash, directory, stateDirectory })) ?? add;
}

/** An empty file has no piece: only its absence shows that it is missing. */
function lacksEmptyFile({ files }: Metainfo, { absent, isWanted }: CheckOutcome): boolean {
  return [...absent].some((file) => files[file]?.lengthBytes === 0 && isWanted(file));
}

/** The files that the check is about. */
type FileChoice = Pick<CheckOutcome, "isWanted" | "choice">;

const allFiles: FileChoice = { choice: "all", isWanted: () => true };

/** By `--select`, or as the record of this folder says. */
async function chosenFiles(
  { select, engine: { stateDirectory } }: InvocationOf<"check">,
  environment: Environment,
  { files, infoHash }: Metainfo,
  directory: string,
): Promise<FileChoice> {
  if (select !== undefined) {
    const paths = files.map(({ path }) => path.join("/"));
    const priorities = prioritiesOf({ select, priorities: [] }, paths);
    return { choice: "selected", isWanted: (file) => priorities[file] !== 0 };
  }
  const recorded = await recordedFiles(environment, { infoHash, directory, stateDirectory });
  if (recorded?.includes(0) !== true) return allFiles;
  return { choice: "recorded", isWanted: (file) => recorded[file] !== 0 };
}

async function judge(
  { files }: TorrentPort,
  { files: listed, geometry: { pieceCount, pieceLengthBytes } }: Metainfo,
  { choice, isWanted }: FileChoice,
  { failedPieces }: CheckResult,
  signal: AbortSignal,
): Promise<Omit<CheckOutcome, "absent" | "foreign">> {
  const counts = new Uint8Array(pieceCount).fill(choice === "all" ? 1 : 0);
  for (const [index, { pieceRange }] of files.entries()) {
    if (pieceRange !== undefined && isWanted(index))
      counts.fill(1, pieceRange[0], pieceRange[1] + 1);
  }
  const failed = failedPieces.filter((piece) => counts[piece] === 1);
  const map = new FileMap(
    listed.map(({ lengthBytes }) => lengthBytes),
    pieceLengthBytes,
  );
  const missing = await findMissing(files, { failedPieces: failed, map, signal });
  return {
    choice,
    isWanted,
    pieces: counts.reduce((sum, one) => sum + one, 0),
    failed,
    missing: failed.filter((piece) => missing.has(piece)),
  };
}
