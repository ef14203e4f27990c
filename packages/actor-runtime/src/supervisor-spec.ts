import type { ActorEntry, Protocol, Ref, Sender } from "./contract.ts";

/** When a child is restarted: always; unless it ended by itself without an error; never. */
export type Restart = "permanent" | "transient" | "temporary";

/** An actor of the tree. Trees are data, in start order; supervisor.ts interprets them. */
export interface ChildSpec<P extends Protocol = any, Options = any> {
  readonly kind: "actor";
  /** Unique in the tree: `peer-0`, `file`. */
  readonly name: string;
  readonly entry: ActorEntry<P, Options>;
  /** Options of the next incarnation; called at each start, for fresh memory. */
  readonly options: (epoch: number) => Options;
  readonly restart: Restart;
  /** Started and stopped by {@link Supervisor.startChild} and `stopChild`. Default: runs as long as its tree. */
  readonly isOnDemand?: boolean;
  /** An on-demand child that starts with the tree. Default: not. */
  readonly startsWithTree?: boolean;
  /** Milliseconds for an orderly stop before termination. */
  readonly shutdownMs: number;
  /** The owner links to it under this role and handles its notices; the child knows the owner as `owner`. */
  readonly role: string;
  /** Earlier siblings that it sends to, names by role: `{ file: "file" }`. */
  readonly links?: Readonly<Record<string, string>>;
  /**
   * Called while its heartbeat stands still: true when it is blocked in a system call, which is not a hang and which
   * termination would not end (a disk thread; see its stamp). Default: never.
   */
  readonly mayBeSilent?: () => boolean;
  /**
   * Whether a successor may start beside an incarnation that has not ended. False where two do harm: two writers of one
   * disk.
   * Default: true without `mayBeSilent`.
   */
  readonly mayOverlap?: boolean;
  /** Mebibytes of heap, without buffers, beyond which its thread crashes. Default: Node's. */
  readonly heapLimitMebibytes?: number;
}

/** Whether a child starts with its tree. */
export function isStartedWithTree({ isOnDemand, startsWithTree }: ChildSpec): boolean {
  return isOnDemand !== true || startsWithTree === true;
}

/** A pool of a library's threads; listed, and stopped in order. */
export interface PoolSpec {
  readonly kind: "pool";
  readonly name: string;
  readonly open: () => PoolHandle;
  readonly shutdownMs: number;
}

/** An open pool, for the tree. Read often: must be cheap. */
export interface PoolHandle {
  readonly threads: number;
  readonly queued: number;
  /** Threads lost and replaced. */
  readonly restarts: number;
  /** Threads given up that still run. */
  readonly abandoned: number;
  close(): Promise<void>;
}

/** A supervisor and its children, in start order. A crashed child is restarted alone (one-for-one). */
export interface SupervisorSpec {
  readonly kind: "supervisor";
  readonly name: string;
  /** The supervisor gives up beyond this many restarts within `withinMs`. */
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
  /** Messages waiting in its links, both ways; or tasks waiting for a thread of a pool. */
  readonly mailbox: number;
  /** Of a pool: threads running or starting. */
  readonly threads?: number;
  /** Event-loop delay in milliseconds since start: 99th and 99.9th percentile, maximum; undefined for pools. */
  readonly loopDelayMs?: { readonly p99: number; readonly p999: number; readonly max: number };
  readonly children?: readonly ActorStatus[];
}

/** Time limits of a stop. */
export interface StopLimits {
  /** Milliseconds for an orderly end of everything; the rest is terminated together. */
  readonly orderlyMs: number;
  /** Further milliseconds for the threads to end. */
  readonly endMs: number;
}

/** A running supervisor. */
export interface Supervisor {
  /** The ref to a child by name; stable over restarts. @throws ActorError `no-such-actor` */
  ref<P extends Protocol>(name: string): Ref<P>;
  sender(name: string): Sender | undefined;
  /** The status of all lines, without on-demand children that are not wanted. */
  status(): Promise<ActorStatus>;
  /**
   * Starts a child on demand, unless it runs. Its spec's restarts apply until `stopChild`.
   * @throws rejects with ActorError `start-failed`, or `actor-gone` when a stop of it or the tree comes first.
   */
  startChild(name: string): Promise<void>;
  /** Stops a child on demand in order, without restart. Settles when it has ended or is abandoned. */
  stopChild(name: string): Promise<void>;
  /** Ends an incarnation, also a hung one, as a crash in the next turn (chaos and tests). */
  kill(name: string): void;
  /** Puts an actor's thread into an endless loop (chaos and tests). @throws ActorError `no-such-actor` */
  hang(name: string): void;
  /**
   * Stops everything in reverse order; terminates members after their time. May be repeated with narrower limits.
   * @throws rejects with ActorError `not-stopped` (`details: {actors}`), after all others have stopped, for children
   *   that did
   * not end: their threads are in a system call.
   */
  stop(limits?: StopLimits): Promise<void>;
}

/** Events for the actor that owns a supervisor. */
export interface SupervisorEvents {
  /** A child started or restarted, and its links are made. The owner re-announces state to it here. */
  started?(child: ChildSpec, sender: Sender): void;
  /**
   * A child's incarnation ended unasked. A restart follows, or `gaveUp`.
   * @param breadcrumb A copy of its {@link Context.breadcrumb}; all 0 when unknown.
   */
  crashed?(child: ChildSpec, sender: Sender, error: unknown, breadcrumb: Int32Array): void;
  /**
   * No code of this incarnation runs any more: its memory is free. Follows `crashed` or an orderly stop; an abandoned
   * incarnation may be replaced long before.
   */
  ended?(child: ChildSpec, sender: Sender): void;
  /** The restarts of the window are used up. The owner decides; by default it fails. */
  gaveUp?(supervisor: string, error: unknown): void;
}
