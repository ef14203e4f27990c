// Starts a service as its user asks for it: the lock, the secrets, the roots and the places.

import { mkdirSync, openSync, closeSync, readFileSync, statSync } from "node:fs";
import { lstat, realpath, rm } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import { nodePorts, pathLinks, type LogSink } from "@troupe/actor-runtime";
import { outOfRange, TroupeError } from "@troupe/control";
import { nestedSettings } from "@troupe/control/commands";
import {
  FileLocks,
  folderBelowRoots,
  ServedEngine,
  type FileLock,
} from "@troupe/coordinator/commands";
import type { Coordinator } from "@troupe/coordinator";
import { startPassword } from "../guard/first-password.ts";
import { refuseNoAuth } from "../guard/no-auth-rule.ts";
import { isRefusal, type Refusal } from "../guard/refusal.ts";
import { openRoot } from "../guard/roots.ts";
import { deriveKey } from "../server/node-secrets.ts";
import type { HttpOptions, ListenPlace, SavedSecret, SavedSecrets } from "../service.messages.ts";
import { readTls } from "./read-tls.ts";
import { parsePlaces } from "./listen-places.ts";
import type { ServiceEvent } from "./row-events.ts";
import { SecretFiles } from "./secret-files.ts";
import { readSavedSettings, SavedSettings, savedSettingsPath } from "./saved-settings.ts";
import { Service } from "./service.ts";

/** A service as its user asks for it. Paths are absolute. */
export interface ServiceOptions {
  /** Keeps passwords, tokens and the socket of the user's commands. */
  readonly stateDirectory: string;
  /** HOST:PORT or unix:PATH. */
  readonly listen: readonly string[];
  /** Folders that callers elsewhere may name paths in; at least one. */
  readonly roots: readonly string[];
  readonly hostNames?: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly user?: string;
  /** False: callers need no credential. Default true. */
  readonly auth?: boolean;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly basePath?: string;
  readonly openMetrics?: boolean;
  readonly metricsPerTorrent?: boolean;
  /** Keys of settings that the environment or an option sets: they come before those that remotes have set. */
  readonly fixedSettings?: readonly string[];
  /** Live settings that the program gives, by their keys: in force again once a remote has dropped its own. */
  readonly givenSettings?: () => Readonly<Record<string, unknown>>;
  /** The content of the file that `TROUPE_PASSWORD_FILE` names, without its line end. */
  readonly password?: string;
  /** No root may hold it. */
  readonly settingsFile?: string | undefined;
  /** The socket of the user's own commands, in a folder of its own. Absent: there is no place for it. */
  readonly localSocket?: string | undefined;
  /** The base of relative paths of sockets. */
  readonly currentFolder: string;
  /** A terminal shows the first password; else a file has it until the first login. Default false. */
  readonly hasTerminal?: boolean;
  readonly log?: LogSink;
  /** `inline`: in the caller's thread, for tests. Default: a thread of its own. */
  readonly host?: "inline" | "threads";
  readonly listening: (places: readonly ListenPlace[]) => void;
  readonly warned: (code: string, message: string) => void;
  /** Takes the events of torrents, for a log. */
  readonly happened: (event: ServiceEvent) => void;
}

/** A service that listens. */
export interface RunningService extends AsyncDisposable {
  /** The first password, for the terminal. */
  readonly firstPassword: string | undefined;
  /** The file with the first password, until the first login. */
  readonly firstPasswordFile: string | undefined;
  /** Lists are answered from now on. */
  restored(): void;
  /** Keys of the settings that remotes have set. */
  readonly remoteSettings: readonly string[];
  /** Reads the certificate and the key again. @throws TroupeError `option-out-of-range` */
  reloadTls(): void;
  close(): Promise<void>;
}

/**
 * Starts a service for the torrents of a coordinator. One runs a state folder.
 *
 * @throws TroupeError `service-running`, `option-out-of-range`, `listen-failed`; a system error of the state folder.
 */
