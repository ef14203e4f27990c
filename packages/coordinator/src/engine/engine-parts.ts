// What the engine is built from, so that the same engine runs in threads, inline and in virtual time.

import type { ActorEntry, Context } from "@troupe/actor-runtime";
import type { CheckPool, HashPool } from "@troupe/hash-worker";
import type { FileWorkerOptions } from "@troupe/file-worker";
import type { FileProtocol, PeerProtocol, PeerWorkerOptions } from "@troupe/messages";

/** Chosen by the entry that starts the engine: engine.worker.ts for threads, tests for the other hosts. */
export interface EngineParts {
  readonly peerWorker: ActorEntry<PeerProtocol, PeerWorkerOptions>;
  readonly fileWorker: ActorEntry<FileProtocol, FileWorkerOptions>;
  readonly openHashPool: (context: Context, threads: number) => HashPool;
  readonly openCheckPool: (context: Context, threads: number) => CheckPool;
}
