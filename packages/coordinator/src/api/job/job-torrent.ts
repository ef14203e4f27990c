// `Torrent.create` and `Torrent.load`.

import { workerUrls } from "@troupe/api-base";
import { refuseUnknownNames } from "@troupe/control";
import type { Coordinator } from "../coordinator.ts";
import { addOptionNames } from "../options/add-options.ts";
import type { CoordinatorOptions } from "../options/generated/engine-options.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import { LockKeepers } from "../lock/lock-keepers.ts";
import { networkFor, networkRules } from "../options/network-options.ts";
import { coordinatorOptionNames } from "../options/options.ts";
import { sessionOf } from "../session-of.ts";
import { EngineSession } from "../engine-session.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";
import { createJobFolder, discardJobFolder, loadJobFolder, type JobFolder } from "./job-folder.ts";
import type { RealFolder } from "./saved-torrents.ts";
import { SessionState } from "./session-state.ts";

/** A job has its files in its own folder. */
const places = ["incompleteDirectory", "moveTo"] as const;
type Places = (typeof places)[number];

/** Settings of a job, and of the engine that is started for it. */
export interface JobOptions
  extends
    Omit<
      AddOptions,
      "directory" | "checkOnly" | "layersWithinSeconds" | "metadataOnly" | "served" | Places
    >,
    Omit<CoordinatorOptions, "directory" | "limits" | Places> {
  /** Runs the job. Default: an engine of its own, which ends with `torrent.close()`. */
  readonly coordinator?: Coordinator;
}

/** The limits of a job are those of its torrent. */
const notOfEngines: readonly string[] = ["directory", "limits", ...places];
const ownEngineNames = coordinatorOptionNames.filter((name) => !notOfEngines.includes(name));
const notOfJobs: readonly string[] = [
  ...(["directory", "checkOnly", "layersWithinSeconds", "metadataOnly", "served"] as const),
  ...places,
];
const jobNames = addOptionNames.filter((name) => !notOfJobs.includes(name));

/** Names of {@link JobOptions}. */
export const jobOptionNames: readonly string[] = [
  ...new Set([...ownEngineNames, ...jobNames]),
  "coordinator",
];

/** @internal See `Torrent.create`. */
export async function createJob(
  folder: string,
  source: string | URL | Uint8Array,
  options: JobOptions,
): Promise<TorrentProxy> {
  refuseUnknownNames("option", Object.keys(options), jobOptionNames);
  const {
    coordinator,
    signal,
    stateDirectory,
    fromNetwork = false,
    useLocalHosts = true,
  } = options;
  // Refuses another object before the folder is made.
  const engine = coordinator === undefined ? networkFor(options) : sessionOf(coordinator).options;
  // The state folder does not list this job: no real path is needed.
  const realFolder: RealFolder = ({ directory }) => Promise.resolve(directory);
  const { localHosts } = coordinator === undefined ? options : sessionOf(coordinator).options;
  const state = new SessionState(stateDirectory, realFolder, networkRules(engine), localHosts);
  const loaded = await state.load(source, { signal, fromNetwork, useLocalHosts });
  return await run(await createJobFolder(folder, loaded), options);
}

/** @internal See `Torrent.load`. */
export async function loadJob(folder: string, options: JobOptions): Promise<TorrentProxy> {
  refuseUnknownNames("option", Object.keys(options), jobOptionNames);
  return await run(await loadJobFolder(folder), options);
}

/** Removes a new folder if its job cannot be added: the call can be repeated. */
async function run(job: JobFolder, options: JobOptions): Promise<TorrentProxy> {
  try {
    return await add(job, options);
  } catch (error) {
    if (job.isNew) await discard(job, options);
    throw error;
  }
}

async function discard(job: JobFolder, options: JobOptions): Promise<void> {
  if (options.coordinator !== undefined) {
    return await discardJobFolder(job, sessionOf(options.coordinator).locks);
  }
  const keepers = new LockKeepers(1, workerUrls(options.workerUrls));
  await discardJobFolder(job, keepers);
  await keepers.close();
}

async function add(job: JobFolder, options: JobOptions): Promise<TorrentProxy> {
  const { coordinator } = options;
  const choices: AddOptions = pick(options, addOptionNames);
  if (coordinator !== undefined) return await sessionOf(coordinator).addFolder(job, choices);
  const own = await EngineSession.start(pick(options, ownEngineNames));
  try {
    const torrent = await own.addFolder(job, choices);
    torrent.owner = own;
    return torrent;
  } catch (error) {
    await own.close();
    throw error;
  }
}

function pick(options: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
}
