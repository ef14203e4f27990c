import { mostSealedPieces, type EngineServices } from "../base/engine-services.ts";
import { dhtWorkerEntry } from "@troupe/dht-worker/entry";
import { fileWorkerEntry, recordsEntry } from "@troupe/file-worker";
import { inlineCheckPool, inlineHasher, inlineHashPool } from "@troupe/hash-worker";
import { EngineStep, hasherAnswerMs, moduleLoadMs } from "@troupe/messages";
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
  openHasher: (context, url, torrent) =>
    inlineHasher({
      timers: context.timers,
      loadMs: moduleLoadMs,
      answerMs: hasherAnswerMs,
      load: () => context.loadModule(EngineStep.module, torrent, url),
      run: (act) => context.inModule(EngineStep.module, torrent, act),
    }),
};
