// The hosts that a torrent may be led to by what strangers have named.

import { hostsForStrangers, type MayDial } from "@troupe/actor-runtime";
import { classifyAddress, isNameOfLocalNetwork, parseIp } from "@troupe/protocol/address";
import type { Engine } from "../engine/base/engine-state.ts";
import { trackerAddress } from "../trackers/tracker-address.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** The parts of an engine that the rule needs. */
type HostServices = {
  readonly context: Pick<Engine["context"], "interfaces">;
  readonly options: Pick<Engine["options"], "localHosts">;
};

/** The rule of this engine for hosts that strangers name. */
export function strangerHosts({ context, options }: HostServices): MayDial {
  return hostsForStrangers(context.interfaces, options.localHosts);
}

/**
 * The addresses that a tracker of a torrent may be reached at; undefined: all. Callers elsewhere may have named a tracker of
 * all public torrents: it leads to the internet, unless its URL itself names a local network, which they may not.
 */
export function trackerHosts(
  engine: HostServices,
  job: Pick<TorrentJob, "isDefaultTracker" | "setting">,
  url: string,
): MayDial | undefined {
  const mayBeLocal =
    job.setting("useLocalHosts") && (!job.isDefaultTracker(url) || namesLocal(url));
  return mayBeLocal ? undefined : strangerHosts(engine);
}

function namesLocal(url: string): boolean {
  const host = (trackerAddress(url)?.host ?? "").replace(/^\[(.*)\]$/, "$1");
  return parseIp(host) === undefined
    ? isNameOfLocalNetwork(host)
    : classifyAddress(host) !== "internet";
}
