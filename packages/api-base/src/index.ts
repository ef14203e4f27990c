export { abortable, type WaitOptions } from "./abortable.ts";
export { Deferred } from "./events/deferred.ts";
export { EventQueue } from "./events/event-queue.ts";
export { callSafely, UserEvents } from "./events/user-events.ts";
export { readAtOnce, readBounded } from "./files/bounded-read.ts";
export { makeFolder, syncFolder, writeDurably } from "./files/durable-files.ts";
export { packPrefixes } from "./ip-filter/pack-prefixes.ts";
export {
  readIpFilter,
  readIpFilterBytes,
  type IpFilterStatus,
  type ReadIpFilter,
} from "./ip-filter/read-ip-filter.ts";
export { dhtEndpoints, dhtLimits } from "./options/dht-values.ts";
export { type Names, refuseUnknownEvent, refuseUnknownOptions } from "./options/known-names.ts";
export { dialable, fileOf, folderOf } from "./options/option-values.ts";
export { workerFiles, type WorkerFile } from "./options/worker-files.ts";
export { workerUrls, type WorkerUrlsOption } from "./options/worker-urls.ts";
export { isGone } from "./is-gone.ts";
export { throwStartError } from "./start-error.ts";
