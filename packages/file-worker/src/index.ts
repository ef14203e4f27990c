export { fileWorkerEntry } from "./entry.ts";
export type { FileWorkerOptions } from "./file.actor.ts";
export { DiskCallWatch, diskStampBytes, timesOfStamp } from "./files/disk-stamp.ts";
export { addDiskTimes, type DiskTimes, diskTimes } from "./files/disk-times.ts";
export { recordsEntry } from "./records/entry.ts";
export type { RecordsOptions } from "./records/records.actor.ts";
export { carriedRecord, carriedRow } from "./records/carried-rows.ts";
export type { StoreFile, StoreModule, StoreTorrent, TorrentStore } from "./store/store-module.ts";
export { recordName } from "./state/job-journal.ts";
