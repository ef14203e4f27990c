export { Coordinator, type WorkerEvent } from "./front/coordinator.ts";
export type { AddOptions } from "./front/add-options.ts";
export type { ActorStatus, CoordinatorOptions } from "./front/options.ts";
export { loadMetainfo, type LoadOptions } from "./front/load-metainfo.ts";
export type { Torrent } from "./front/torrent.ts";
export type { TorrentUserEvent } from "./front/torrent-parts.ts";
export type { CheckResult, TorrentFile } from "./front/torrent-figures.ts";
export { StripKind, stripKinds, type Why, type WhyCode } from "@troupe/messages";
export { TroupeError } from "./troupe-error.ts";