export async function startService(
  coordinator: Coordinator,
  options: ServiceOptions,
): Promise<RunningService> {
  const files = new SecretFiles(options.stateDirectory);
  const lock = lockService(files.folder);
  try {
    return await startLocked(coordinator, options, { files, lock });
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Held {
  readonly files: SecretFiles;
  readonly lock: FileLock;
}

async function startLocked(
  coordinator: Coordinator,
  options: ServiceOptions,
  { files, lock }: Held,
): Promise<RunningService> {
  const places = placesOf(options);
  const roots = await rootsOf(options);
  const password = options.auth === false ? undefined : await openPassword(options, files);
  const kept = new KeptSecrets(files, password !== undefined);
  const settings = restoreSettings(coordinator, options, files.folder);
  // An incarnation after a reload gets the certificates that were read last.
  let tls = tlsOf(options);
  const http: Omit<HttpOptions, "secrets" | "tls"> = {
    ...{ places, roots },
    facts: { ...new ServedEngine(coordinator).facts, stateDirectory: options.stateDirectory },
    basePath: options.basePath ?? "",
    hosts: options.hostNames ?? [],
    machineName: hostname(),
    trustedProxies: options.trustedProxies ?? [],
    user: options.user ?? "troupe",
    areMetricsOpen: options.openMetrics ?? false,
    perTorrentMetrics: options.metricsPerTorrent ?? false,
  };
  const { host, log, listening, warned, happened } = options;
  const service = await Service.start(coordinator, {
    options: () => ({ ...http, ...tls, secrets: kept.secrets }),
    folderBelow: folderBelowRoots({ lstat, realpath }),
    save: (secret) => kept.save(secret),
    saveSettings: async (given) => {
      const dropped = await settings.change(given);
      const { givenSettings = () => ({}) } = options;
      const back = Object.entries(givenSettings()).filter(([key]) => dropped.includes(key));
      if (back.length > 0) coordinator.set(nestedSettings(Object.fromEntries(back)));
    },
    firstLogin: async () => await rm(files.firstPasswordPath, { force: true }),
    ...{ listening, warned, happened },
    ...(log !== undefined && { log }),
    ...(host !== undefined && { host }),
  });
  const close = async (): Promise<void> => {
    try {
      await service.close();
    } finally {
      lock.release();
    }
  };
  return {
    firstPassword: password?.shown,
    firstPasswordFile: files.hasFirst ? files.firstPasswordPath : undefined,
    restored: () => service.restored(),
    get remoteSettings() {
      return Object.keys(settings.values);
    },
    reloadTls: () => {
      tls = tlsOf(options);
      if (tls.tls !== undefined) service.setTls(tls.tls);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function lockService(folder: string): FileLock {
  const path = join(folder, "lock");
  closeSync(openSync(path, "a", 0o600));
  const lock = new FileLocks().lock(path, statSync(path, { bigint: true }).dev);
  if (typeof lock === "object") return lock;
  const message =
    lock === "running"
      ? `another service runs on the state folder of ${folder}: stop it, or give --state-dir`
      : `the file system of ${folder} has no locks: give --state-dir on another one`;
  throw new TroupeError("service-running", message);
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

function placesOf(options: ServiceOptions): readonly ListenPlace[] {
  const named = parsePlaces(options.listen, options.currentFolder);
  // The hosts file may give the name another address.
  const places = named.map((place) =>
    place.kind === "tcp" && place.host === "localhost" ? { ...place, host: "127.0.0.1" } : place,
  );
  if (options.auth === false) {
    const hosts = places.map((place) => (place.kind === "tcp" ? place.host : "socket"));
    const refusal = refuseNoAuth(hosts);
    if (refusal !== undefined) throw asOption("auth", refusal);
  }
  const path = options.localSocket;
  if (path === undefined) {
    options.warned(
      "no-local-socket",
      "the path of the state folder is too long for a socket, and XDG_RUNTIME_DIR is not set: troupe list, add … need --url and --token",
    );
    return places;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return [...places, { kind: "local", path }];
}

async function rootsOf(options: ServiceOptions): Promise<readonly string[]> {
  const guarded = {
    homeFolders: [homedir()],
    stateFolder: options.stateDirectory,
    settingsFile: options.settingsFile,
  };
  const links = pathLinks({ lstat, realpath });
  const roots: string[] = [];
  for (const folder of options.roots) {
    const root = await openRoot(folder, guarded, links);
    if (isRefusal(root)) throw asOption("roots", root);
    roots.push(root);
  }
  return roots;
}

async function openPassword(options: ServiceOptions, files: SecretFiles) {
  const started = await startPassword({
    ...{ files, scrypt: deriveKey, random: nodePorts().random },
    configured: options.password,
    hasTerminal: options.hasTerminal ?? false,
  });
  if (isRefusal(started)) throw asOption("password", started);
  return started;
}

/** The secrets that were saved last, for the next incarnation. */
class KeptSecrets {
  readonly #files: SecretFiles;
  #secrets: SavedSecrets | undefined;

  constructor(files: SecretFiles, hasPassword: boolean) {
    this.#files = files;
    if (!hasPassword) return;
    const tokens = files.read("tokens");
    this.#secrets = {
      password: files.readRecord() ?? "",
      ...(tokens !== undefined && { tokens }),
      knownAddresses: files.knownAddresses,
    };
  }

  get secrets(): SavedSecrets | undefined {
    return this.#secrets;
  }

  async save(secret: SavedSecret): Promise<void> {
    await this.#files.save(secret);
    if (this.#secrets === undefined) return;
    const change =
      secret.kind === "known-addresses"
        ? { knownAddresses: secret.addresses }
        : { [secret.kind]: secret.text };
    this.#secrets = { ...this.#secrets, ...change };
  }
}

function tlsOf({ tlsCertificate, tlsKey }: ServiceOptions): Pick<HttpOptions, "tls"> {
  if (tlsCertificate === undefined && tlsKey === undefined) return {};
  if (tlsCertificate === undefined || tlsKey === undefined)
    throw outOfRange("tlsCertificate", "one of --tls-cert and --tls-key", "both, or none");
  return { tls: readTls(tlsCertificate, tlsKey, (path) => readFileSync(path, "utf8")) };
}

function asOption(option: string, { message }: Refusal): TroupeError {
  return new TroupeError("option-out-of-range", `option ${option}: ${message}`, {
    details: { option },
  });
}
