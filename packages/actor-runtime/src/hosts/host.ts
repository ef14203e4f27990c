// What a supervisor asks of the place where actors live: threads, this thread, or virtual time.

import type { Ports } from "../ports/ports.ts";
import type { Sender } from "../contract.ts";
import type { LinkCounts, LinkPlan } from "../link.ts";
import type { LogSink } from "../log.ts";
import type { ChildSpec } from "../supervisor-spec.ts";
import type { Wire } from "../wires/wire.ts";

/** An incarnation as it is now. */
export interface ChildStats {
  readonly links: readonly LinkCounts[];
  /** Event-loop delay of its own thread, in milliseconds since start; undefined where it has none. */
  readonly loopDelayMs?: { readonly p99: number; readonly p999: number; readonly max: number };
}

/** What the host tells about one incarnation. */
export interface ChildEvents {
  /** It failed, at most once; also in `start`. Its code may still run until `ended`. */
  failed(error: unknown): void;
  readonly log: LogSink;
}

/** One incarnation of one actor, made by {@link Host.spawn}. */
export interface Child {
  readonly kind: "child";
  readonly sender: Sender;
  /** Settles when `start` has. Rejects with what it threw, or when the incarnation ended before. */
  readonly started: Promise<void>;
  /** Resolves when none of its code runs any more. Never rejects. */
  readonly ended: Promise<void>;
  /** Roles whose notices it hears. Known once started. */
  readonly noticeRoles: readonly string[];
  /** The input that it is handling, or was when it ended: see {@link Context.breadcrumb}. Read only. */
  readonly breadcrumb: Int32Array;
  /** A counter that its thread moves every 250 ms; undefined where a thread is shared. */
  beats(): number | undefined;
  /** Rejects with `lifecycle-deadline` or `actor-gone`. */
  stats(): Promise<ChildStats>;
  /** Ends one of its links. Safe at any time. */
  unlink(linkId: string): void;
  /** Orderly end: `stop` of the actor, then `ended`. Rejects with what `stop` threw; does not wait for `ended`. */
  stop(): Promise<void>;
  /** Its thread runs an endless loop from now on; nothing where a thread is shared. For chaos and tests. */
  hang(): void;
  /** Ends it at once, as far as that is possible; `ended` tells when it was. Safe to repeat. */
  terminate(): void;
}

/** An actor core of this thread, as the owner end of a link. */
export interface LocalParty {
  readonly kind: "local";
  readonly sender: Sender;
  link(plan: LinkPlan, wire: Wire): void;
  unlink(linkId: string): void;
}

/** One side of a link that is to be made. */
export interface LinkSide {
  readonly party: Child | LocalParty;
  readonly plan: LinkPlan;
}

/** Where actors live. One host serves all supervisors of its thread. */
export interface Host {
  /** True when incarnations share one thread: what they opened must be closed, and callbacks guarded, one by one. */
  readonly sharesThread: boolean;
  /** The ports for an actor (or a root) that lives in this thread. */
  ports(self: Sender): Ports;
  /**
   * These will be spawned for the first time, one after the other: their threads may come up meanwhile, side by side.
   * Nothing of an actor runs before its `spawn`.
   *
   * @returns Ends what was not spawned after all; resolves when it has ended.
   */
  prespawn?(specs: readonly ChildSpec[]): () => Promise<void>;
  /** Begins one incarnation. Returns at once; `started` tells how it went. */
  spawn(spec: ChildSpec, epoch: number, events: ChildEvents): Child;
  /**
   * Makes a link, first the end at `first`. Each end calls its `linked` before anything arrives over the link; a
   * party that is gone is passed over, and the survivor is told `unlink` by the supervisor. Never throws.
   */
  connect(first: LinkSide, second: LinkSide): void;
}
