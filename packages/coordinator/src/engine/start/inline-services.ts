import { mostSealedPieces, type EngineServices } from "../base/engine-services.ts";
import { dhtWorkerEntry } from "@troupe/dht-worker/entry";
import { fileWorkerEntry, recordsEntry } from "@troupe/file-worker";
import { inlineCheckPool, inlineHashPool } from "@troupe/hash-worker";
import { peerWorkerEntry } from "@troupe/peer-worker";

/** The engine without threads: hashing and checks run between messages. */
export const inlineServices: EngineServices = {
  peerWorker: peerWorkerEntry,
  fileWorker: fileWorkerEntry,
  records: recordsEntry,
  dhtWorker: dhtWorkerEntry,
  openHashPool: (context, options) =>
    inlineHashPool({
      sha1: context.sha1,
      timers: context.timers,
      maxQueued: mostSealedPieces(options),
    }),
  openCheckPool: (context) => inlineCheckPool(context),
};
