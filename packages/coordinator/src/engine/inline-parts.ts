// The same engine without threads: hashing and checking happen between messages.

import type { EngineParts } from "./engine-parts.ts";
import { fileWorkerEntry } from "@troupe/file-worker";
import { inlineCheckPool, inlineHashPool } from "@troupe/hash-worker";
import { peerWorkerEntry } from "@troupe/peer-worker";

export const inlineParts: EngineParts = {
  peerWorker: peerWorkerEntry,
  fileWorker: fileWorkerEntry,
  openHashPool: (context) => inlineHashPool(context),
  openCheckPool: (context) => inlineCheckPool(context),
};
