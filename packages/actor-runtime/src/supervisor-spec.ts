import type { ActorEntry, Protocol, Ref, Sender } from "./contract.ts";

/** A child is restarted always; unless it ended by itself without an error; never. */
type Restart = "permanent" | "transient" | "temporary";

/** An actor of the tree. Trees are data, in start order. */
export interface ChildSpec<P extends Protocol = any, Options = any> {
  readonly kind: "actor";
  /** Unique in the tree: `peer-0`, `file`. */
  readonly name: string;
  readonly entry: ActorEntry<P, Options>;
  /** Called at each start, for fresh memory. */
  readonly options: (epoch: number) => Options;
  readonly restart: Restart;
  /** Started and stopped by {@link Supervisor.startChild} and `stopChild`. Default: runs as long as its tree. */
  readonly isOnDemand?: boolean;
  /** Starts with the tree although on demand. Default: not. */
  readonly startsWithTree?: boolean;
  /** For an orderly stop before termination. */
  readonly shutdownMs: number;
  /** The owner's role for it, with its notices; it knows the owner as `owner`. */
  readonly role: string;
  /** Names of earlier siblings by role: `{ file: "file" }`. */
  readonly links?: Readonly<Record<string, string>>;
  /**
   * True during a system call, where a silent heartbeat is no hang and termination has no effect (a disk thread; see
   * its stamp). Default: never.
   */
  readonly mayBeSilent?: () => boolean;
  /**
   * Whether a successor may start beside an incarnation that has not ended. False where two do harm: two writers of one
   * disk. Default: true without `mayBeSilent`.
   */
  readonly mayOverlap?: boolean;
  /** Without buffers; beyond, its thread crashes. Default: Node's. */
  readonly heapLimitMebibytes?: number;
  /**
   * For young objects: collected when full, and kept by the thread. Default: a 128th of the limit, without a limit Node's,
   * which grows to 96 MiB.
   */
  readonly youngMebibytes?: number;
  /** Its owner's figures of it, for {@link ActorStatus.figures}. Cheap. */
  readonly figures?: () => Readonly<Record<string, number>>;
}

/** Whether a child starts with its tree. */
export function isStartedWithTree({ isOnDemand, startsWithTree }: ChildSpec): boolean {
  return isOnDemand !== true || startsWithTree === true;
}

/** A pool of a library's threads. */
export interface PoolSpec {
  readonly kind: "pool";
  readonly name: string;
  readonly open: () => PoolHandle;
  readonly shutdownMs: number;
}

/** An open pool. Read often: must be cheap. */
export interface PoolHandle {
  readonly threads: number;
  readonly queued: number;
  readonly restarts: number;
  /** Given up, and still running. */
  readonly abandoned: number;
  close(): Promise<void>;
}

/** Children in start order. A crashed child is restarted alone (one-for-one). */
export interface SupervisorSpec {
  readonly kind: "supervisor";
  readonly name: string;
  /**
   * After it has given up: a permanent supervisor is restarted by its own, a temporary one stays stopped, and the owner
   * learns it by {@link SupervisorEvents.gaveUp}. Default permanent.
   */
  readonly restart?: Exclude<Restart, "transient">;
  /** Within `withinMs`; beyond, the supervisor gives up. Infinity: it never does, and its waits grow to 2 s. */
  readonly maxRestarts: number;
  readonly withinMs: number;
  readonly children: readonly (ChildSpec | PoolSpec | SupervisorSpec)[];
}

/** The status of a line of the tree. */
export interface ActorStatus {
  readonly name: string;
  readonly kind: "actor" | "pool" | "supervisor";
  /** `abandoned`: terminated and still running; `unknown`: its supervisor does not answer now. */
  readonly state:
    | "starting"
    | "running"
    | "restarting"
    | "stopping"
    | "stopped"
    | "abandoned"
    | "unknown";
  readonly epoch: number;
  readonly restarts: number;
  /** Why it crashed last, in 1,000 characters at most. Absent: it has not, or is a pool or a supervisor. */
  readonly lastError?: string;
  /** Messages waiting in its links, both ways; or tasks waiting in a pool. */
  readonly mailbox: number;
  /** Threads of a pool, running or starting. */
  readonly threads?: number;
  /** Event-loop delay in milliseconds since start: 99th and 99.9th percentile, maximum; undefined for pools. */
  readonly loopDelayMs?: { readonly p99: number; readonly p999: number; readonly max: number };
  /** Processor time of its thread since its start, in user code and in the kernel; undefined for pools. */
  readonly cpuSeconds?: number;
  /**
   * Objects of its thread in the heap of JavaScript, those not collected yet included; neither buffers nor shared memory.
   * Undefined for pools.
   */
  readonly heapBytes?: number;
  /** Counts of an actor's own field, such as the nodes of a routing table. */
  readonly figures?: Readonly<Record<string, number>>;
  readonly children?: readonly ActorStatus[];
}

/** The load of an actor's thread. */
export type ThreadLoad = Required<Pick<ActorStatus, "cpuSeconds" | "heapBytes" | "loopDelayMs">>;

/** Time limits of a stop. */
export interface StopLimits {
  /** For an orderly end of everything; the rest is terminated together. */
  readonly orderlyMs: number;
  /** Further milliseconds for threads to end. */
  readonly endMs: number;
}

/** A running supervisor. */
export interface Supervisor {
  /** Stable over restarts. @throws ActorError `no-such-actor` */
  ref<P extends Protocol>(name: string): Ref<P>;
  sender(name: string): Sender | undefined;
  /** Without on-demand children that are not wanted. */
  status(): Promise<ActorStatus>;
  /**
   * Does nothing if it runs. Its spec's restarts apply until `stopChild`.
   * @throws rejects with ActorError `start-failed`, or `actor-gone` when a stop of it or the tree comes first.
   */
  startChild(name: string): Promise<void>;
  /** In order, without restart. Settles when the child has ended or is abandoned. */
  stopChild(name: string): Promise<void>;
  /** Makes a child crash in the next turn, also when its thread hangs (chaos and tests). */
  kill(name: string): void;
  /** For chaos and tests. @throws ActorError `no-such-actor` */
  hang(name: string): void;
  /**
   * In reverse order; terminates members after their time. May be repeated with narrower limits.
   * @throws rejects with ActorError `not-stopped` (`details: {actors}`), after all others have stopped, for children in
   *   a system call.
   */
  stop(limits?: StopLimits): Promise<void>;
}

/** Events for a supervisor's owner. */
export interface SupervisorEvents {
  /** Also after a restart; its links are made. The owner re-announces state here. */
  started?(child: ChildSpec, sender: Sender): void;
  /**
   * Ended unasked. A restart follows, or `gaveUp`.
   * @param breadcrumb A copy of {@link Context.breadcrumb} and of the module mark behind it; all 0 when unknown.
   */
  crashed?(child: ChildSpec, sender: Sender, error: unknown, breadcrumb: Int32Array): void;
  /**
   * No code of this incarnation runs any more: its memory is free. Follows `crashed` or an orderly stop; an abandoned
   * incarnation may be replaced long before.
   */
  ended?(child: ChildSpec, sender: Sender): void;
  /**
   * Restarts are used up: of the tree, where the owner decides and by default fails, or of a temporary supervisor, which
   * has stopped its children for good.
   */
  gaveUp?(supervisor: string, error: unknown): void;
}
