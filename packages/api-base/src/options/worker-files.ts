// Files that threads load: the bundle's entry points, the exported files of the package `troupe`, and the keys of the
// option `workerUrls`. A test holds them to the calls of `siblingUrl`.

/** Names without extension. They never change: bundled programs name them. */
export const workerFiles = [
  "engine.worker",
  "peer.worker",
  "file.worker",
  "records.worker",
  "dht.worker",
  "http.worker",
  "feed-reader.worker",
  "generator.worker",
  "file-maker.worker",
  "sync-thread.worker",
  "one-shot.worker",
  "look-at-folders",
  "disk-thread.worker",
  "move-steps",
  "lock-keeper.worker",
  "watch-folder.worker",
  "pool.worker",
  "hash.task",
  "check.task",
  "hasher.task",
] as const;

/** Name of a file that a thread loads. */
export type WorkerFile = (typeof workerFiles)[number];
