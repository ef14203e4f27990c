import type { ThreadTime } from "../io/system/thread-time.ts";
import type { Ports } from "../ports/ports.ts";
import type { Sender } from "../contract.ts";
import type { LinkCounts, LinkPlan } from "../links/link.ts";
import type { LogSink } from "../log.ts";
import type { ActorStatus, ChildSpec, ThreadLoad } from "../supervisor-spec.ts";
import type { Wire } from "../links/wire.ts";

/** Load of an incarnation. */
export interface ChildStats {
  readonly links: readonly LinkCounts[];
  /** Undefined for a shared thread. */
  readonly thread?: ThreadLoad;
  /** The trees that it supervises. */
  readonly children?: readonly ActorStatus[];
}

/** Events of an incarnation. */
export interface ChildEvents {
  /** At most once, also during `start`. Code may run until `ended`. */
  failed(error: unknown): void;
  readonly log: LogSink;
}

/** An incarnation, made by {@link Host.spawn}. */
export interface Child {
  readonly kind: "child";
  readonly sender: Sender;
  /** Settles with `start`; rejects when the incarnation ended before. */
  readonly started: Promise<void>;
  /** Resolves when none of its code runs any more. Never rejects. */
  readonly ended: Promise<void>;
  /** Known once started. */
  readonly noticeRoles: readonly string[];
  /** See {@link Context.breadcrumb}, and the module mark behind it. Read only. */
  readonly breadcrumb: Int32Array;
  /** Moved by its thread every 250 ms; undefined for a shared thread. */
  beats(): number | undefined;
  /** Undefined for a shared thread, and where the system does not tell it. */
  time(): ThreadTime | undefined;
  /** Rejects with `lifecycle-deadline` after `withinMs`, or with `actor-gone`. */
  stats(withinMs: number): Promise<ChildStats>;
  /** Safe at any time. */
  unlink(linkId: string): void;
  /** Rejects with the error of the actor's `stop`; does not wait for `ended`. */
  stop(): Promise<void>;
  /** Puts its thread, unless shared, into an endless loop. For chaos and tests. */
  hang(): void;
  /** Ends it as soon as possible; see `ended`. Safe to repeat. */
  terminate(): void;
}

/** An actor core of this thread. */
export interface LocalParty {
  readonly kind: "local";
  readonly sender: Sender;
  link(plan: LinkPlan, wire: Wire): void;
  unlink(linkId: string): void;
}

/** One side of a link to be made. */
export interface LinkSide {
  readonly party: Child | LocalParty;
  readonly plan: LinkPlan;
}

/** Runs actors in threads, in this thread, or in virtual time, for all supervisors of its thread. */
export interface Host {
  /** Actors share a thread: resources are closed, and callbacks guarded, per actor. */
  readonly sharesThread: boolean;
  ports(self: Sender): Ports;
  /**
   * Starts threads for first spawns in parallel, without actor code. A spec that has one keeps it.
   * @returns Ends the unused threads; resolves when they have ended.
   */
  prespawn?(specs: readonly ChildSpec[]): () => Promise<void>;
  /** Returns at once; see `started`. */
  spawn(spec: ChildSpec, epoch: number, events: ChildEvents): Child;
  /**
   * Makes a link, the end of `first` first. Each end calls its `linked` before messages arrive. Skips a party that is
   * gone: its supervisor calls `unlink` at the survivor. Never throws.
   */
  connect(first: LinkSide, second: LinkSide): void;
}
