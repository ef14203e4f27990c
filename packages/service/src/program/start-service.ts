// Starts a service as its user asks for it: the lock, the secrets, the roots and the places.

import { lstat, realpath, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { nodePorts } from "@troupe/actor-runtime";
import { nestedSettings } from "@troupe/control/commands";
import { folderBelowRoots, ServedEngine, type FileLock } from "@troupe/coordinator/commands";
import type { Coordinator } from "@troupe/coordinator";
import { startPassword } from "../guard/first-password.ts";
import { isRefusal } from "../guard/refusal.ts";
import { deriveKey } from "../server/node-secrets.ts";
import type { ListenPlace } from "../service.messages.ts";
import { HttpTree } from "./http-tree.ts";
import { KeptSecrets } from "./kept-secrets.ts";
import { readTls } from "./read-tls.ts";
import { readSavedSettings, SavedSettings, savedSettingsPath } from "./saved-settings.ts";
import { SecretFiles } from "./secret-files.ts";
import { lockService } from "./service-lock.ts";
import { asOption, type ServiceOptions } from "./service-options.ts";
import { placesOf, rootsOf } from "./service-places.ts";
import { closeAll, ServiceWork } from "./service-work.ts";
import { Service } from "./service.ts";

/** A service that listens. */
export interface RunningService extends AsyncDisposable {
  /** The first password, for the terminal. */
  readonly firstPassword: string | undefined;
  /** Name of the user that has it. */
  readonly user: string;
  /** The file with the first password, until the first login. */
  readonly firstPasswordFile: string | undefined;
  /**
   * Lists are answered from now on, and automation begins.
   *
   * @param failed Info-hashes of torrents that could not be brought back. Default none.
   */
  restored(failed?: readonly string[]): void;
  /** Keys of the settings that remotes have set. */
  readonly remoteSettings: readonly string[];
  /** Reads the certificate and the key again. @throws rejects with TroupeError `option-out-of-range` */
  reloadTls(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a service for the torrents of a coordinator. One runs a state folder.
 *
 * @param coordinator May still start: the thread of the service loads meanwhile.
 * @throws TroupeError `service-running`, `option-out-of-range`, `listen-failed`, `worker-file-not-found`; a system error of
 *   the state folder; the error of a coordinator that does not start.
 */
export async function startService(
  coordinator: Coordinator | Promise<Coordinator>,
  options: ServiceOptions,
): Promise<RunningService> {
  const tree = new HttpTree(options);
  try {
    return await startFor(await coordinator, options, tree);
  } finally {
    await tree.endUnused();
  }
}

async function startFor(
  coordinator: Coordinator,
  options: ServiceOptions,
  tree: HttpTree,
): Promise<RunningService> {
  const files = new SecretFiles(options.stateDirectory);
  const lock = lockService(files.folder);
  try {
    return await startLocked(coordinator, options, { files, lock, tree });
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Held {
  readonly files: SecretFiles;
  readonly lock: FileLock;
  readonly tree: HttpTree;
}

async function startLocked(
  coordinator: Coordinator,
  options: ServiceOptions,
  { files, lock, tree }: Held,
): Promise<RunningService> {
  const places = placesOf(options);
  const roots = await rootsOf(options);
  const password = options.auth === false ? undefined : await openPassword(options, files);
  const kept = new KeptSecrets(files, password !== undefined);
  const settings = restoreSettings(coordinator, options, files.folder);
  // An incarnation after a reload gets the certificates that were read last.
  let tls = await readTls(options);
  // A later incarnation listens at the ports that the system picked for the first.
  let opened: readonly ListenPlace[] | undefined;
  const http = httpSettings(coordinator, options, files);
  const { log, listening, warned, happened } = options;
  const folderBelow = folderBelowRoots({ lstat, realpath });
  let running: Service | undefined;
  const work = await ServiceWork.open(coordinator, options, {
    ...{ folder: files.folder, roots, folderBelow },
    run: async (name, given, caller) => await started(running).run(name, given, caller),
    look: () => running?.look(),
  });
  const service = await startBeside(work, coordinator, {
    options: () => ({
      ...http,
      roots,
      ...(tls !== undefined && { tls }),
      ...{ places: opened ?? places, areAllNeeded: opened === undefined, secrets: kept.secrets },
    }),
    folderBelow,
    runFeeds: (call) => work.runFeeds(call),
    save: (secret) => kept.save(secret),
    saveSettings: async (given) => giveBack(coordinator, options, await settings.change(given)),
    firstLogin: async () => await rm(files.firstPasswordPath, { force: true }),
    listening: (found) => {
      opened ??= found;
      listening(found);
    },
    ...{ warned, happened, tree, history: work.history },
    changed: (rows) => work.follow(rows),
    ...(log !== undefined && { log }),
  });
  running = service;
  work.history.begin();
  const close = closeOnce([work, service], lock);
  return {
    firstPassword: password?.shown,
    user: userOf(options),
    firstPasswordFile: files.hasFirst ? files.firstPasswordPath : undefined,
    restored: (failed = []) => work.begin(service.restored(), failed),
    get remoteSettings() {
      return Object.keys(settings.values);
    },
    reloadTls: async () => {
      tls = await readTls(options);
      if (tls !== undefined) service.setTls(tls);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Settings that a remote has dropped get the value of the program again. @param dropped Their keys. */
function giveBack(
  coordinator: Coordinator,
  { givenSettings = () => ({}) }: ServiceOptions,
  dropped: readonly string[],
): void {
  const back = Object.entries(givenSettings()).filter(([key]) => dropped.includes(key));
  if (back.length > 0) coordinator.set(nestedSettings(Object.fromEntries(back)));
}

/** Starts the service, whose work is open. */
async function startBeside(
  work: ServiceWork,
  ...service: Parameters<typeof Service.start>
): Promise<Service> {
  try {
    return await Service.start(...service);
  } catch (error) {
    await work.close();
    throw error;
  }
}

/** Work begins when the service has started. */
function started(service: Service | undefined): Service {
  if (service === undefined) throw new Error("bug: the service has not started");
  return service;
}

/** Closes parts side by side, and then releases the lock. A second call waits for the first. */
function closeOnce(
  parts: readonly { close(): Promise<void> }[],
  lock: FileLock,
): () => Promise<void> {
  const end = async (): Promise<void> => {
    try {
      await closeAll(parts);
    } finally {
      lock.release();
    }
  };
  let ended: Promise<void> | undefined;
  return () => (ended ??= end());
}

function userOf({ user = "troupe" }: ServiceOptions): string {
  return user;
}

/** The options of every incarnation that come from those of the service. */
function httpSettings(coordinator: Coordinator, options: ServiceOptions, files: SecretFiles) {
  const { stateDirectory } = options;
  return {
    facts: { ...new ServedEngine(coordinator).facts, stateDirectory },
    basePath: options.basePath ?? "",
    hosts: options.hostNames ?? [],
    machineName: hostname(),
    trustedProxies: options.trustedProxies ?? [],
    user: userOf(options),
    passwordCost: options.passwordCost,
    linkKey: files.linkKey(nodePorts().random),
    areMetricsOpen: options.openMetrics ?? false,
    perTorrentMetrics: options.metricsPerTorrent ?? false,
  };
}

/** Puts the settings that remotes have set in force, but for those that come before them. */
function restoreSettings(
  coordinator: Coordinator,
  { fixedSettings = [], warned }: ServiceOptions,
  folder: string,
): SavedSettings {
  const path = savedSettingsPath(folder);
  const { values, warning } = readSavedSettings(path);
  if (warning !== undefined) warned("saved-settings-wrong", warning);
  const free = Object.entries(values).filter(([key]) => !fixedSettings.includes(key));
  coordinator.set(nestedSettings(Object.fromEntries(free)));
  return new SavedSettings(path, values);
}

async function openPassword(options: ServiceOptions, files: SecretFiles) {
  const started = await startPassword({
    ...{ files, scrypt: deriveKey, random: nodePorts().random },
    cost: options.passwordCost,
    configured: options.password,
    hasTerminal: options.hasTerminal ?? false,
  });
  if (isRefusal(started)) throw asOption("password", started);
  return started;
}
