// What the engine thread holds: its workers, pools and torrents. One value, given to every handler.

import type { Context, PatientRef, Supervisor } from "@troupe/actor-runtime";
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
import type { AddressBudget } from "../../torrent/addresses/address-budget.ts";
import type { DialSchedule } from "../../torrent/swarm/dial-schedule.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { AnnounceLimits } from "../../trackers/announce-limits.ts";
import type { OversizedPieceQueue } from "../memory/oversized-piece-queue.ts";
import type { OversizedPieces } from "../memory/oversized-pieces.ts";
import type { DiskHandle } from "./disk-handle.ts";
import type { DiskWatch } from "../disk/disk-watch.ts";
import type { PeerWorkerHandle } from "./peer-worker-handle.ts";
import type { Slabs } from "./slabs.ts";

/** Everything that is said to and by the engine: the front's messages and the workers'. */
export type EngineActorProtocol = EngineProtocol & CoordinatorProtocol;

/** What the engine uses of its context: it has no disk, and its own refs are in the handles of its workers. */
export type EngineContext = Pick<
  Context<EngineActorProtocol>,
  | "breadcrumb"
  | "clock"
  | "emit"
  | "fail"
  | "folders"
  | "http"
  | "log"
  | "names"
  | "noticeCredits"
  | "random"
  | "self"
  | "sockets"
  | "timers"
  | "whenNoticeRoom"
>;

/** The engine's state, in parts by what they are for: a function takes the parts that it uses. */
export interface Engine {
  readonly context: EngineContext;
  readonly options: EngineOptions;
  readonly torrents: Map<TorrentId, TorrentJob>;
  readonly peerWorkers: readonly PeerWorkerHandle[];
  /** File-workers and check pools, by the device: base/disk-handles.ts. */
  readonly disks: readonly DiskHandle[];
  readonly records: RecordsHandle;
  readonly hashPool: HashPool;
  readonly memory: PieceMemory;
  readonly network: Network;
  readonly supervision: Supervision;
  readonly counters: Counters;
}

/** The records of the state folder. */
export interface RecordsHandle {
  /** Linked to no actor when there is no state folder. */
  readonly calls: PatientRef<RecordsProtocol>;
  /** The disk of the state folder. */
  readonly watch: DiskWatch;
}

/** Memory for the pieces of all torrents. */
export interface PieceMemory {
  readonly slabs: Slabs;
  readonly oversizedPieces: OversizedPieces;
  readonly oversizedPieceQueue: OversizedPieceQueue;
}

/** How peers and trackers reach the engine, and what bounds its own connections. */
export interface Network {
  /** Addresses listened on. */
  hosts: readonly string[];
  /** The TCP port that peers find us at; 0 before `listen`. */
  port: number;
  readonly announceLimits: AnnounceLimits;
  /** Same in every announce of this session: eight hex digits. */
  readonly trackerKey: string;
  readonly addresses: AddressBudget;
  readonly dialSchedule: DialSchedule;
  /** Dials of addresses tried before, in the present second: at most 30. */
  retriesThisSecond: number;
  /** Connections closed in the present second so that other torrents get some. */
  closedForRoomThisSecond: number;
}

/** What the engine asks of the supervisor of its workers and pools. */
export type EngineSupervisor = Pick<
  Supervisor,
  "hang" | "kill" | "startChild" | "status" | "stop" | "stopChild"
>;

/** The workers and pools as children: their supervisor, their crashes, and their end. */
export interface Supervision {
  /** Undefined until they have started, and from the beginning of their end. */
  supervisor: EngineSupervisor | undefined;
  /** Inputs at which workers crashed. */
  readonly crashHistory: CrashHistory;
  /** Peers at which workers crashed twice. */
  readonly quarantine: Quarantine;
  /** The end under way, or done: the threads that do not end. */
  ended: Promise<readonly StuckThread[]> | undefined;
  /** Pools that had threads in a check when the end began. */
  checksAtEnd: readonly string[];
}

/** Numbers that only grow. */
export interface Counters {
  ticks: number;
  nextTorrent: number;
}

/** The job a message is about; undefined when it was removed meanwhile. */
export function jobOf(
  engine: Pick<Engine, "torrents">,
  torrent: TorrentId,
): TorrentJob | undefined {
  return engine.torrents.get(torrent);
}
