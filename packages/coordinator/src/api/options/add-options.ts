// Options of a torrent, their defaults and ranges.

import { resolve } from "node:path";
import { dialable } from "@troupe/api-base";
import {
  addArguments,
  addLibraryOptions,
  checkGate,
  checkRules,
  flag,
  settingsBeside,
  whole,
  checkSettings,
  gatesOf,
  optionNames,
  outOfRange,
  record,
  settingsOfGroup,
  torrentRules,
  torrentSettings,
  valueInForce,
  type FileRename,
  type TorrentSettings,
} from "@troupe/control";
import { shareBytes, type AddTorrent } from "@troupe/messages";
import type { EngineOptions, RecordHome } from "@troupe/messages";
import { type PeerAddress, classifyAddress } from "@troupe/protocol/address";
import type { Magnet } from "@troupe/protocol/magnet";
import type { NameRule } from "@troupe/protocol/metainfo";
import { lastSystemPort } from "../../system-ports.ts";
import { withoutFileNames, type FileNameSettings } from "../job/file-name-settings.ts";
import { metadataUnknown, type LoadedSource } from "../job/load-metainfo.ts";
import type { AddOptions, BeginState } from "./generated/torrent-options.ts";
import { packHashed } from "./hashed-files.ts";
import { modulesOf } from "./modules.ts";

const others: readonly string[] = [...Object.keys(addArguments), ...Object.keys(addLibraryOptions)];
// They are checked when the files are known, and may be a function.
const { priorities: _, ...checkedArguments } = gatesOf(addArguments);
const layersWithinSeconds = whole(0, 600);

/** Names of {@link AddOptions}. */
export const addOptionNames: readonly string[] = [...optionNames(torrentSettings), ...others];

/** Checks the settings of a torrent. @throws TroupeError `option-unknown`, `option-out-of-range` */
export function settingsOf(options: AddOptions): TorrentSettings {
  return checkSettings(torrentSettings, options, others);
}

/**
 * The request to the engine.
 * @param recorded Settings that are set already: those of a record, and the rank in the queue.
 * @param home The place of the record, if one is kept.
 * @throws TroupeError `option-unknown`, `option-out-of-range`, `module-not-found`; `metadata-unknown` for a check of a
 *   magnet.
 */
export function addRequest(
  loaded: LoadedSource,
  options: AddOptions,
  { directory, peerWorkers, settings = {} }: EngineOptions,
  home?: RecordHome,
  recorded: TorrentSettings = {},
): AddTorrent {
  const { peers: ownPeers = [], ...chosen } = argumentsOf(options);
  const isServed = checkGate(flag, "served", options.served ?? false);
  const layersWithin = checkGate(
    layersWithinSeconds,
    "layersWithinSeconds",
    options.layersWithinSeconds ?? 0,
  );
  const given = settingsOf(options);
  const set = {
    ...settingsBeside(recorded, options),
    ...given,
    ...joinRenames(recorded.renames, given.renames),
  };
  checkRules(torrentRules, { ...options, ...set });
  const mode = modeOf({ ...chosen, seedOnly: valueInForce(torrentSettings, "seedOnly", set) });
  if (peerWorkers === 0 && mode !== "check-only") {
    throw outOfRange("peerWorkers", "0", "that with `checkOnly` alone");
  }
  if (loaded.kind === "magnet" && mode === "check-only") throw metadataUnknown(loaded);
  const { trackers, peers, webSeeds: linkWebSeeds } = linked(loaded);
  const allTrackers = [...(set.trackers ?? []), ...trackers];
  return {
    ...(loaded.kind === "magnet"
      ? { magnet: loaded.magnet }
      : { metainfo: shareBytes(loaded.metainfo) }),
    source: loaded.source,
    directory: resolve(
      chosen.directory ??
        settingsOfGroup(set.group, settings).directory ??
        settings.directory ??
        directory,
    ),
    settings: { ...set, ...(allTrackers.length > 0 && { trackers: allTrackers }) },
    peers: [...ownPeers, ...peers.map(dialable)],
    ...(linkWebSeeds.length > 0 && { linkWebSeeds }),
    mode,
    ...(layersWithin > 0 && { layersWithinMs: layersWithin * 1_000 }),
    allocation: chosen.allocation ?? addArguments.allocation.default,
    names: namesOf(set),
    ...(options.modules !== undefined && { modules: modulesOf(options.modules) }),
    ...(Array.isArray(options.priorities) && { priorities: [...options.priorities] }),
    ...(loaded.kind === "magnet" &&
      typeof options.priorities === "function" && { metadataWait: "function" }),
    ...(home !== undefined && { home }),
    verify: chosen.verify ?? addArguments.verify.default,
    ...(options.hashed !== undefined && { hashed: packHashed(options.hashed) }),
    ...(isServed && { isServed }),
  };
}

/** @returns The request with the file names on record, if any, in place of those of the options. */
export function withRecordedNames(
  request: AddTorrent,
  fileNames: FileNameSettings | undefined,
): AddTorrent {
  if (fileNames === undefined) return request;
  const { settings } = request;
  const renames = joinRenames(fileNames.renames, settings.renames);
  return { ...request, settings: { ...withoutFileNames(settings), ...fileNames, ...renames } };
}

/** The renames on record, and those that are new. */
function joinRenames(
  recorded: readonly FileRename[] = [],
  given: readonly FileRename[] = [],
): Pick<TorrentSettings, "renames"> {
  const added = given.filter(
    ({ from, to }) => !recorded.some((known) => known.from === from && known.to === to),
  );
  const renames = [...recorded, ...added];
  return renames.length === 0 ? {} : { renames };
}

/** The checked arguments of a call. */
function argumentsOf(options: object) {
  const given = Object.entries(options).filter(([name]) => Object.hasOwn(checkedArguments, name));
  return checkGate(record(checkedArguments), "", Object.fromEntries(given));
}

/** The state to begin with. A `start` that contradicts it was refused. */
export function beginStateOf({ start, state }: Pick<AddOptions, "start" | "state">): BeginState {
  return state ?? (start === false ? "stopped" : "started");
}

function modeOf({
  checkOnly,
  metadataOnly,
  seedOnly,
}: Pick<AddOptions, "checkOnly" | "metadataOnly" | "seedOnly">): AddTorrent["mode"] {
  if (checkOnly === true) return "check-only";
  if (metadataOnly === true) return "metadata-only";
  return seedOnly === true ? "seed-only" : "download";
}

function namesOf(set: TorrentSettings): NameRule {
  const isPortable = valueInForce(torrentSettings, "portableNames", set);
  return isPortable || process.platform === "win32" ? "portable" : "own";
}

type LinkedSources = Pick<Magnet, "trackers" | "peers" | "webSeeds">;

const nothingLinked: LinkedSources = { trackers: [], peers: [], webSeeds: [] };

/**
 * Trackers, peers and web seeds of a link whose .torrent was found. Trackers and peers are as if the caller had given
 * them. All are left out of a link from the network.
 */
function linked(loaded: LoadedSource): LinkedSources {
  const { kind, source, link } = loaded;
  if (kind === "magnet" || source === "network" || link === undefined) return nothingLinked;
  const { trackers, peers, webSeeds } = link;
  return { trackers, webSeeds, peers: peers.filter(mayBeDialled) };
}

/** A name may lead to the local network, where no link makes us dial system services. */
function mayBeDialled({ host, port }: PeerAddress): boolean {
  return port > lastSystemPort || classifyAddress(host) === "internet";
}
