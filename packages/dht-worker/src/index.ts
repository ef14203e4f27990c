export { Dht, type DhtPing, type PutOptions, type QuestOptions } from "./api/dht.ts";
export type { DhtStartOptions } from "./api/dht-options.ts";
export type {
  DhtBucketNode,
  DhtBuckets,
  DhtNode,
  DhtNodeStatus,
  Spelled,
} from "./api/dht-values.ts";
export type { DhtValue, ItemName, ItemOptions } from "./api/quests/item-values.ts";
export type { DhtQuest } from "./api/quests/quest.ts";
export type { DhtAnswer, DhtRound } from "./api/quests/quest-progress.ts";
export type { DhtFoundItem, DhtPeer } from "./api/quests/quest-results.ts";
export type { ActorStatus, LogEntry, LogLevel, Sender } from "@troupe/actor-runtime";
export type { WaitOptions, WorkerFile, WorkerUrlsOption } from "@troupe/api-base";
export { TroupeError } from "@troupe/control";
export type {
  DhtEndpoint,
  DhtFamily,
  DhtFamilyStatus,
  DhtLimits,
  DhtNodeAddress,
  DhtPinged,
  DhtPorts,
  DhtQuestRound,
  DhtStatus,
  DhtSwarm,
  DhtTable,
  DhtTableBucket,
  DhtTableNode,
  DhtTraffic,
} from "@troupe/messages";
export type { Encodable } from "@troupe/protocol/bencode";
