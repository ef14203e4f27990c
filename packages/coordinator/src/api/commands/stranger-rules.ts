// Rules for what a caller elsewhere names: no file, folders below its roots alone, and hosts as a stranger names them.

import { outOfRange, spelled, TroupeError } from "@troupe/control";
import { classifyAddress, isNameOfLocalNetwork, parseIp } from "@troupe/protocol/address";
import { mayBeNamed } from "../../named-hosts.ts";
import { lastSystemPort } from "../../system-ports.ts";
import type { AddOptions } from "../options/generated/torrent-options.ts";
import { isElsewhere, requireRight, type Caller } from "./caller.ts";

type Values = Readonly<Record<string, unknown>>;
type Host = { readonly host: string; readonly port: number };

/**
 * Finds the folder that a path means, with its links resolved.
 *
 * @throws rejects with TroupeError `not-permitted` for a folder that is neither a root nor below one.
 */
export type FolderBelow = (path: string, roots: readonly string[]) => Promise<string>;

/** The settings that name hosts. */
const hostSettings = ["trackers", "trackerTiers", "webSeeds"] as const;

/** Options of a torrent that a caller adds. Those of a caller elsewhere are the options of a stranger's torrent. */
export function addedBy(caller: Caller): Pick<AddOptions, "fromNetwork" | "localHosts"> {
  return isElsewhere(caller) ? { fromNetwork: true, localHosts: false } : {};
}

/** The changes of a torrent by a caller. A torrent with hosts of a caller elsewhere reaches no local host any more. */
export function changedBy(caller: Caller, changes: Values): Values {
  const namesHosts = hostSettings.some((name) => (changes[name] ?? null) !== null);
  return isElsewhere(caller) && namesHosts ? { ...changes, localHosts: false } : changes;
}

/** The path that a caller means. @throws rejects with TroupeError `not-permitted` */
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
 * @throws TroupeError `not-permitted`, `option-out-of-range`
 */
export function refuseLocalTrackers(caller: Caller, { defaultTrackers }: Values): void {
  if (!isElsewhere(caller) || !Array.isArray(defaultTrackers)) return;
  for (const url of defaultTrackers as readonly string[]) {
    const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, "");
    if (host === undefined) throw outOfRange("defaultTrackers", spelled(url), "URLs of trackers");
    if (!mayBeOnInternet(host)) throw localHost(host);
  }
}

/** Refuses peers that a stranger may not name. @throws TroupeError `not-permitted` */
export function refuseLocalPeers(caller: Caller, peers: readonly Host[]): void {
  if (!isElsewhere(caller)) return;
  const refused = peers.find(
    ({ host, port }) => !mayBeNamed(host, port, "network") || isService(host, port),
  );
  if (refused !== undefined) throw localHost(refused.host);
}

/** A name may lead to a local network. */
function isService(host: string, port: number): boolean {
  return port <= lastSystemPort && classifyAddress(host) !== "internet";
}

function mayBeOnInternet(host: string): boolean {
  return parseIp(host) === undefined
    ? !isNameOfLocalNetwork(host)
    : classifyAddress(host) === "internet";
}

function localHost(host: string): TroupeError {
  const message = `the host ${spelled(host)} needs the right local: it is this machine, or in a local network`;
  return new TroupeError("not-permitted", message, { details: { host, needed: "local" } });
}
