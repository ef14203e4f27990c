import { engineSettings, valueInForce } from "@troupe/control";
import type { Clock, Random, ReplyOf, Timers } from "@troupe/actor-runtime";
import {
  EngineStep,
  type ApiProtocol,
  type EncryptionMode,
  type TrackerStatus,
} from "@troupe/messages";
import type { EngineOptions, TrackerTier } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import { versionOf, wireHashes, type HashVersion } from "@troupe/protocol/identity";
import type { AnnounceReply } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import type { Engine } from "../engine/base/engine-state.ts";
import { failEngine, withBreadcrumb } from "../engine/base/breadcrumb.ts";
import type { AnnounceCounters } from "../trackers/announce-figures.ts";
import type { AnnouncedTrackers } from "../trackers/announcer.ts";
import { Announcers } from "../trackers/announcers.ts";
import type { AnnounceIdentity, AnnouncerEnvironment } from "../trackers/announcer-environment.ts";
import { TierResults } from "../trackers/tier-results.ts";
import { trackerAddress } from "../trackers/tracker-address.ts";
import type { TrackerTransport } from "../trackers/tracker-transport.ts";
import { trackerHosts } from "./stranger-hosts.ts";
import { dialMore, needsPeers, type DialServices } from "./swarm/dial-schedule.ts";
import { noSwarmCounts, swarmCountsOf } from "./report/swarm-counts.ts";
import { closePeer, noteOwnAddress, sourceOfTracker } from "./swarm/peers.ts";
import type { JobWithContent, TorrentJob } from "./torrent-job.ts";

/** Missing bytes of a torrent whose length is unknown: 0 would make it a seed. */
const unknownLeftBytes = 16_384;

/** The port that trackers are told behind a proxy, where no peer can connect to us. Some trackers refuse 0; no client listens at 1. */
const unreachablePort = 1;

const announcedEncryption: Readonly<Record<EncryptionMode, AnnounceIdentity["encryption"]>> = {
  off: undefined,
  allow: "supported",
  prefer: "supported",
  require: "required",
};

/** The announcers of a torrent; a warning names the trackers that are left out. */
export function makeAnnouncer(engine: DialServices, job: TorrentJob): Announcers {
  const environment = (hash: InfoHash) => new TorrentEnvironment(engine, job, hash);
  return new Announcers(announcedTrackers(job), wireHashes(job.identity), environment);
}

/** A torrent by one of its hashes and its engine, as its announcer sees them. */
class TorrentEnvironment implements AnnouncerEnvironment {
  readonly #engine: DialServices;
  readonly #job: TorrentJob;
  readonly #hash: InfoHash;
  /** Trackers that have refused the hash; undefined: none. */
  #otherHashAt: Set<string> | undefined;
  /** Trackers of whose last failure a warning has told; undefined: none. */
  #warnedOf: Set<string> | undefined;

  constructor(engine: DialServices, job: TorrentJob, hash: InfoHash) {
    this.#engine = engine;
    this.#job = job;
    this.#hash = hash;
  }

  get clock(): Clock {
    return this.#engine.context.clock;
  }

  get timers(): Timers {
    return this.#engine.context.timers;
  }

  get random(): Random {
    return this.#engine.context.random;
  }

