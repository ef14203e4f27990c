export { fileWorkerEntry } from "./entry.ts";
export type { FileWorkerOptions } from "./file.actor.ts";
export { DiskCallWatch, diskStampBytes } from "./files/disk-stamp.ts";
export { recordsEntry } from "./records/entry.ts";
export type { RecordsOptions } from "./records/records.actor.ts";
