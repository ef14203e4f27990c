import type { ActorEntry, Context } from "@troupe/actor-runtime";
import type { CheckPool, Hasher, HashPool } from "@troupe/hash-worker";
import type { FileWorkerOptions, RecordsOptions } from "@troupe/file-worker";
import { extentUnitBytes } from "@troupe/messages";
import type { EngineActorProtocol } from "./engine-state.ts";
import type {
  DhtOptions,
  DhtProtocol,
  EngineOptions,
  FileProtocol,
  PeerProtocol,
  PeerWorkerOptions,
  RecordsProtocol,
  TorrentId,
} from "@troupe/messages";

type EngineContext = Context<EngineActorProtocol>;

/** The parts that the engine is made from: engine.worker.ts chooses threads, tests other hosts. */
export interface EngineServices {
  readonly peerWorker: ActorEntry<PeerProtocol, PeerWorkerOptions>;
  readonly fileWorker: ActorEntry<FileProtocol, FileWorkerOptions>;
  readonly records: ActorEntry<RecordsProtocol, RecordsOptions>;
  readonly dhtWorker: ActorEntry<DhtProtocol, DhtOptions>;
  readonly openHashPool: (context: EngineContext, options: EngineOptions) => HashPool;
  readonly openCheckPool: (context: EngineContext, options: EngineOptions) => CheckPool;
  /** @param torrent The torrent that loads the module first. */
  readonly openHasher: (context: EngineContext, url: string, torrent: TorrentId) => Hasher;
}

/**
 * Most sealed pieces that can wait for their hash: what fits the payload memory, twice, because a crashed worker's
 * memory is freed only after its pieces are written, while its successor has its own; and an oversized piece.
 */
export function mostSealedPieces({ memoryBytes }: EngineOptions): number {
  return 2 * Math.ceil(memoryBytes / extentUnitBytes) + 1;
}
