// `app/preferences`: the settings of the engine under the names of qBittorrent.

import { jsonResponse } from "../routes/route.ts";
import { dataDirectory, type ServiceFacts } from "../routes/service-facts.ts";
import { constantsOf, type Json } from "./constants.ts";
import type { Answer, DialectCall } from "./dialect-call.ts";
import { engineSettingsOf, type ShownEngineSettings } from "./shown-settings.ts";

/** Preferences by name. */
export type Preferences = Readonly<Record<string, Json>>;

const constants = constantsOf("app/preferences");
const none = -1;
/** Values in force where the engine has no setting; the engine decides some of them by the machine. */
const defaults = { maxConnections: 500, maxPeers: 200 } as const;
const minuteSeconds = 60;

/** The actions at a goal that qBittorrent has, by their numbers. */
export const goalActions = ["stop", "remove", "super-seed", "remove-with-files"] as const;

/** The modes of encryption that qBittorrent has, by their numbers. It has no name for `prefer`, which is shown as 0. */
export const encryptionModes = ["allow", "require", "off"] as const;

/** The modes of TCP beside uTP, by their numbers. */
export const mixedModes = ["prefer-tcp", "proportional"] as const;

/** The transports of connections to peers, by their numbers. */
export const transportModes = ["both", "tcp", "utp"] as const;

/** Answers `app/preferences`. */
export const showPreferences: Answer = async (call) => jsonResponse(await preferencesOf(call));

/** The preferences in force. */
export async function preferencesOf({
  calls,
  state,
}: Pick<DialectCall, "calls" | "state">): Promise<Preferences> {
  const [engine, ports, bans] = await Promise.all([
    engineSettingsOf(calls),
    calls.run("ports", {}),
    calls.run("bans", {}),
  ]);
  return {
    ...constants,
    ...startPreferences(state.facts),
    ...folderPreferences(engine, dataDirectory(engine, state.facts)),
    ...transferPreferences(engine),
    ...goalPreferences(engine),
    listen_port: ports.port ?? 0,
    banned_IPs: bans.map(({ address }) => address).join("\n"),
  };
}

/** Preferences that the settings file decides: no call changes them. */
export function startPreferences(facts: ServiceFacts) {
  return {
    dht: facts.usesDht,
    lsd: facts.usesLocalDiscovery,
    upnp: facts.mapsPort,
    incomplete_files_ext: facts.marksUnfinishedFiles,
  };
}

function folderPreferences(engine: ShownEngineSettings, directory: string): Preferences {
  const { checkAtCompletion = false, exclude = [], incompleteDirectory } = engine;
  return {
    save_path: directory,
    temp_path_enabled: incompleteDirectory !== undefined,
    temp_path: incompleteDirectory ?? "",
    excluded_file_names_enabled: exclude.length > 0,
    excluded_file_names: exclude.join("\n"),
    recheck_completed_torrents: checkAtCompletion,
  };
}

function transferPreferences(engine: ShownEngineSettings): Preferences {
  const { announceAddress = "", defaultTrackers = [], encryption = "allow", limits = {} } = engine;
  return {
    utp_tcp_mixed_mode: mixedModes.indexOf(engine.mixedMode ?? "proportional"),
    bittorrent_protocol: transportModes.indexOf(engine.transport ?? "both"),
    encryption: encryptionModes.findIndex(
      (mode) => mode === (encryption === "prefer" ? "allow" : encryption),
    ),
    dl_limit: limits.down ?? 0,
    up_limit: limits.up ?? 0,
    limit_tcp_overhead: limits.protocol ?? true,
    limit_lan_peers: limits.localNetworks ?? false,
    max_connec: engine.maxConnections ?? defaults.maxConnections,
    max_connec_per_torrent: engine.maxPeers ?? defaults.maxPeers,
    max_active_downloads: engine.maxActiveDownloads ?? none,
    max_active_uploads: engine.maxActiveSeeds ?? none,
    add_trackers_enabled: defaultTrackers.length > 0,
    add_trackers: defaultTrackers.join("\n"),
    announce_ip: announceAddress,
    pex: engine.peerExchange ?? true,
    start_paused_enabled: engine.startAdded === false,
  };
}

function goalPreferences({ goals = {} }: ShownEngineSettings): Preferences {
  const isOff = goals.action === "none";
  const [ratio, seconds] = isOff ? [] : [goals.ratio, goals.seedSeconds];
  const action = goalActions.findIndex((name) => name === goals.action);
  return {
    max_ratio_enabled: ratio !== undefined,
    max_ratio: ratio ?? none,
    max_seeding_time_enabled: seconds !== undefined,
    max_seeding_time: seconds === undefined ? none : Math.floor(seconds / minuteSeconds),
    // A pause is the nearest to a stop.
    max_ratio_act: Math.max(0, action),
  };
}
