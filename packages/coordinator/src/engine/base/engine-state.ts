import type { Context, PatientRef, Supervisor, CrashHistory } from "@troupe/actor-runtime";
import type { LiveEngineSettings } from "@troupe/control";
import type { HashPool } from "@troupe/hash-worker";
import type {
  EngineProtocol,
  EngineOptions,
  ApiProtocol,
  IpFilter,
  RecordsProtocol,
  DhtPorts,
  PortSockets,
  PortUserProtocol,
  Quarantine,
  StuckThread,
  UdpListening,
} from "@troupe/messages";
import type { AddressBudget } from "../../torrent/addresses/address-budget.ts";
import type { DialBounds } from "../../torrent/addresses/dial-bounds.ts";
import type { UnverifiedDials } from "../../torrent/addresses/unverified-dials.ts";
import type { OwnAddresses } from "../../torrent/addresses/own-addresses.ts";
import type { SlotLevels } from "../../torrent/choking/slot-level.ts";
import type { QueueState } from "../../torrent/queue/queue-state.ts";
import type { FileReader } from "../../torrent/reading/file-reader.ts";
import type { DialTurns } from "../../torrent/swarm/dial-turns.ts";
import type { HolepunchState } from "../../torrent/holepunch/holepunch-state.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { TrackerTransport } from "../../trackers/tracker-transport.ts";
import type { TransportLimits } from "../../trackers/transport-limits.ts";
import type { UdpTrackers } from "../../trackers/udp/udp-trackers.ts";
import type { DhtService } from "../dht/dht-service.ts";
import type { LocalDiscovery } from "../local-discovery/local-discovery.ts";
import type { OversizedPieceQueue } from "../memory/oversized-piece-queue.ts";
import type { OversizedPieces } from "../memory/oversized-pieces.ts";
import type { UserBans } from "../peers/user-bans.ts";
import type { Grant } from "../port-mapping/gateway-client.ts";
import type { PortMapping } from "../port-mapping/port-mapping.ts";
import type { RateLimiter } from "../rate-limits/rate-limiter.ts";
import type { EngineMetrics } from "../metrics/engine-metrics.ts";
import type { SessionTotals } from "../totals/session-totals.ts";
import type { DiskHandle } from "./disk-handle.ts";
import type { DiskWatch } from "../disk/disk-watch.ts";
import type { Hashers } from "./hashers.ts";
import type { ProxyLimits } from "./proxy-limits.ts";
import type { EngineInterface } from "../peers/engine-interface.ts";
import type { PeerWorkerHandle } from "./peer-worker-handle.ts";
import type { Slabs } from "./slabs.ts";
import type { Torrents } from "./torrents.ts";

/** Messages from the API and from workers. */
export type EngineActorProtocol = ApiProtocol & EngineProtocol & PortUserProtocol;

/** The parts of the context that the engine uses. */
export type EngineContext = Pick<
  Context<EngineActorProtocol>,
  | "boundInterface"
  | "breadcrumb"
  | "clock"
  | "datagrams"
  | "emit"
  | "fail"
  | "folders"
  | "gateways"
  | "http"
  | "interfaces"
  | "inModule"
  | "loadModule"
  | "log"
  | "names"
  | "noticeCredits"
  | "random"
  | "self"
  | "sockets"
  | "timers"
  | "viaProxy"
  | "whenNoticeRoom"
>;

/** The engine's state, in parts by purpose: a function takes the parts that it uses. */
export interface Engine {
  readonly context: EngineContext;
  readonly options: EngineOptions;
  /** Set values of the settings that change at run time. */
  readonly settings: { values: LiveEngineSettings };
  readonly torrents: Torrents<TorrentJob>;
  /** The torrents that ticks look at: see engine/idle-torrents.ts. */
  readonly awake: Set<TorrentJob>;
  readonly peerWorkers: readonly PeerWorkerHandle[];
  readonly disks: readonly DiskHandle[];
  readonly records: RecordsHandle;
  readonly hashPool: HashPool;
  readonly hashers: Hashers;
  readonly memory: PieceMemory;
  readonly network: Network;
  readonly uploadSlots: SlotShares;
  readonly supervision: Supervision;
  readonly queue: QueueState;
  readonly rates: RateLimiter;
  readonly counters: Counters;
  readonly totals: SessionTotals;
  readonly metrics: EngineMetrics;
}

