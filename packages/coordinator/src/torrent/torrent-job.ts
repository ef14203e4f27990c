import { torrentValue, type TorrentSetting } from "@troupe/control";
import type { Random } from "@troupe/actor-runtime";
import type {
  AddTorrent,
  TorrentFault,
  TorrentId,
  TorrentState,
  TorrentWeight,
  WhyCode,
} from "@troupe/messages";
import {
  identityOf,
  wireHashes,
  type InfoHashes,
  type TorrentIdentity,
} from "@troupe/protocol/identity";
import type { Metainfo } from "@troupe/protocol/metainfo";
import type { InfoHash } from "@troupe/protocol/units";
import type { Engine } from "../engine/base/engine-state.ts";
import type { DiskHandle } from "../engine/base/disk-handle.ts";
import type { Announcers } from "../trackers/announcers.ts";
import type { TierResults } from "../trackers/tier-results.ts";
import { EarlierRuns } from "./storage/earlier-runs.ts";
import { Outbox } from "../engine/base/event-outbox.ts";
import { PeerLimits } from "./swarm/peer-limits.ts";
import { neverSeeded, type SeedingTime } from "./goals/seeding-time.ts";
import { StorageState } from "./storage/storage-state.ts";
import { SuperSeed } from "./super-seeding/state.ts";
import { Choker } from "./choking/choker.ts";
import type { LifecycleEffect } from "./lifecycle/events.ts";
import type { JobMagnet } from "./metadata/job-magnet.ts";
import { faultOf, isInSwarm, isTransferring, publicState } from "./lifecycle/run.ts";
import { TorrentContent, type KnownContent } from "./torrent-content.ts";
import { TorrentLife } from "./lifecycle/torrent-life.ts";
import { PeerDirectory } from "./addresses/peer-directory.ts";
import { ConnectedPeers, type ConnectedPeer } from "./swarm/connected-peers.ts";
import { AddressTellers } from "./holepunch/address-tellers.ts";
import { ExchangeList } from "./peer-exchange/exchange-list.ts";
import { TorrentParts } from "./plugins/torrent-parts.ts";
import { QueueInput } from "./queue/queue-input.ts";
import { Readers } from "./reading/readers.ts";
import { ActiveTime } from "./report/active-time.ts";
import { ReportedProgress } from "./report/reported-progress.ts";
import { noSwarmCounts, type SwarmCounts } from "./report/swarm-counts.ts";
import { weightOfPriority } from "./weight.ts";

/** The fields that a torrent is made from. */
type OwnFields = Pick<TorrentJob, "id" | "identity" | "trackers" | "request" | "peerId"> & {
  readonly magnet?: JobMagnet;
};

/** A torrent whose pieces and files are known. */
export type JobWithContent = TorrentJob & { readonly content: TorrentContent };

/**
 * A torrent in the engine, from `add-torrent` to `remove-torrent`. Its fields are values of their own; the files beside
 * this file act on them.
 */
export class TorrentJob {
  readonly id: TorrentId;
  /** Tiers of its metainfo or link, without the user's trackers. */
  readonly trackers: Metainfo["trackers"];
  /** Without the bytes of its metainfo. */
  request: Omit<AddTorrent, "metainfo">;
  /** Absent for a torrent that was added with its metainfo. */
  readonly magnet: JobMagnet | undefined;
  readonly peerId: Uint8Array;
  readonly life: TorrentLife;
  readonly limits: PeerLimits;
  /** Read by `weightOf`. */
  weight: TorrentWeight;
  /** The folder's device at the last start; before the first start any disk. */
  disk: DiskHandle;
  readonly storage = new StorageState();
  readonly directory: PeerDirectory;
  readonly peers = new ConnectedPeers();
  /** Peers that are named to other peers. */
  readonly exchangeList = new ExchangeList();
  /** Peers that may relay to the addresses that they named. */
  readonly tellers = new AddressTellers();
  seedingTime: SeedingTime = neverSeeded;
  turnoverDueMs = 0;
  readonly queueInput = new QueueInput();
  readonly superSeed: SuperSeed;
  readonly choker = new Choker<ConnectedPeer>();
  readonly parts = new TorrentParts();
  readonly readers = new Readers();
  announcer: Announcers | undefined;
  /** Results of the announcers' tiers. */
  tierResults: TierResults | undefined;
  readonly earlierRuns: EarlierRuns;
  readonly activeTime = new ActiveTime();
  swarmCounts: SwarmCounts = noSwarmCounts;
  readonly outbox: Outbox;
  readonly reported = new ReportedProgress();
  /** The reason that was reported last. */
  reportedWhy: WhyCode | undefined;
  #identity: TorrentIdentity;
  #content: TorrentContent | undefined;
  readonly #engineSettings: Engine["settings"];

