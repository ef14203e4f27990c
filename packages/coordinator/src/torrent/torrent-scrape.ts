import type { ApiProtocol, DhtSwarm, TrackerScrape } from "@troupe/messages";
import type { ReplyOf } from "@troupe/actor-runtime";
import type { Engine } from "../engine/base/engine-state.ts";
import { wireHashes } from "@troupe/protocol/identity";
import type { InfoHash } from "@troupe/protocol/units";
import { scrapeTrackers } from "../trackers/scrape/scrape-trackers.ts";
import { usesDht } from "./dht-peers.ts";
import { swarmCountsOf } from "./report/swarm-counts.ts";
import { trackerHosts } from "./stranger-hosts.ts";
import { tiersOf, trackerStatus } from "./torrent-announcer.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** Asks the trackers of a torrent and the DHT for the counts of each of its swarms, whether it runs or not. */
export async function scrapeTorrent(
  engine: Pick<Engine, "context" | "network" | "options">,
  job: TorrentJob,
): Promise<ReplyOf<ApiProtocol, "scrape-torrent">> {
  const { timers } = engine.context;
  const { http, names } = engine.context.viaProxy ?? engine.context;
  const { udpTrackers, trackerLimits } = engine.network;
  const urls = [...new Set(tiersOf(job).flat())];
  const services = { http, names, timers, udpTrackers, limits: trackerLimits };
  const hostsOf = (url: string) => trackerHosts(engine, job, url);
  const scrape = (infoHash: InfoHash) => scrapeTrackers(services, urls, { infoHash, hostsOf });
  const [first, ...others] = wireHashes(job.identity);
  // A private torrent is announced by its first hash.
  const swarms = job.metainfo?.isPrivate === true ? [first] : [first, ...others];
  const dhtSwarm = scrapeDht(engine, job);
  const trackers = largestCounts(await Promise.all(swarms.map(scrape)));
  const counts = swarmCountsOf(trackers);
  const dht = await dhtSwarm;
  // Trackers count, and the DHT estimates.
  job.swarmCounts = {
    ...job.swarmCounts,
    ...dht,
    ...swarmCountsOf(trackerStatus(job)),
    ...counts,
  };
  return { trackers, ...(dht !== undefined && { dht }) };
}

/** The larger swarm of the torrent's hashes in the DHT; undefined while no node tells any. */
async function scrapeDht(
  engine: Pick<Engine, "network" | "options">,
  job: TorrentJob,
): Promise<DhtSwarm | undefined> {
  const { dht } = engine.network;
  if (dht === undefined || !usesDht(engine, job)) return undefined;
  const swarms = await Promise.all(wireHashes(job.identity).map((hash) => dht.scrape(hash)));
  return swarms.reduce<DhtSwarm | undefined>((one, other) => {
    if (one === undefined || other === undefined) return one ?? other;
    return other.seeds + other.leechers > one.seeds + one.leechers ? other : one;
  }, undefined);
}

/** @returns The counts of the larger swarm of each tracker; an error if the tracker knows none. Swarms overlap. */
function largestCounts(swarms: readonly (readonly TrackerScrape[])[]): readonly TrackerScrape[] {
  const [first = [], ...others] = swarms;
  return first.map((row, index) =>
    others.reduce((one, rows) => largerSwarm(one, rows[index] ?? one), row),
  );
}

function largerSwarm(one: TrackerScrape, other: TrackerScrape): TrackerScrape {
  if (other.error !== undefined) return one;
  return one.error !== undefined || sizeOf(other) > sizeOf(one) ? other : one;
}

function sizeOf({ complete = 0, incomplete = 0 }: TrackerScrape): number {
  return complete + incomplete;
}
