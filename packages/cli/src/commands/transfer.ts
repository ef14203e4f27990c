import { resolve } from "node:path";
import { settingsOfGroup } from "@troupe/control";
import { parseMagnet } from "@troupe/protocol/magnet";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { UsageError } from "../arguments/usage-error.ts";
import { nearestCommand, type TransferInvocation } from "../arguments/parse-arguments.ts";
import { formatBytes, formatElapsed, formatRate } from "../display/units.ts";
import type { AddOptions, CoordinatorPort, TorrentPort } from "../engine-port.ts";
import { ExitCode, failureOf, gravestExitCode } from "../failure.ts";
import type { ExitCodeValue } from "../failure.ts";
import { loadOptions, originOf, placedPaths, stateFolder } from "../source.ts";
import type { Environment } from "../environment.ts";
import { modulesOption } from "../module-options.ts";
import { listSources, loadSource, type NamedSource } from "./source-list.ts";
import { withEngines, type EngineRun } from "./engine-run.ts";
import { nameOf, seedToEnd, waitForEnd } from "./seed-to-end.ts";
import { whenGoalReached } from "./torrent-end.ts";
import { runOnComplete } from "./on-complete.ts";
import { recordedFiles, wantedFiles } from "./wanted-files.ts";

interface LoadedSource {
  readonly source: string;
  /** Undefined for a magnet, which the library looks up itself. */
  readonly metainfo: Uint8Array | undefined;
  /** On the command line, from 0. */
  readonly place: number;
}

/** The engine of the command, and how each torrent is added to it. */
interface Transfer {
  readonly engine: CoordinatorPort;
  readonly options: AddOptions & { readonly directory: string };
  readonly run: EngineRun;
  readonly invocation: TransferInvocation;
}

const duplicateSource = {
  code: "torrent-exists",
  message: "this torrent was given twice and runs once",
};

/** `troupe download` and `troupe seed`: runs all sources in parallel; a failed source does not stop the others. */
export async function runTransfer(
  invocation: TransferInvocation,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) => {
    const codes: ExitCodeValue[] = [];
    const loaded = await loadSources(invocation, run, codes);
    if (loaded.length === 0) return gravestExitCode(codes);
    const { engine: settings } = invocation;
    const directory = dataFolder(invocation, environment);
    const placed = placedPaths(invocation.add, environment.currentFolder);
    const options = {
      ...placed,
      ...modulesOption(invocation.modules, environment),
      ...wantedFiles(invocation),
      directory,
      signal: environment.stop,
    };
    const stateDirectory = stateFolder(settings.stateDirectory, environment);
    const engine = await run.startEngine(stateDirectory === undefined ? {} : { stateDirectory });
    const transfer: Transfer = { engine, options, run, invocation };
    const runOne = invocation.command === "seed" ? seedOne : downloadOne;
    const ended = await Promise.all(
      loaded.map((source) =>
        run.guarded(
          () => skipDuplicate(run, source, () => runOne(transfer, source)),
          source.source,
        ),
      ),
    );
    return gravestExitCode([...codes, ...ended]);
  });
}

/** The folder that the command line names; else that of the group, else that of the settings. */
function dataFolder(
  { add: { directory, group }, engine }: TransferInvocation,
  environment: Environment,
): string {
  const named = directory ?? settingsOfGroup(group, engine).directory ?? engine.directory;
  return resolve(environment.currentFolder, named ?? ".");
}

async function skipDuplicate(
  { reporter }: EngineRun,
  { source }: LoadedSource,
  runOne: () => Promise<ExitCodeValue>,
): Promise<ExitCodeValue> {
  try {
    return await runOne();
  } catch (error) {
    if (failureOf(error).code !== duplicateSource.code) throw error;
    reporter.warned(duplicateSource, source);
    return ExitCode.done;
  }
}

async function loadSources(
  { sources: words, sourceLists, engine }: TransferInvocation,
  run: EngineRun,
  codes: ExitCodeValue[],
): Promise<LoadedSource[]> {
  const { environment, reporter } = run;
  const load = loadOptions(engine, environment);
  const loaded: LoadedSource[] = [];
  const seen = new Set<string>();
  let isCommandMeant = false;
  const loadNamed = async (named: NamedSource, place: number): Promise<ExitCodeValue> => {
    const { name, isWord } = named;
    return await run.guarded(async () => {
      const metainfo = await loadSource(named, environment.engine, load).catch((error: unknown) => {
        const reported = place === 0 && isWord ? suggestCommand(name, error) : error;
        isCommandMeant ||= reported instanceof UsageError;
        throw reported;
      });
      loaded.push({ source: name, metainfo, place });
      return ExitCode.done;
    }, name);
  };
  const sources = await listSources(words, sourceLists, environment);
  const distinct = sources.filter(({ name }) => {
    const isNew = !seen.has(name);
    if (isNew) seen.add(name);
    else reporter.warned(duplicateSource, name);
    return isNew;
  });
  codes.push(...(await Promise.all(distinct.map(loadNamed))));
  // `troupe chekc a.torrent` must not download a.torrent.
  if (isCommandMeant) return [];
  // Torrents are queued in the order of the command line, not in the order in which the disk loads them.
  return loaded.toSorted((one, other) => one.place - other.place);
}

