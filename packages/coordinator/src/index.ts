export { Coordinator, type RestoredJobs, type RestoreOptions } from "./api/coordinator.ts";
export type { Ban } from "./api/bans/bans.ts";
export type { TrackerListStatus } from "./api/tracker-list/tracker-list-setting.ts";
export type { CoordinatorTotals } from "./api/figures/engine-figures.ts";
export type { Metric, MetricSeries, PieceOrigin, RateHistory, Totals } from "@troupe/messages";
export type { WorkerEvent } from "./api/actor-tree.ts";
export type {
  CoordinatorEvents,
  DhtEvent,
  ListeningEvent,
} from "./api/events/coordinator-events.ts";
export type {
  AddOptions,
  BeginState,
  Changed,
  QueuePosition,
  RateLimitOptions,
  SeedGoalOptions,
  TorrentChanges,
} from "./api/options/generated/torrent-options.ts";
export type {
  CoordinatorOptions,
  DhtNodeOptions,
  EngineChanges,
  EngineLimitOptions,
  FileAccessOptions,
  GroupOptions,
  LimitPeriodOptions,
  QueueLimitOptions,
  Weekday,
} from "./api/options/generated/engine-options.ts";
export type { ModuleOptions } from "./api/options/modules.ts";
export type {
  ChokerModule,
  PeerConnection,
  RankedPeer,
  RankingScene,
  TorrentChoker,
} from "./torrent/plugins/interfaces/choker-module.ts";
export type { PeerSlot } from "./torrent/choking/strategies/choking-strategy.ts";
export type {
  PickerModule,
  PickQuestion,
  TorrentPicker,
} from "./torrent/plugins/interfaces/picker-module.ts";
export { needsOwnMemoryByDefault } from "./api/options/large-pieces.ts";
export {
  createTorrent,
  planTorrent,
  type CreatedTorrent,
  type CreateOptions,
  type CreationPlan,
} from "./api/create/create-torrent.ts";
export type { LinkRule } from "./api/create/found-files.ts";
export type { SeedPlace } from "./api/create/seed-place.ts";
export type { HashedFile, HashedFiles } from "@troupe/messages";
export { loadMetainfo, type LoadOptions } from "./api/job/load-metainfo.ts";
export {
  matchData,
  type MatchedFile,
  type MatchOptions,
  type MatchProgress,
  type MatchResult,
} from "./api/matching/match-data.ts";
export type { LinkWay } from "./api/matching/link-ways.ts";
export type { FileNameSettings } from "./api/job/file-name-settings.ts";
export { recordedFileNames, recordedPriorities, type RecordedJob } from "./api/job/recorded-job.ts";
export {
  exportState,
  importState,
  type ExportedState,
  type ExportStateOptions,
  type ImportedState,
  type ImportStateOptions,
} from "./api/state-file/state-file.ts";
export { importTorrents } from "./api/imports/import-torrents.ts";
export type {
  ImportedClient,
  ImportedTorrent,
  ImportedTorrents,
  ImportTorrentsOptions,
} from "./api/imports/imported-torrents.ts";
export type { MappedPath } from "./api/state-file/path-map.ts";
export { Torrent } from "./api/torrent.ts";
export type {
  EventName,
  EventOf,
  MetadataEvent,
  MovedEvent,
  PieceCache,
  TorrentUserEvent,
} from "./api/torrent-services.ts";
export type { PieceChoice } from "./api/hash-checks.ts";
export type { CheckResult, PieceProgress, TorrentFile } from "./api/torrent-progress.ts";
export {
  workerFiles,
  type IpFilterStatus,
  type WaitOptions,
  type WorkerFile,
  type WorkerUrlsOption,
} from "@troupe/api-base";
export { TroupeError } from "@troupe/control";
export { StripKind, stripKinds, type Why, type WhyCode } from "@troupe/messages";
export type {
  AddressFamilyName,
  AnnounceMode,
  BandwidthPriority,
  ContentLayout,
  FileRename,
} from "@troupe/control";
export type {
  AddressSource,
  DhtPorts,
  DhtTorrentStatus,
  JobCounters,
  PieceEvent,
  PieceReport,
  PeerStatus,
  PublicPort,
  ReportedEvent,
  GoalValues,
  SeedGoal,
  TorrentFault,
} from "@troupe/messages";
export type {
  TorrentProgress,
  TorrentShape,
  TorrentState,
  TorrentStatus,
  UploadSlots,
  TrackerScrape,
  TrackerWait,
  TrackerTier,
  TrackerStatus,
  WebSeedStatus,
} from "@troupe/messages";
export type { ActorStatus, LogEntry, LogLevel, Sender } from "@troupe/actor-runtime";
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
export { editTorrent, type ListEdit, type TorrentEdits } from "@troupe/protocol/metainfo";
export type { Encodable } from "@troupe/protocol/bencode";
export type { HandshakeField, HandshakeFields } from "@troupe/protocol/peer";
export type { ExtensionModule, ExtensionPeer, PeerExtension } from "@troupe/peer-worker";
export type { HasherModule, PieceHasher } from "@troupe/hash-worker";
export type { StoreFile, StoreModule, StoreTorrent, TorrentStore } from "@troupe/file-worker";
export {
  Dht,
  type DhtAnswer,
  type DhtBucketNode,
  type DhtBuckets,
  type DhtFoundItem,
  type DhtNode,
  type DhtNodeStatus,
  type DhtPeer,
  type DhtPing,
  type DhtQuest,
  type DhtRound,
  type DhtStartOptions,
  type DhtValue,
  type ItemName,
  type ItemOptions,
  type PutOptions,
  type QuestOptions,
  type Spelled,
} from "@troupe/dht-worker";
