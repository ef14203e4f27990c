export type { Caller } from "./caller.ts";
export { CommandRunner } from "./command-runner.ts";
export { folderBelowRoots } from "./folder-below.ts";
export { RowFeed, type RowChanges } from "./row-feed.ts";
export { ConcurrencyLimit } from "../../concurrency-limit.ts";
export { ServedEngine, type SteeredTorrent } from "./served-engine.ts";
export {
  FileStreams,
  type StreamedBytes,
  type StreamedFile,
  type StreamedPart,
} from "../reading/file-streams.ts";
export { FileLocks, type FileLock } from "../lock/file-locks.ts";