/** A mistyped call looks like a missing source. */
function suggestCommand(source: string, error: unknown): unknown {
  const looksLikeCall = /^[a-z][a-z-]{1,30}$/.test(source);
  if (!looksLikeCall || failureOf(error).code !== "torrent-not-found") return error;
  const command = nearestCommand(source);
  const meant = command === undefined ? "" : `; did you mean \`troupe ${command}\`?`;
  return new UsageError(`there is no call ${source}, and no file of this name${meant}`, command);
}

async function downloadOne(transfer: Transfer, loaded: LoadedSource): Promise<ExitCodeValue> {
  const { options, run } = transfer;
  const { keepSeeding, giveUpAfterMs } = transfer.invocation;
  const torrent = await add(transfer, loaded, options);
  torrent.on("complete", ({ seconds }) => {
    run.reporter.result({ text: completeSentence(torrent, seconds) });
  });
  torrent.on("moved", ({ directory }) => {
    run.reporter.result({ text: `${nameOf(torrent)}: moved to ${directory}` });
  });
  const atEnd = whenArrived(transfer, loaded, torrent);
  run.reporter.follow(torrent, { endsWhenComplete: !keepSeeding, place: loaded.place });
  const goalReached = whenGoalReached(torrent, run.reporter);
  return await waitForEnd(torrent, run, giveUpAfterMs, async (failed, stopped) => {
    const end = await Promise.race([torrent.completed, failed, stopped]);
    if (end === "stopped") return "stopped";
    if (keepSeeding && (await Promise.race([goalReached, failed, stopped])) === "stopped")
      return "stopped";
    const arrived = await Promise.race([atEnd, failed, stopped]);
    return arrived === "stopped" ? "stopped" : "complete";
  });
}

/**
 * Settles when the complete torrent is in its final folder and the program of `--on-complete` has ended. A torrent that was
 * complete before starts no program.
 */
async function whenArrived(
  { invocation: { onComplete }, options, run }: Transfer,
  { place }: LoadedSource,
  torrent: TorrentPort,
): Promise<void> {
  let isNews = false;
  torrent.on("moved", () => (isNews = true));
  // A torrent that has failed starts no program.
  const arrived = await torrent.arrived.then(
    () => true,
    () => false,
  );
  isNews ||= torrent.progress.downloadedBytes > 0;
  if (!arrived || !isNews || onComplete === undefined) return;
  const { bandwidthPriority: priority = "normal" } = options;
  await runOnComplete(onComplete, { torrent, id: place + 1, priority }, run);
}

async function seedOne(transfer: Transfer, loaded: LoadedSource): Promise<ExitCodeValue> {
  const { options, run } = transfer;
  const { giveUpAfterMs } = transfer.invocation;
  const wanted = await seededFiles(transfer, loaded);
  const torrent = await add(transfer, loaded, { ...options, ...wanted, seedOnly: true });
  const { directory } = options;
  return await seedToEnd(torrent, run, { giveUpAfterMs, directory, place: loaded.place });
}

/** The files of the last run, unless the command line names others. */
async function seededFiles(
  { invocation, options: { directory }, run: { environment } }: Transfer,
  { source, metainfo }: LoadedSource,
): Promise<Pick<AddOptions, "priorities">> {
  const { select, engine } = invocation;
  const { stateDirectory } = engine;
  if (select !== undefined || stateFolder(stateDirectory, environment) === undefined) return {};
  const { infoHash } = metainfo === undefined ? parseMagnet(source) : parseTorrent(metainfo);
  const priorities = await recordedFiles(environment, { infoHash, directory, stateDirectory });
  return priorities?.includes(0) === true ? { priorities } : {};
}

/** The port is reported with the first torrent: if all sources are refused, the command reports no port. */
async function add(
  { engine, run }: Transfer,
  { source, metainfo }: LoadedSource,
  options: AddOptions,
): Promise<TorrentPort> {
  const fromNetwork = originOf(source) === "network";
  const torrent = await engine.add(metainfo ?? source, { ...options, fromNetwork });
  run.reportStart(engine);
  return torrent;
}

function completeSentence(torrent: TorrentPort, seconds: number): string {
  const { directory } = torrent;
  const name = nameOf(torrent);
  const { downloadedBytes, wantedBytes } = torrent.progress;
  const size = formatBytes(wantedFileBytes(torrent));
  if (downloadedBytes === 0) return `${name}: already complete, ${size} in ${directory}`;
  const rate = formatRate(downloadedBytes / Math.max(seconds, 0.001));
  const took = formatElapsed(seconds);
  // After an interruption, the time of the rest only.
  const isRest = downloadedBytes < wantedBytes;
  const how = isRest
    ? ` (the last ${formatBytes(downloadedBytes)} in ${took}, ${rate})`
    : ` in ${took} (${rate})`;
  return `${name}: complete, ${size}${how}, in ${directory}`;
}

/** The bytes of the selected files; their pieces may have more. */
function wantedFileBytes({ files }: TorrentPort): number {
  const wanted = files.filter(({ isPadding, priority }) => priority > 0 && !isPadding);
  return wanted.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}
