// Options of a coordinator.

import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { descriptorUse, type DescriptorUse } from "@troupe/actor-runtime";
import {
  checkRules,
  checkSettings,
  engineLibraryOptions,
  engineRules,
  engineSettings,
  liveRows,
  optionNames,
  valueInForce,
} from "@troupe/control";
import type { EngineOptions } from "@troupe/messages";
import { canonicalHost } from "@troupe/protocol/address";
import { dhtSettings } from "./dht-options.ts";
import { fileAccess } from "./file-access.ts";
import { isBehindProxy, mappingProtocols, networkFor } from "./network-options.ts";
import type { CoordinatorOptions } from "./generated/engine-options.ts";
import { shareDescriptors } from "./descriptor-budget.ts";

const libraryOnly = Object.keys(engineLibraryOptions);

/** Names of {@link CoordinatorOptions}. */
export const coordinatorOptionNames: readonly string[] = [
  ...optionNames(engineSettings),
  ...libraryOnly,
];

/** Default payload memory. */
export const defaultMemoryBytes: number = engineSettings.memory.default;

const liveNames = Object.keys(liveRows(engineSettings));

/** @throws TroupeError `option-unknown`, `option-out-of-range`. */
export function engineOptions(
  options: CoordinatorOptions,
  use: DescriptorUse = descriptorUse(),
): EngineOptions {
  const set = checkSettings(engineSettings, options, libraryOnly);
  const inForce = <Name extends keyof typeof engineSettings>(name: Name) =>
    valueInForce(engineSettings, name, set);
  const { peerWorkers = defaultPeerWorkers(), hashThreads: threads = availableParallelism() } = set;
  checkRules(engineRules, { ...options, peerWorkers });
  const access = fileAccess(set);
  const { localHosts, maxChecks, stateDirectory } = set;
  const [bind, port] = [inForce("bind").map(canonicalHost), inForce("port")];
  const network = networkFor(set);
  // Traffic that a proxy cannot carry is off: no packet goes past the proxy.
  const isProxied = isBehindProxy(network);
  const carriesUdp = !isProxied || network.proxy?.protocol === "socks5";
  // An engine without peer-workers has no peers.
  const dht = peerWorkers > 0 ? dhtSettings(options.dht ?? true, bind) : {};
  const hasDht = carriesUdp && dht.dht !== undefined;
  const counts = { peerWorkers, hashThreads: threads, hasRecords: stateDirectory !== undefined };
  const { hashThreads, budget } = shareDescriptors(use, { ...counts, hasDht });
  const directory = resolve(inForce("directory"));
  const live = Object.entries(set).filter(([name]) => liveNames.includes(name));
  return {
    directory,
    ...(stateDirectory !== undefined && { stateDirectory: resolve(stateDirectory) }),
    peerWorkers,
    hashThreads,
    memoryBytes: inForce("memory"),
    ports: typeof port === "number" ? [port] : port,
    bind,
    localDiscovery: inForce("localDiscovery") && !inForce("anonymous") && !isProxied,
    portMapping: inForce("portMapping") && !isProxied ? mappingProtocols(set) : [],
    ...network,
    ...(localHosts !== undefined && { localHosts }),
    ...(hasDht && dht),
    // The current folder may change later.
    settings: { ...Object.fromEntries(live), ...(set.directory !== undefined && { directory }) },
    ...fileNamesIn(set),
    ...(maxChecks !== undefined && { maxChecks }),
    uploadSlots: inForce("uploadSlots"),
    descriptors: budget,
    ...(access !== undefined && { fileAccess: access }),
  };
}

/** The settings of the names of files, if any is set. */
function fileNamesIn({
  layout,
  partSuffix,
}: NonNullable<EngineOptions["fileNames"]>): Pick<EngineOptions, "fileNames"> {
  if (layout === undefined && partSuffix === undefined) return {};
  const suffix = partSuffix !== undefined && { partSuffix };
  return { fileNames: { ...(layout !== undefined && { layout }), ...suffix } };
}

/** Default number of peer-workers. */
export function defaultPeerWorkers(): number {
  return Math.min(Math.max(availableParallelism() >> 2, 1), 4);
}
