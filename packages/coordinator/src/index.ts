export { Coordinator, type RestoredJobs } from "./api/coordinator.ts";
export type { WorkerEvent } from "./api/actor-tree.ts";
export type {
  CoordinatorEvents,
  DhtEvent,
  ListeningEvent,
} from "./api/events/coordinator-events.ts";
export type { AddOptions } from "./api/options/add-options.ts";
export type { IpFilterStatus } from "./api/ip-filter/ip-filter-setting.ts";
export type { ActorStatus, CoordinatorOptions } from "./api/options/options.ts";
export type { DhtNodeOptions } from "./api/options/dht-options.ts";
export { needsOwnMemoryByDefault } from "./api/options/large-pieces.ts";
export { loadMetainfo, type LoadOptions } from "./api/job/load-metainfo.ts";
export { Torrent } from "./api/torrent.ts";
export type {
  EventName,
  EventOf,
  MetadataEvent,
  PieceCache,
  TorrentUserEvent,
} from "./api/torrent-services.ts";
export type { PieceChoice } from "./api/hash-checks.ts";
export type { CheckResult, PieceProgress, TorrentFile } from "./api/torrent-progress.ts";
export type { WaitOptions } from "./abortable.ts";
export type { WorkerUrlsOption } from "./api/options/worker-urls.ts";
export { workerFiles, type WorkerFile } from "./supervision/worker-files.ts";
export { StripKind, stripKinds, type Why, type WhyCode } from "@troupe/messages";
export type {
  AddressSource,
  AnnounceMode,
  DhtPorts,
  DhtTorrentStatus,
  JobCounters,
  PeerStatus,
  PublicPort,
  ReportedEvent,
  TorrentFault,
} from "@troupe/messages";
export type {
  TorrentProgress,
  TorrentState,
  TorrentStatus,
  TrackerScrape,
  TrackerTier,
  TrackerStatus,
  WebSeedStatus,
} from "@troupe/messages";
export type { LogEntry, LogLevel, Sender } from "@troupe/actor-runtime";
export { TroupeError } from "./troupe-error.ts";
export type { JobOptions } from "./api/job/job-torrent.ts";
export type { UnrestoredJob } from "./api/job/restored-jobs.ts";
export type {
  DhtEndpoint,
  DhtFamily,
  DhtFamilyStatus,
  DhtLimits,
  DhtNodeAddress,
  DhtPinged,
  DhtQuestRound,
  DhtStatus,
  DhtTable,
  DhtTableBucket,
  DhtTableNode,
  DhtTraffic,
} from "@troupe/messages";
export type { Encodable } from "@troupe/protocol";
export { Dht, type DhtPing, type PutOptions, type QuestOptions } from "./dht/dht.ts";
export type { DhtStartOptions } from "./dht/dht-options.ts";
export type {
  DhtBucketNode,
  DhtBuckets,
  DhtNode,
  DhtNodeStatus,
  Spelled,
} from "./dht/dht-values.ts";
export type { DhtValue, ItemName, ItemOptions } from "./dht/quests/item-values.ts";
export type { DhtQuest } from "./dht/quests/quest.ts";
export type { DhtAnswer, DhtRound } from "./dht/quests/quest-progress.ts";
export type { DhtFoundItem, DhtPeer } from "./dht/quests/quest-results.ts";
