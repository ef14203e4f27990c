// Which rule follows a setting when it changes. A setting without a rule does not compile.

import {
  isDecidedByGroup,
  settingsIn,
  settingsOfGroup,
  type LiveEngineSetting,
  type LiveTorrentSetting,
  type TorrentSettings,
} from "@troupe/control";
import { limitsIn, type RateLimits } from "@troupe/messages";
import { followPeerExchange } from "../../torrent/peer-exchange/peer-exchange.ts";
import { followSuperSeed } from "../../torrent/super-seeding/handlers.ts";
import { followMaxConnections } from "../../torrent/swarm/connection-quotas.ts";
import { followMaxPeers } from "../../torrent/swarm/max-peers.ts";
import { followDefaultTrackers, followTrackers } from "../../torrent/torrent-announcer.ts";
import { transportOf } from "../../torrent/swarm/transport.ts";
import { followWebSeeds } from "../../torrent/web-seeds/web-seed-schedule.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import { weightOf, weightOfPriority } from "../../torrent/weight.ts";
import type { Engine } from "../base/engine-state.ts";
import { hasListened, openDatagrams } from "../peers/udp-port.ts";
import { announceAgain, renewPublicPort } from "../port-mapping/public-port.ts";
import { shareSlots } from "../choking/share-slots.ts";
import { wake } from "../idle-torrents.ts";
import { encryptionOf, engineLimitsOf, limitRulesOf } from "./engine-limits.ts";

/** @param before The settings of the torrent before the change. */
type TorrentRule = (engine: Engine, job: TorrentJob, before: TorrentSettings) => void;
type EngineRule = (engine: Engine) => void;

/** The setting is read at each use. */
const readAtUse = (): void => undefined;

/** The rules of a torrent. Settings of one rule may change together: the rule reads what is in force. */
export const torrentRules: { readonly [Name in LiveTorrentSetting]: TorrentRule } = {
  trackers: followTrackers,
  trackerTiers: followTrackers,
  useTrackers: followTrackers,
  announce: followTrackers,
  useLocalHosts: followWebSeeds,
  webSeeds: followWebSeeds,
  torrentWebSeeds: followWebSeeds,
  foundWebSeeds: followWebSeeds,
  sequential: followOrder,
  firstLastPieces: followOrder,
  fromPiece: followOrder,
  maxPeers: followMaxPeers,
  superSeed: followSuperSeed,
  checkAtCompletion: readAtUse,
  executables: readAtUse,
  symlinks: readAtUse,
  moveTo: readAtUse,
  "goals.ratio": wake,
  "goals.seedSeconds": wake,
  "goals.idleSeconds": wake,
  "goals.until": wake,
  "goals.action": wake,
  "limits.down": followTorrentLimits,
  "limits.up": followTorrentLimits,
  "limits.peerDown": followTorrentLimits,
  "limits.peerUp": followTorrentLimits,
  forced: readAtUse,
  queueRank: readAtUse,
  bandwidthPriority: followPriority,
  labels: readAtUse,
  group: followGroup,
};

/** The rules of an engine. */
export const engineRules: { readonly [Name in LiveEngineSetting]: EngineRule } = {
  directory: readAtUse,
  peerExchange: followPeerExchange,
  maxPeers: followSharedMaxPeers,
  exclude: readAtUse,
  checkAtCompletion: readAtUse,
  executables: readAtUse,
  symlinks: readAtUse,
  incompleteDirectory: readAtUse,
  moveTo: readAtUse,
  "limits.down": followEngineLimits,
  "limits.up": followEngineLimits,
  "limits.peerDown": followEngineLimits,
  "limits.peerUp": followEngineLimits,
  "limits.schedule": followEngineLimits,
  "limits.localNetworks": followLimitRules,
  "limits.protocol": followLimitRules,
  "goals.ratio": wakeAll,
  "goals.seedSeconds": wakeAll,
  "goals.idleSeconds": wakeAll,
  "goals.until": wakeAll,
  "goals.action": wakeAll,
  groups: followGroups,
  maxActiveDownloads: followQueueLimits,
  maxActiveSeeds: followQueueLimits,
  startAdded: readAtUse,
  defaultTrackers: followDefaultTrackers,
  listedTrackers: followDefaultTrackers,
  maxConnections: followMaxConnections,
  maxDials: readAtUse,
  encryption: followEncryption,
  transport: followTransport,
  mixedMode: readAtUse,
  announcePort: renewPublicPort,
  announceAddress: announceAgain,
};

