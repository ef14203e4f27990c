export { Coordinator, type AddOptions, type WorkerEvent } from "./front/coordinator.ts";
export type { ActorStatus, CoordinatorOptions } from "./front/options.ts";
export { loadMetainfo } from "./front/load-metainfo.ts";
export { type CheckResult, type Torrent, type TorrentUserEvent } from "./front/torrent.ts";
export { TroupeError } from "./troupe-error.ts";
