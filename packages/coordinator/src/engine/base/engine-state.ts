// What the engine thread holds: its workers, pools and torrents. One value, given to every handler.

import type { Context, Supervisor } from "@troupe/actor-runtime";
import type { HashPool } from "@troupe/hash-worker";
import type {
  CoordinatorProtocol,
  EngineOptions,
  EngineProtocol,
  RecordsProtocol,
  Quarantine,
  StuckThread,
  TorrentId,
} from "@troupe/messages";
import type { CrashHistory } from "../../crash-history.ts";
import type { PatientRef } from "../../patient-ref.ts";
import type { AddressBudget } from "../../torrent/addresses/address-budget.ts";
import type { DialSchedule } from "../../torrent/swarm/dial-schedule.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { AnnounceLimits } from "../../trackers/announce-limits.ts";
import type { OversizedPieceQueue } from "../memory/oversized-piece-queue.ts";
import type { OversizedPieces } from "../memory/oversized-pieces.ts";
import type { DiskHandle } from "./disk-handle.ts";
import type { DiskWatch } from "../disk/disk-watch.ts";
import type { EngineServices } from "./engine-services.ts";
import type { PeerWorkerHandle } from "./peer-worker-handle.ts";
import type { Slabs } from "./slabs.ts";

/** Everything that is said to and by the engine: the front's messages and the workers'. */
export type EngineActorProtocol = EngineProtocol & CoordinatorProtocol;

/** The engine's state. Fields marked late are set once in `start`. */
export interface Engine {
  readonly context: Context<EngineActorProtocol>;
  readonly options: EngineOptions;
  readonly services: EngineServices;
  readonly torrents: Map<TorrentId, TorrentJob>;
  readonly peerWorkers: readonly PeerWorkerHandle[];
  readonly slabs: Slabs;
  readonly oversizedPieces: OversizedPieces;
  readonly oversizedPieceQueue: OversizedPieceQueue;
  readonly hashPool: HashPool;
  /** File-workers and check pools, by the device: base/disk-handles.ts. */
  readonly disks: readonly DiskHandle[];
  /** What workers died of. */
  readonly crashHistory: CrashHistory;
  /** Peers at which workers died twice. */
  readonly quarantine: Quarantine;
  /** Linked to nobody without a state folder. */
  readonly records: PatientRef<RecordsProtocol>;
  /** The disk of the state folder. */
  readonly recordsDisk: DiskWatch;
  /** The end under way, or done: the threads that do not end. */
  ended: Promise<readonly StuckThread[]> | undefined;
  /** Pools that had threads in a check when the end began. */
  checksAtEnd: readonly string[];
  /** Late: the supervisor of workers and pools. */
  supervisor: Supervisor | undefined;
  /** Addresses listened on. */
  hosts: readonly string[];
  /** The TCP port that peers find us at; 0 before `listen`. */
  port: number;
  readonly announceLimits: AnnounceLimits;
  /** Same in every announce of this session: eight hex digits. */
  readonly trackerKey: string;
  nextTorrent: number;
  /** Dials of addresses tried before, in the present second: at most 30. */
  retriesThisSecond: number;
  readonly dialSchedule: DialSchedule;
  readonly addresses: AddressBudget;
  /** Connections closed in the present second so that other torrents get some. */
  closedForRoomThisSecond: number;
  ticks: number;
}

/** The job a message is about; undefined when it was removed meanwhile. */
export function jobOf(engine: Engine, torrent: TorrentId): TorrentJob | undefined {
  return engine.torrents.get(torrent);
}