  get transport(): TrackerTransport {
    const { trackerTransport } = this.#engine.network;
    return {
      announce: (call) => {
        const mayDial = trackerHosts(this.#engine, this.#job, call.url);
        return trackerTransport.announce({ ...call, ...(mayDial !== undefined && { mayDial }) });
      },
    };
  }

  get families(): EngineOptions["families"] {
    return this.#engine.options.families;
  }

  identity(url: string): AnnounceIdentity {
    const { peerId } = this.#job;
    const infoHash = this.#hashAt(url);
    const { publicPort, trackerKey: key } = this.#engine.network;
    const port = publicPort === 0 ? unreachablePort : publicPort;
    const { announceAddress: address } = this.#engine.settings.values;
    const encryption =
      announcedEncryption[valueInForce(engineSettings, "encryption", this.#engine.settings.values)];
    return {
      ...{ infoHash, peerId, port, key },
      ...(address !== undefined && { address }),
      ...(encryption !== undefined && { encryption }),
    };
  }

  turnHash(url: string): boolean {
    if (wireHashes(this.#job.identity).length === 1) return false;
    const turned = (this.#otherHashAt ??= new Set());
    if (turned.delete(url)) return false;
    turned.add(url);
    return true;
  }

  #hashAt(url: string): InfoHash {
    if (this.#otherHashAt?.has(url) !== true) return this.#hash;
    return wireHashes(this.#job.identity).find((hash) => hash !== this.#hash) ?? this.#hash;
  }

  counters(): AnnounceCounters {
    const { content } = this.#job;
    return {
      uploaded: content?.traffic.total("uploadedBytes") ?? 0,
      downloaded: content?.traffic.total("downloadedBytes") ?? 0,
      left: content?.missingBytes ?? unknownLeftBytes,
    };
  }

  isSeed(): boolean {
    return this.#job.isComplete;
  }

  isPartialSeed(): boolean {
    const { content, isComplete } = this.#job;
    return isComplete && (content?.missingBytes ?? 0) > 0;
  }

  needsPeers(): boolean {
    return needsPeers(this.#engine, this.#job);
  }

  isOwn(host: string, port: number): boolean {
    return this.#job.directory.isOwn(host, port);
  }

  answered(url: string, reply: AnnounceReply, remoteHost: string | undefined): void {
    const [engine, job] = [this.#engine, this.#job];
    this.#warnedOf?.delete(url);
    withBreadcrumb(engine, job, EngineStep.announce, () => {
      if (this.#isFirst || job.announcer?.takesFirst(url) !== true)
        job.tierResults?.answered(url, reply, remoteHost);
      job.swarmCounts = swarmCountsOf(trackerStatus(job));
      const foundBy = versionOf(job.identity, this.#hashAt(url));
      announceAnswered(engine, job, reply, { url, remoteHost, foundBy });
    });
  }

  /** A tracker that does not know the second hash of a hybrid works all the same. */
  failed(url: string, code: string, message: string): void {
    if (!this.#isFirst) return this.#secondFailed(url, code, message);
    const { outbox, tierResults } = this.#job;
    tierResults?.failed(url);
    outbox.emit({ event: "tracker", url, ok: false, error: `${message} [${code}]` });
  }

  /** Warns once in a row of failures, and not where the first hash fails too, whose failure is an event. */
  #secondFailed(url: string, code: string, message: string): void {
    const { announcer, name, outbox } = this.#job;
    if (code === "tracker-refused" || announcer?.takesFirst(url) !== true) return;
    const warned = (this.#warnedOf ??= new Set());
    if (warned.has(url)) return;
    warned.add(url);
    const text = `the tracker ${url} takes ${name} by one of its two hashes, and an announce by the other one failed: ${message} [${code}]`;
    outbox.emit({ event: "warning", code: "tracker-hash-failed", message: text });
  }

  fail(error: unknown): void {
    failEngine(this.#engine, this.#job, error);
  }

  get #isFirst(): boolean {
    return this.#hash === this.#job.infoHash;
  }
}

/**
 * The metadata of a magnet link came: a torrent with another hash announces that too. A private torrent keeps only its own
 * trackers and one hash, and no peers of others.
 */
export function followMetadata(engine: Pick<Engine, "peerWorkers">, job: JobWithContent): void {
  const { isPrivate } = job.content.metainfo;
  if (!isPrivate && job.magnet?.hasLearned !== true) return;
  job.announcer?.follow(announcedTrackers(job), wireHashes(job.identity));
  if (!isPrivate) return;
  const foreign = job.directory.bePrivate("foreign");
  for (const { host, port, isIncoming, worker, rowIndex } of job.peers.connected()) {
    if (!isIncoming && foreign.has(addressKey(host, port)))
      closePeer(engine, job, worker, rowIndex, "not-for-private");
  }
}

/** Announces now; a tracker that permits no announce yet is named with its wait. */
export function announceNow(
  _engine: Engine,
  job: TorrentJob,
): ReplyOf<ApiProtocol, "announce-torrent"> {
  const trackers = job.announcer?.request();
  if (trackers !== undefined) return { trackers };
  const message = `cannot announce ${job.name}: it is ${job.state}; allowed is a torrent that is started`;
  return { refused: "not-running", message };
}

/**
 * The trackers have changed. A private torrent leaves its peers: those of one tracker are not for those of another
 * (BEP 27).
 */
export function followTrackers(engine: Pick<Engine, "peerWorkers">, job: TorrentJob): void {
  const { announcer, directory, outbox } = job;
  if (announcer === undefined) return;
  const before = urlsOf(announcer);
  announcer.follow(announcedTrackers(job), wireHashes(job.identity));
  if (!isPrivate(job) || before === urlsOf(announcer)) return;
  directory.bePrivate("all");
  for (const { worker, rowIndex } of job.peers.connected())
    closePeer(engine, job, worker, rowIndex, "trackers-changed");
  const message = "all peers are left: the torrent is private, and its trackers have changed";
  outbox.emit({ event: "warning", code: "private-trackers-changed", message });
}

/** The trackers of all public torrents have changed. */
export function followDefaultTrackers(engine: Pick<Engine, "peerWorkers" | "torrents">): void {
  for (const job of engine.torrents.values()) if (!isPrivate(job)) followTrackers(engine, job);
}

/** Each tracker with its last result; none before the first start. */
export function trackerStatus(job: TorrentJob): TrackerStatus[] {
  return job.announcer?.status() ?? [];
}

/**
 * The trackers of a torrent by tier: those that the user has set in place of all, or the user's before the torrent's own.
 * Of the latter a private torrent has only its own.
 */
export function tiersOf(job: TorrentJob): (readonly string[])[] {
  if (!job.setting("useTrackers")) return [];
  const chosen = job.setting("trackerTiers");
  if (chosen !== undefined) return [...chosen];
  return isPrivate(job)
    ? [...job.trackers]
    : withDefaults(job, [...job.setting("trackers").map((url) => [url]), ...job.trackers]);
}

/** Each default tracker that is not among them is a tier. */
function withDefaults(
  { defaultTrackers }: TorrentJob,
  tiers: readonly (readonly string[])[],
): (readonly string[])[] {
  if (defaultTrackers.length === 0) return [...tiers];
  const own = new Set(tiers.flat());
  const others = [...new Set(defaultTrackers)].filter((url) => !own.has(url));
  return [...tiers, ...others.map((url) => [url])];
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

/** The URLs of the trackers as one text, whatever their order. */
function urlsOf(announcer: Announcers): string {
  const urls = announcer.status().map(({ url }) => url);
  return urls.toSorted().join("\n");
}

function notAsked(tiers: readonly (readonly string[])[]): TrackerStatus[] {
  return tiers.flatMap((urls, tier) =>
    urls.map((url) => ({ url, tier, failures: 0, peers: 0, isWorking: false })),
  );
}

/** Warns of the trackers that are not among them. */
function announcedTrackers(job: TorrentJob): AnnouncedTrackers {
  const all = tiersOf(job);
  const tiers = all.map((urls) => urls.filter(isSupported)).filter((urls) => urls.length > 0);
  const [total, left] = [all.flat().length, tiers.flat().length];
  if (left < total) {
    const message = `${spellUnknown(total - left, total)} left out: only http, https and udp trackers are spoken to`;
    job.outbox.emit({ event: "warning", code: "tracker-scheme-unsupported", message });
  }
  const isReplaced = !job.setting("useTrackers") || job.setting("trackerTiers") !== undefined;
  if (isPrivate(job) && !isReplaced && job.setting("trackers").length > 0) {
    const message =
      "trackers of the user are left out: a private torrent announces only to its own trackers";
    job.outbox.emit({ event: "warning", code: "tracker-not-for-private", message });
  }
  job.tierResults = new TierResults(tiers);
  job.swarmCounts = noSwarmCounts;
  return { tiers, mode: job.setting("announce"), isPrivate: isPrivate(job) };
}

function isPrivate({ content }: TorrentJob): boolean {
  return content?.metainfo.isPrivate === true;
}

function isSupported(url: string): boolean {
  return trackerAddress(url) !== undefined;
}

function announceAnswered(
  engine: DialServices,
  job: TorrentJob,
  reply: AnnounceReply,
  {
    url,
    remoteHost,
    foundBy,
  }: {
    readonly url: string;
    readonly remoteHost: string | undefined;
    readonly foundBy: HashVersion;
  },
): void {
  const { externalHost, peers } = reply;
  if (externalHost !== undefined && remoteHost !== undefined)
    noteOwnAddress(engine, externalHost, remoteHost);
  job.directory.addAll(peers, sourceOfTracker(url, remoteHost), url, foundBy);
  const others = peers.filter(({ host, port }) => !job.directory.isOwn(host, port));
  job.outbox.emit({ event: "tracker", url, ok: true, peers: others.length });
  if (reply.warning !== undefined) {
    job.outbox.emit({ event: "warning", code: "tracker-warning", message: reply.warning });
  }
  dialMore(engine, [job]);
}

function spellUnknown(count: number, total: number): string {
  if (total === 1) return "the one tracker is";
  return `${count} of ${total} trackers ${count === 1 ? "is" : "are"}`;
}
