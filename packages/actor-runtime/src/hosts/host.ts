import type { Ports } from "../ports/ports.ts";
import type { Sender } from "../contract.ts";
import type { LinkCounts, LinkPlan } from "../link.ts";
import type { LogSink } from "../log.ts";
import type { ChildSpec } from "../supervisor-spec.ts";
import type { Wire } from "../wires/wire.ts";

/** Load of an incarnation now. */
export interface ChildStats {
  readonly links: readonly LinkCounts[];
  /** Event-loop delay of its thread, in milliseconds since start; undefined for a shared thread. */
  readonly loopDelayMs?: { readonly p99: number; readonly p999: number; readonly max: number };
}

/** Events of an incarnation, emitted by its host. */
export interface ChildEvents {
  /** Called at most once, also during `start`. Its code may run until `ended`. */
  failed(error: unknown): void;
  readonly log: LogSink;
}

/** One incarnation of one actor, made by {@link Host.spawn}. */
export interface Child {
  readonly kind: "child";
  readonly sender: Sender;
  /** Settles with `start`. Rejects with its error, or when the incarnation ended before. */
  readonly started: Promise<void>;
  /** Resolves when none of its code runs any more. Never rejects. */
  readonly ended: Promise<void>;
  /** Roles whose notices the actor handles. Known once started. */
  readonly noticeRoles: readonly string[];
  /** See {@link Context.breadcrumb}. Read only. */
  readonly breadcrumb: Int32Array;
  /** A counter that its thread moves every 250 ms; undefined for a shared thread. */
  beats(): number | undefined;
  /** Rejects with `lifecycle-deadline` or `actor-gone`. */
  stats(): Promise<ChildStats>;
  /** Ends one link. Safe at any time. */
  unlink(linkId: string): void;
  /** Calls the actor's `stop`. Rejects with its error; does not wait for `ended`. */
  stop(): Promise<void>;
  /** Puts its thread into an endless loop; does nothing in a shared thread. For chaos and tests. */
  hang(): void;
  /** Ends it at once, as far as possible; see `ended`. Safe to repeat. */
  terminate(): void;
}

/** An actor core of this thread, at the owner end of a link. */
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

/** Runs actors: in threads, in this thread, or in virtual time. One host serves all supervisors of its thread. */
export interface Host {
  /** True when actors share a thread: their resources are closed, and their callbacks guarded, per actor. */
  readonly sharesThread: boolean;
  ports(self: Sender): Ports;
  /**
   * Starts threads for first spawns in advance, in parallel. Runs no actor code.
   * @returns Ends the unused threads; resolves when they have ended.
   */
  prespawn?(specs: readonly ChildSpec[]): () => Promise<void>;
  /** Begins an incarnation. Returns at once; see `started`. */
  spawn(spec: ChildSpec, epoch: number, events: ChildEvents): Child;
  /**
   * Makes a link, beginning with the end at `first`. Each end calls its `linked` before messages arrive. Skips a party
   * that
   * is gone: its supervisor calls `unlink` at the survivor. Never throws.
   */
  connect(first: LinkSide, second: LinkSide): void;
}
