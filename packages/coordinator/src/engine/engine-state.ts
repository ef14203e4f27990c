// What the engine thread holds: its workers, pools and torrents. One value, given to every handler.

import type { Context, Supervisor } from "@troupe/actor-runtime";
import type { HashPool } from "@troupe/hash-worker";
import type {
  CoordinatorProtocol,
  EngineOptions,
  EngineProtocol,
  RecordsProtocol,
  SetAside,
  StuckThread,
  TorrentId,
} from "@troupe/messages";
import type { DeathBook } from "../death-book.ts";
import type { PatientRef } from "../patient-ref.ts";
import type { AddressBudget } from "../torrent/address-budget.ts";
import type { DialTurn } from "../torrent/dialling.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import type { AnnounceGates } from "../trackers/announce-gates.ts";
import type { BigPieceQueue } from "./big-piece-queue.ts";
import type { BigPieces } from "./big-pieces.ts";
import type { DiskSeat } from "./disk-seat.ts";
import type { DiskWatch } from "./disk-watch.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { PeerWorkerSeat } from "./peer-worker-seat.ts";
import type { SlabBook } from "./slab-book.ts";

/** Everything that is said to and by the engine: the front's messages and the workers'. */
export type EngineActorProtocol = EngineProtocol & CoordinatorProtocol;

/** The engine's state. Fields marked late are set once in `start`. */
export interface Engine {
  readonly context: Context<EngineActorProtocol>;
  readonly options: EngineOptions;
  readonly parts: EngineParts;
  readonly torrents: Map<TorrentId, TorrentJob>;
  readonly seats: readonly PeerWorkerSeat[];
  readonly slabs: SlabBook;
  readonly bigPieces: BigPieces;
  readonly bigPieceQueue: BigPieceQueue;
  readonly hashPool: HashPool;
  /** File-workers and check pools, by the device: disk-seats.ts. */
  readonly disks: readonly DiskSeat[];
  /** What workers died of. */
  readonly deaths: DeathBook;
  /** Peers at which workers died twice. */
  readonly setAside: SetAside;
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
  readonly announces: AnnounceGates;
  /** Same in every announce of this session: eight hex digits. */
  readonly trackerKey: string;
  nextTorrent: number;
  /** Dials of addresses tried before, in the present second: at most 30. */
  retriesThisSecond: number;
  readonly dialTurn: DialTurn;
  readonly addresses: AddressBudget;
  /** Connections closed in the present second so that other torrents get some. */
  closedForRoomThisSecond: number;
  ticks: number;
}

/** The job a message is about; undefined when it was removed meanwhile. */
export function jobOf(engine: Engine, torrent: TorrentId): TorrentJob | undefined {
  return engine.torrents.get(torrent);
}