  /** @param known Undefined for a magnet link: the torrent fetches its metadata when it starts. */
  constructor(
    { id, identity, trackers, request, peerId, magnet }: OwnFields,
    known: KnownContent | undefined,
    engine: Pick<Engine, "context" | "disks" | "network" | "options" | "settings">,
    carryOut: (job: TorrentJob, effect: LifecycleEffect) => void,
  ) {
    const { context, disks, network, options } = engine;
    const [disk] = disks;
    if (disk === undefined) throw new Error("bug: an engine without places for file-workers");
    this.life = new TorrentLife(known !== undefined, (effect) => carryOut(this, effect));
    this.disk = disk;
    this.id = id;
    this.#identity = identity;
    this.trackers = trackers;
    this.request = request;
    this.magnet = magnet;
    this.peerId = peerId;
    const { dates = { addedAt: context.clock.epochMs() }, isServed = false } = request;
    this.earlierRuns = new EarlierRuns(dates, isServed);
    this.#engineSettings = engine.settings;
    this.weight = weightOfPriority(this.setting("bandwidthPriority"));
    this.superSeed = new SuperSeed(this.setting("superSeed"));
    this.limits = new PeerLimits(options.descriptors);
    this.limits.sizeTables(this.setting("maxPeers"), known?.metainfo.geometry.pieceCount);
    this.outbox = new Outbox(id, context);
    this.directory = new PeerDirectory({
      random: context.random,
      budget: network.addresses,
      own: network.ownAddresses,
      unverifiedDials: network.unverifiedDials,
      dialBounds: network.dialBounds,
      filter: network.ipFilter,
    });
    // A magnet may turn out to be private.
    if (magnet !== undefined) this.directory.ownTrackers = new Set(trackers.flat());
    if (known !== undefined) this.setContent(known, context.random);
    if (known?.metainfo.isPrivate === true) this.directory.bePrivate("foreign");
  }

  get identity(): TorrentIdentity {
    return this.#identity;
  }

  /** Names the torrent on the wire. */
  get infoHash(): InfoHash {
    return wireHashes(this.#identity)[0];
  }

  /** The metadata of a magnet has named its hashes. The key stays. */
  learnHashes(infoHashes: InfoHashes): void {
    this.#identity = identityOf(infoHashes, this.#identity.key);
  }

  /** The value in force of a setting. */
  setting<Name extends TorrentSetting>(name: Name): ReturnType<typeof torrentValue<Name>> {
    return torrentValue(name, this.request.settings, this.#engineSettings.values);
  }

  get group(): string | undefined {
    return this.request.settings.group;
  }

  /** Trackers of all public torrents. */
  get defaultTrackers(): readonly string[] {
    const { defaultTrackers = [], listedTrackers = [] } = this.#engineSettings.values;
    return [...defaultTrackers, ...listedTrackers];
  }

  /** Whether the setting `defaultTrackers` alone has named a tracker. */
  isDefaultTracker(url: string): boolean {
    const { defaultTrackers = [], listedTrackers = [] } = this.#engineSettings.values;
    const chosen = [this.setting("trackers"), ...(this.setting("trackerTiers") ?? [])];
    const others = [listedTrackers, ...chosen, ...this.trackers];
    return defaultTrackers.includes(url) && !others.some((urls) => urls.includes(url));
  }

  /** Undefined until the metainfo is known. */
  get content(): TorrentContent | undefined {
    return this.#content;
  }

  /** The metainfo; of a magnet from the moment on when its metadata is found. */
  get metainfo(): Metainfo | undefined {
    return this.#content?.metainfo ?? this.magnet?.found?.metainfo;
  }

  /** Once, by the constructor or when the metadata has come; then the caller dispatches `metadata-complete`. */
  setContent({ metainfo, info, source }: KnownContent, random: Random): void {
    if (this.#content !== undefined) throw new Error(`bug: a second content of ${this.infoHash}`);
    const content = new TorrentContent(metainfo, info, this, random);
    if (content.layers !== undefined) content.source = source;
    this.#content = content;
  }

  /** The name for people. */
  get name(): string {
    return this.#content?.metainfo.name ?? this.magnet?.link.name ?? this.identity.key;
  }

  get isComplete(): boolean {
    return this.#content?.ledger.isComplete === true;
  }

  get state(): TorrentState {
    return publicState(this.life.value);
  }

  get fault(): TorrentFault | undefined {
    return faultOf(this.life.run);
  }

  get isRunning(): boolean {
    return isTransferring(this.life.run);
  }

  get isInSwarm(): boolean {
    return isInSwarm(this.life.run);
  }
}

/** Whether the pieces and files of a torrent are known. */
export function hasContent(job: TorrentJob | undefined): job is JobWithContent {
  return job?.content !== undefined;
}
