import { mostSealedPieces, type EngineServices } from "../base/engine-services.ts";
import { dhtWorkerEntry } from "@troupe/dht-worker/entry";
import { fileWorkerEntry, recordsEntry } from "@troupe/file-worker";
import { openCheckPool, openHasher, openHashPool } from "@troupe/hash-worker";
import { hasherAnswerMs, moduleLoadMs } from "@troupe/messages";
import { peerWorkerEntry } from "@troupe/peer-worker";
import { poolReporter } from "./pool-events.ts";

/** Production: every worker a thread, hashing in a pool of threads. */
export const threadServices: EngineServices = {
  peerWorker: peerWorkerEntry,
  fileWorker: fileWorkerEntry,
  records: recordsEntry,
  dhtWorker: dhtWorkerEntry,
  openHashPool: (context, options) =>
    openHashPool({
      // An engine without peers receives no piece.
      minThreads: options.peerWorkers === 0 ? 0 : 1,
      maxThreads: options.hashThreads,
      maxQueued: mostSealedPieces(options),
      timers: context.timers,
      onThreadEvent: poolReporter(context, "hash"),
    }),
  openCheckPool: (context, { hashThreads }) =>
    openCheckPool({
      maxThreads: hashThreads,
      timers: context.timers,
      onThreadEvent: poolReporter(context, "check"),
    }),
  openHasher: ({ timers }, url) =>
    openHasher({ url, timers, loadMs: moduleLoadMs, answerMs: hasherAnswerMs }),
};
