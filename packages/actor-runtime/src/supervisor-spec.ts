// The supervision tree as data: what runs, in which order, restarted how. Pure; supervisor.ts interprets it.

import type { ActorEntry, Protocol, Ref, Sender } from "./contract.ts";

/**
 * When a child is restarted: always; unless it ended by itself without an error; never.
 */
export type Restart = "permanent" | "transient" | "temporary";

/** One actor of the tree. */
export interface ChildSpec<P extends Protocol = any, Options = any> {
  readonly kind: "actor";
  /** Unique in the tree: `peer-0`, `file`. */
  readonly name: string;
  readonly entry: ActorEntry<P, Options>;
  /** Options of the next incarnation; called at each start, so that a newcomer gets fresh memory. */
  readonly options: (epoch: number) => Options;
  readonly restart: Restart;
  /** Started and stopped by {@link Supervisor.startChild} and `stopChild`. Default: it runs as long as its tree. */
  readonly isOnDemand?: boolean;
  /** Started with the tree although it is on demand. Default: not. */
  readonly startsWithTree?: boolean;
  /** Milliseconds for an orderly stop; then it is terminated. */
  readonly shutdownMs: number;
  /** The owner links to it under this role, hears its notices and is known to it as `owner`. */
  readonly role: string;
  /** Names of earlier siblings that it speaks to, by the role it uses: `{ file: "file" }`. */
  readonly links?: Readonly<Record<string, string>>;
  /**
   * Asked while its heart stands still: true says that it is blocked in a call of the system, which is not hung and
   * which ending its thread would not end (a disk thread; its stamp tells). Default: never.
   */
  readonly mayBeSilent?: () => boolean;
  /**
   * Whether a successor may be started while an incarnation that will not die may still run. False where two at once
   * would harm: two writers of one disk. Default: whether it has no `mayBeSilent`.
   */
  readonly mayOverlap?: boolean;
  /** Mebibytes of heap after which its thread is ended as a crash; buffers do not count. Default: what Node allows. */
  readonly heapLimitMebibytes?: number;
}

/** Whether a child starts with its tree. */
export function isStartedWithTree({ isOnDemand, startsWithTree }: ChildSpec): boolean {
  return isOnDemand !== true || startsWithTree === true;
}

/** A pool of threads that some library runs; listed and stopped in order with the rest. */
export interface PoolSpec {
  readonly kind: "pool";
  readonly name: string;
  readonly open: () => PoolHandle;
  readonly shutdownMs: number;
}

/** An open pool, as far as the tree has to do with it. Read often: answer from what is at hand. */
export interface PoolHandle {
  readonly threads: number;
  readonly queued: number;
  /** Threads lost and replaced so far. */
  readonly restarts: number;
  /** Threads that were given up and run still. */
  readonly abandoned: number;
  close(): Promise<void>;
}

/** A supervisor and its children, first to last. A fallen child is restarted alone (one-for-one). */
export interface SupervisorSpec {
  readonly kind: "supervisor";
  readonly name: string;
  /** More than this many restarts within `withinMs` and the supervisor gives up. */
  readonly maxRestarts: number;
  readonly withinMs: number;
  readonly children: readonly (ChildSpec | PoolSpec | SupervisorSpec)[];
}

/** One line of the tree as it is now. */
export interface ActorStatus {
  readonly name: string;
  readonly kind: "actor" | "pool" | "supervisor";
  /** `abandoned`: terminated and running still; `unknown`: whoever supervises it does not answer now. */
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
  /** Messages waiting in its links, both ways; tasks waiting for a thread of a pool. */
  readonly mailbox: number;
  /** Of a pool: threads running or starting. */
  readonly threads?: number;
  /** Event-loop delay in milliseconds: 99th and 99.9th percentile and largest since start; undefined for pools. */
  readonly loopDelayMs?: { readonly p99: number; readonly p999: number; readonly max: number };
  readonly children?: readonly ActorStatus[];
}

/** How long a stop may take. */
export interface StopLimits {
  /** Milliseconds for an orderly end of everything; what is left then is terminated, all at once. */
  readonly orderlyMs: number;
  /** Milliseconds more for the threads to end. */
  readonly endMs: number;
}

/** A running supervisor. */
export interface Supervisor {
  /** The ref to a child by its name in the tree; stable over restarts. @throws ActorError `no-such-actor` */
  ref<P extends Protocol>(name: string): Ref<P>;
  sender(name: string): Sender | undefined;
  /** What runs, or ran and is not to be forgotten: a child on demand is left out while it is not wanted. */
  status(): Promise<ActorStatus>;
  /**
   * Starts a child on demand, unless it runs. From here on it is restarted as its spec says, until `stopChild`.
   * @throws rejects with ActorError `start-failed`, or `actor-gone` when it, or the tree, is stopped meanwhile.
   */
  startChild(name: string): Promise<void>;
  /** Stops a child on demand in order, and does not restart it. Settles when it has ended or is abandoned. */
  stopChild(name: string): Promise<void>;
  /** Ends one incarnation as a crash, in the next turn (chaos and tests; a hung one too). */
  kill(name: string): void;
  /** Has the thread of an actor run an endless loop from now on (chaos and tests). @throws ActorError `no-such-actor` */
  hang(name: string): void;
  /**
   * Stops everything in reverse order; what is not done in time is terminated. May be asked again with narrower limits.
   * @throws rejects with ActorError `not-stopped` (`details: {actors}`), after all others have stopped, when some child would
   *   not die: its thread is in a call of the system.
   */
  stop(limits?: StopLimits): Promise<void>;
}

/** What a supervisor tells the actor that owns it. */
export interface SupervisorEvents {
  /** A child started (first time or again); its links stand. The owner re-announces state to it here. */
  started?(child: ChildSpec, sender: Sender): void;
  /**
   * A child's incarnation ended without being asked to. A restart follows, unless `gaveUp` does.
   * @param breadcrumb What it had in its hands, a copy of {@link Context.breadcrumb}; all 0 when that is not known.
   */
  crashed?(child: ChildSpec, sender: Sender, error: unknown, breadcrumb: Int32Array): void;
  /**
   * None of this incarnation's code runs any more: memory that it was given is free. Follows `crashed` or an orderly
   * stop; an abandoned incarnation (one that will not die) may be replaced long before.
   */
  ended?(child: ChildSpec, sender: Sender): void;
  /** Restarts within the window are used up. The owner decides; the default is to fail itself. */
  gaveUp?(supervisor: string, error: unknown): void;
}
