// The same engine without threads: hashing and checking happen between messages.

import { mostSealedPieces, type EngineParts } from "./engine-parts.ts";
import { fileWorkerEntry } from "@troupe/file-worker";
import { inlineCheckPool, inlineHashPool } from "@troupe/hash-worker";
import { peerWorkerEntry } from "@troupe/peer-worker";

export const inlineParts: EngineParts = {
  peerWorker: peerWorkerEntry,
  fileWorker: fileWorkerEntry,
  openHashPool: ({ sha1, timers }, options) =>
    inlineHashPool({ sha1, timers, maxQueued: mostSealedPieces(options) }),
  openCheckPool: (context) => inlineCheckPool(context),
};
