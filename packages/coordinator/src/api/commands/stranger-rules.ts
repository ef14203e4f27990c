// Rules for what a caller elsewhere names: no file, folders below its roots alone, and hosts as a stranger names them.

import type { MayDial } from "@troupe/actor-runtime";
import { outOfRange, spelled, TroupeError } from "@troupe/control";
import type { NamedPeer } from "@troupe/messages";
import { isNameOfLocalNetwork, parseIp } from "@troupe/protocol/address";
import { isThisMachine } from "../../named-hosts.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import { isElsewhere, requireRight, type Caller } from "./caller.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Finds the folder that a path means, with its links resolved.
 *
 * @throws rejects with TroupeError `not-permitted` for a folder that is neither a root nor below one; `path-not-resolved`.
 */
export type FolderBelow = (path: string, roots: readonly string[]) => Promise<string>;

/** The settings that name hosts. */
const hostSettings = ["trackers", "trackerTiers", "webSeeds"] as const;

/** Options of a torrent that a caller adds. Those of a caller elsewhere are the options of a stranger's torrent. */
export function addedBy(caller: Caller): Pick<AddOptions, "fromNetwork" | "useLocalHosts"> {
  return isElsewhere(caller) ? { fromNetwork: true, useLocalHosts: false } : {};
}

/** The changes of a torrent by a caller. A torrent with hosts of a caller elsewhere reaches no local host any more. */
export function changedBy(caller: Caller, changes: Values): Values {
  const namesHosts = hostSettings.some((name) => (changes[name] ?? null) !== null);
  return isElsewhere(caller) && namesHosts ? { ...changes, useLocalHosts: false } : changes;
}

/** The path that a caller means, to be used in place of its own. @throws rejects with TroupeError `not-permitted` */
export async function placeOf(
  caller: Caller,
  path: string,
  { of, folderBelow }: { readonly of: "file" | "folder"; readonly folderBelow: FolderBelow },
): Promise<string> {
  if (of === "folder" && isElsewhere(caller) && caller.roots !== undefined)
    return await folderBelow(path, caller.roots);
  requireRight(caller, `the path of a ${of}`, "local");
  return path;
}

/**
 * Refuses trackers of all torrents that a caller elsewhere names in a local network. A name of the internet passes: the
 * engine dials no local address of it.
 *
 * @param mayDial The engine's rule for hosts that strangers name.
 * @throws TroupeError `not-permitted`, `option-out-of-range`
 */
export function refuseLocalTrackers(
  caller: Caller,
  { defaultTrackers }: Values,
  mayDial: MayDial,
): void {
  if (!isElsewhere(caller) || !Array.isArray(defaultTrackers)) return;
  for (const url of defaultTrackers as readonly string[]) {
    const host = URL.parse(url)?.hostname;
    if (host === undefined) throw outOfRange("defaultTrackers", spelled(url), "URLs of trackers");
    if (!mayBeNamed(host, mayDial)) throw localHost(host);
  }
}

/**
 * Refuses peers that a caller elsewhere names in a local network. A name of the internet passes: the engine dials no local
 * address of it.
 *
 * @param mayDial The engine's rule for hosts that strangers name.
 * @throws TroupeError `not-permitted`
 */
export function refuseLocalPeers(
  caller: Caller,
  peers: readonly Pick<NamedPeer, "host">[],
  mayDial: MayDial,
): void {
  if (!isElsewhere(caller)) return;
  const refused = peers.find(({ host }) => !mayBeNamed(host, mayDial));
  if (refused !== undefined) throw localHost(refused.host);
}

/** Whether a host may be one that strangers name. @param named A name or an address, in brackets or with a zone too. */
function mayBeNamed(named: string, mayDial: MayDial): boolean {
  const host = named.replace(/^\[(.*)\]$/, "$1").replace(/%[^%]*$/, "");
  if (parseIp(host) !== undefined) return mayDial(host, host);
  const isLocal = isNameOfLocalNetwork(host) || isThisMachine(host);
  return !isLocal || mayDial(noAddress, host);
}

/** The address of a name that is not resolved yet: only the name itself can be listed. */
const noAddress = "";

function localHost(host: string): TroupeError {
  const message = `the host ${spelled(host)} needs the right local: it is this machine or in a local network, and \`localHosts\` does not list it`;
  return new TroupeError("not-permitted", message, { details: { host, needed: "local" } });
}
