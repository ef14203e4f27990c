import type { ApiProtocol } from "@troupe/messages";
import type { ReplyOf } from "@troupe/actor-runtime";
import type { Engine } from "../engine/base/engine-state.ts";
import { scrapeTrackers } from "../trackers/scrape/scrape-trackers.ts";
import { swarmCountsOf } from "./report/swarm-counts.ts";
import { trackerHosts } from "./stranger-hosts.ts";
import { tiersOf } from "./torrent-announcer.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** Asks the trackers of a torrent for their counts, whether it runs or not. */
export async function scrapeTorrent(
  engine: Pick<Engine, "context" | "network" | "options">,
  job: TorrentJob,
): Promise<ReplyOf<ApiProtocol, "scrape-torrent">> {
  const { timers } = engine.context;
  const { http, names } = engine.context.viaProxy ?? engine.context;
  const { udpTrackers, trackerLimits } = engine.network;
  const urls = [...new Set(tiersOf(job).flat())];
  const services = { http, names, timers, udpTrackers, limits: trackerLimits };
  const torrent = {
    infoHash: job.infoHash,
    hostsOf: (url: string) => trackerHosts(engine, job, url),
  };
  const trackers = await scrapeTrackers(services, urls, torrent);
  job.swarmCounts = { ...job.swarmCounts, ...swarmCountsOf(trackers) };
  return { trackers };
}
