// The same engine without threads: hashing and checking happen between messages.

import { mostSealedPieces, type EngineServices } from "../base/engine-services.ts";
import { fileWorkerEntry, recordsEntry } from "@troupe/file-worker";
import { inlineCheckPool, inlineHashPool } from "@troupe/hash-worker";
import { peerWorkerEntry } from "@troupe/peer-worker";

/** For the engine in the thread of whoever uses it. */
export const inlineServices: EngineServices = {
  peerWorker: peerWorkerEntry,
  fileWorker: fileWorkerEntry,
  records: recordsEntry,
  openHashPool: (context, options) =>
    inlineHashPool({
      sha1: (...parts) => context.sha1(...parts),
      timers: context.timers,
      maxQueued: mostSealedPieces(options),
    }),
  openCheckPool: (context) => inlineCheckPool(context),
};
