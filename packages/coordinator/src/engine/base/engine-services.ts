// What the engine is built from, so that the same engine runs in threads, inline and in virtual time.

import type { ActorEntry, Context } from "@troupe/actor-runtime";
import type { CheckPool, HashPool } from "@troupe/hash-worker";
import type { FileWorkerOptions, RecordsOptions } from "@troupe/file-worker";
import { extentUnitBytes } from "@troupe/messages";
import type { EngineActorProtocol } from "./engine-state.ts";
import type {
  EngineOptions,
  FileProtocol,
  PeerProtocol,
  PeerWorkerOptions,
  RecordsProtocol,
} from "@troupe/messages";

type EngineContext = Context<EngineActorProtocol>;

/** Chosen by the entry that starts the engine: engine.worker.ts for threads, tests for the other hosts. */
export interface EngineServices {
  readonly peerWorker: ActorEntry<PeerProtocol, PeerWorkerOptions>;
  readonly fileWorker: ActorEntry<FileProtocol, FileWorkerOptions>;
  readonly records: ActorEntry<RecordsProtocol, RecordsOptions>;
  readonly openHashPool: (context: EngineContext, options: EngineOptions) => HashPool;
  readonly openCheckPool: (context: EngineContext, options: EngineOptions) => CheckPool;
}

/**
 * Sealed pieces that can wait to be hashed: as many as fit the payload memory, twice, since that of a worker that died
 * is not free before its pieces are written while its successor has its own already; and one that is larger than all.
 */
export function mostSealedPieces({ memoryBytes }: EngineOptions): number {
  return 2 * Math.ceil(memoryBytes / extentUnitBytes) + 1;
}
