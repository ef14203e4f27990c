import { EngineStep, type TrackerStatus, type TrackerTier } from "@troupe/messages";
import type { AnnounceReply } from "@troupe/protocol";
import { failEngine, withBreadcrumb } from "../engine/base/breadcrumb.ts";
import { Announcer } from "../trackers/announcer.ts";
import { TierResults } from "../trackers/tier-results.ts";
import { dialMore, needsPeers, type DialServices } from "./swarm/dial-schedule.ts";
import { sourceOfTracker } from "./swarm/peers.ts";
import type { AddressSource } from "./addresses/peer-directory.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** Missing bytes of a torrent whose length is unknown: 0 would make it a seed. */
const unknownLeftBytes = 16_384;

/** The announcer of a torrent, for trackers of known protocols; a warning names the others. */
export function makeAnnouncer(engine: DialServices, job: TorrentJob): Announcer {
  const { context } = engine;
  const tiers = announceTiers(job);
  const results = new TierResults(tiers);
  job.tierResults = results;
  return new Announcer(tiers, {
    http: context.http,
    clock: context.clock,
    timers: context.timers,
    random: context.random,
    identity: {
      infoHash: job.infoHash,
      peerId: job.peerId,
      port: engine.network.port,
      key: engine.network.trackerKey,
    },
    limits: engine.network.announceLimits,
    counters: () => ({
      uploaded: job.content?.traffic.total("uploadedBytes") ?? 0,
      downloaded: job.content?.traffic.total("downloadedBytes") ?? 0,
      left: job.content?.missingBytes ?? unknownLeftBytes,
    }),
    needsPeers: () => needsPeers(engine, job),
    answered: (url, reply, remoteHost) =>
      withBreadcrumb(engine, job, EngineStep.announce, () => {
        results.answered(url, reply, remoteHost);
        announceAnswered(engine, job, reply, url, sourceOfTracker(url, remoteHost));
      }),
    failed: (url, code, message) => {
      results.failed(url);
      job.outbox.emit({ event: "tracker", url, ok: false, error: `${message} [${code}]` });
    },
    fail: (error) => failEngine(engine, job, error),
  });
}

/** Each tracker with its last result; none before the first start. */
export function trackerStatus(job: TorrentJob): TrackerStatus[] {
  return job.announcer?.status() ?? [];
}

/** The trackers of a torrent by tier, those of its user first. */
export function tiersOf({
  request: { extraTrackers, useTrackers },
  trackers,
}: TorrentJob): (readonly string[])[] {
  return useTrackers ? [...extraTrackers.map((url) => [url]), ...trackers] : [];
}

/** Each tier with the results of its last announces. */
export function tierStatus(job: TorrentJob): TrackerTier[] {
  const tiers = tiersOf(job);
  const trackers = job.announcer === undefined ? notAsked(tiers) : trackerStatus(job);
  const { results } = job.tierResults ?? new TierResults(tiers);
  return results.map((result, index) => {
    const own = trackers.filter(({ tier }) => tier === index);
    return { ...result, urls: own.map(({ url }) => url), trackers: own };
  });
}

function notAsked(tiers: readonly (readonly string[])[]): TrackerStatus[] {
  return tiers.flatMap((urls, tier) =>
    urls.map((url) => ({ url, tier, failures: 0, peers: 0, isWorking: false })),
  );
}

function announceTiers(job: TorrentJob): string[][] {
  const tiers = tiersOf(job);
  const unknown = tiers.flat().filter((url) => !isHttp(url));
  if (unknown.length > 0) {
    job.outbox.emit({
      event: "warning",
      code: "tracker-scheme-unsupported",
      message: `${spellUnknown(unknown.length, tiers.flat().length)} left out: only http and https trackers are spoken to`,
    });
  }
  return tiers.map((urls) => urls.filter(isHttp)).filter((urls) => urls.length > 0);
}

function isHttp(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

function announceAnswered(
  engine: DialServices,
  job: TorrentJob,
  reply: AnnounceReply,
  url: string,
  source: AddressSource,
): void {
  for (const { host, port } of reply.peers) job.directory.add(host, port, source, url);
  job.outbox.emit({ event: "tracker", url, ok: true, peers: reply.peers.length });
  if (reply.warning !== undefined) {
    job.outbox.emit({ event: "warning", code: "tracker-warning", message: reply.warning });
  }
  dialMore(engine);
}

function spellUnknown(count: number, total: number): string {
  if (total === 1) return "the one tracker is";
  return `${count} of ${total} trackers ${count === 1 ? "is" : "are"}`;
}