/** Applies the rate limits of the engine; also at its start. */
export function followEngineLimits({ rates, settings }: Pick<Engine, "rates" | "settings">): void {
  rates.setEngine(engineLimitsOf(settings.values));
}

function followLimitRules({ peerWorkers, settings }: Engine): void {
  for (const { calls } of peerWorkers) calls.cast("set-limit-rules", limitRulesOf(settings.values));
}

function followEncryption({ peerWorkers, settings }: Engine): void {
  const mode = encryptionOf(settings.values);
  for (const { calls } of peerWorkers) calls.cast("set-encryption", { mode });
}

function followTransport(engine: Engine): void {
  const mode = transportOf(engine.settings.values);
  for (const { calls } of engine.peerWorkers) calls.cast("set-transport", { mode });
  if (hasListened(engine.network) && engine.network.udpSockets.length === 0)
    void openDatagrams(engine);
}

/** Applies the rate limits of a torrent; also when it is added. */
export function followTorrentLimits({ rates }: Pick<Engine, "rates">, job: TorrentJob): void {
  rates.setTorrent(job, limitsIn(settingsIn(job.request.settings, "limits")));
}

/** An idle torrent may have reached new goals. */
function wakeAll(engine: Engine): void {
  for (const job of engine.torrents.values()) wake(engine, job);
}

function followOrder(_engine: Engine, { content }: TorrentJob): void {
  content?.followOrder();
}

function followQueueLimits({ queue, settings }: Engine): void {
  queue.set(settings.values);
}

function followPriority({ peerWorkers }: Engine, job: TorrentJob): void {
  const weight = weightOfPriority(job.setting("bandwidthPriority"));
  if (weight === job.weight) return;
  job.weight = weight;
  if (!job.isInSwarm) return;
  const message = { torrent: job.id, weight: weightOf(job) };
  for (const { calls } of peerWorkers) calls.cast("set-weight", message);
}

/** Torrents with a value of their own, or of their group, keep that value. */
function followSharedMaxPeers(engine: Engine): void {
  for (const job of engine.torrents.values()) followMaxPeers(engine, job);
}

/** Applies the rate limits of the groups; also at the start of the engine. */
export function followGroupLimits({ rates, settings }: Pick<Engine, "rates" | "settings">): void {
  const { values } = settings;
  const found = new Map<string, RateLimits>();
  for (const name of Object.keys(values.groups ?? {})) {
    const limits = limitsIn(settingsIn(settingsOfGroup(name, values), "limits"));
    if (limits !== undefined) found.set(name, limits);
  }
  rates.setGroups(found);
}

function followGroups(engine: Engine): void {
  followGroupLimits(engine);
  const jobs = [...engine.torrents.values()].filter(({ group }) => group !== undefined);
  for (const job of jobs) followGroupSettings(engine, job);
  shareSlotsAgain(engine, jobs);
}

/** Applies the settings of the new group of a torrent. */
function followGroup(engine: Engine, job: TorrentJob, before: TorrentSettings): void {
  followTorrentLimits(engine, job);
  followGroupSettings(engine, job);
  const hasBound = (group: string | undefined): boolean =>
    settingsOfGroup(group, engine.settings.values).uploadSlots !== undefined;
  // A call may move thousands of torrents, and slots are shared among all.
  if (hasBound(before.group) || hasBound(job.group)) shareSlotsAgain(engine, [job]);
}

/** The rules of the settings that a group may decide. */
const groupRules: ReadonlySet<TorrentRule> = new Set(
  Object.entries(torrentRules).flatMap(([name, rule]) => (isDecidedByGroup(name) ? [rule] : [])),
);

function followGroupSettings(engine: Engine, job: TorrentJob): void {
  for (const rule of groupRules) rule(engine, job, job.request.settings);
}

/** Shares the slots again, and lets these torrents choose their peers again. */
function shareSlotsAgain(engine: Engine, jobs: readonly TorrentJob[]): void {
  shareSlots(engine);
  for (const { choker } of jobs) choker.roundIsDue();
}