/** The upload slots of all torrents. */
interface SlotShares {
  levels: SlotLevels;
}

/** The records of the state folder. */
interface RecordsHandle {
  /** Without a state folder, linked to no actor. */
  readonly calls: PatientRef<RecordsProtocol>;
  readonly watch: DiskWatch;
}

/** Memory for the pieces and readers of all torrents. */
interface PieceMemory {
  readonly slabs: Slabs;
  readonly oversizedPieces: OversizedPieces;
  readonly oversizedPieceQueue: OversizedPieceQueue;
  /** Copies of failed pieces that wait for the hashes of their leaves. */
  failedBytes: number;
  /** Open readers of all torrents. */
  readonly readers: Set<FileReader>;
}

/** How peers and trackers reach the engine, and the limits of its own connections. */
export interface Network {
  hosts: readonly string[];
  /** The TCP port that we listen on; 0 before `listen`. */
  port: number;
  /** The TCP port that peers find us at: of the settings, of the gateway that maps ours, else ours. */
  publicPort: number;
  /** The mapping of the TCP port at the gateway. */
  grant: Grant | undefined;
  readonly portMapping: PortMapping;
  /** Open sockets of the peers' UDP port; empty while its owner is down. */
  udpSockets: UdpListening["sockets"];
  /** Settles when the last try to open the UDP port has ended. */
  udpTried: Promise<void>;
  /** Ports of the first owner of the UDP port. Its successors open the same. */
  lastUdpPorts: DhtPorts | undefined;
  /** Sockets of this thread at the UDP port. */
  readonly sharedPort: PortSockets;
  readonly udpTrackers: UdpTrackers;
  /** Places for requests to trackers. */
  readonly trackerLimits: TransportLimits;
  /** Transport of announces. */
  readonly trackerTransport: TrackerTransport;
  /** Eight hex digits, the same in every announce of the session. */
  readonly trackerKey: string;
  /** Restrictions of an engine whose whole traffic goes through a proxy. Undefined: there is no such proxy. */
  readonly proxyLimits: ProxyLimits | undefined;
  /** Undefined: the system chooses the interface of each socket. */
  readonly interface: EngineInterface | undefined;
  readonly addresses: AddressBudget;
  /** Undefined when the option is off. */
  readonly localDiscovery: LocalDiscovery | undefined;
  /** Filtered addresses are neither dialled nor kept, nor named to peers. */
  readonly ipFilter: IpFilter;
  /** The bans of the user, as `ipFilter` has them. */
  readonly bans: UserBans;
  /** Undefined when the option is off. */
  readonly dht: DhtService | undefined;
  readonly ownAddresses: OwnAddresses;
  readonly unverifiedDials: UnverifiedDials;
  readonly dialBounds: DialBounds;
  readonly dialSchedule: DialSchedule;
  readonly holepunch: HolepunchState;
  /** Redials: at most 30. */
  retriesThisSecond: number;
  /** First dials of addresses that peers or neighbours have named: at most 30. */
  unverifiedDialsThisSecond: number;
  /** Connections closed to make room for other torrents. */
  closedForRoomThisSecond: number;
}

/** State of dialling, over all torrents. */
interface DialSchedule {
  readonly turns: DialTurns;
  /** `dialMore` runs at the end of this turn. */
  isPlanned: boolean;
  pausedUntilMs: number;
}

/** The supervisor's methods that the engine uses. */
export type EngineSupervisor = Pick<
  Supervisor,
  "hang" | "kill" | "startChild" | "status" | "stop" | "stopChild"
>;

/** Supervision of the workers and pools, up to their end. */
interface Supervision {
  /** Undefined before the start and from the end on. */
  supervisor: EngineSupervisor | undefined;
  /** Inputs at which workers crashed. */
  readonly crashHistory: CrashHistory;
  /** Peers at which workers crashed twice. */
  readonly quarantine: Quarantine;
  /** Set once the end has begun: the threads that do not end. */
  ended: Promise<readonly StuckThread[]> | undefined;
  /** Pools with threads in a check when the end began. */
  checksAtEnd: readonly string[];
}

/** Numbers that only grow. */
interface Counters {
  /** Frames of progress that the user's thread has not handled yet. */
  framesOut: number;
  ticks: number;
  nextTorrent: number;
}
