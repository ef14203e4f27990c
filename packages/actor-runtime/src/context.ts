// Everything impure that an actor may touch. Actor code imports no clock, timer, random source, socket or
// file: it gets these from its context, so that the same code runs in threads, inline and in virtual time.

import type { MessageOf, NoticeName, Protocol, Ref, Sender } from "./contract.ts";
import type { LogLevel } from "./log.ts";
import type { Ports } from "./ports/ports.ts";
import type { Supervisor, SupervisorEvents, SupervisorSpec } from "./supervisor-spec.ts";

/** What the host gives to one incarnation of one actor. */
export interface Context<Own extends Protocol = {}> extends Ports {
  readonly self: Sender;
  /**
   * Names the input that this incarnation is handling; its supervisor reads it after a crash. Shared memory of
   * `breadcrumbWords` words. Word 0 is the step, 0 between two inputs; the actor defines the others. For each message the
   * runtime writes the handler's number (below `firstOwnStep`) and, in word 1, the answer of {@link Actor.subjectOf}; the
   * actor's own steps begin at `firstOwnStep`. Cleared only when a step has returned.
   */
  readonly breadcrumb: Int32Array;
  /**
   * Says a notice to every actor that is linked to this one and hears it. A link without credits queues it, one
   * window more at most. @throws ActorError `mailbox-overflow` beyond that.
   */
  emit<Name extends NoticeName<Own>>(name: Name, message: MessageOf<Own, Name>): void;
  /** The smallest number of credits among links that hear this actor's notices: 0 = stop taking input. */
  readonly noticeCredits: number;
  /** Calls `listener` once when `noticeCredits` is at least half its window again. */
  whenNoticeRoom(listener: () => void): void;
  /**
   * The ref that speaks to whoever is linked under `role`, or has this name in the tree. Stable; may be unlinked for
   * now. Where several actors are linked under one role it speaks to the last one linked: use their names there.
   */
  ref<P extends Protocol>(role: string): Ref<P>;
  /**
   * Starts a supervisor of this actor's own children (see supervisor-spec.ts); also within `start`, where what they say
   * waits until this actor has started. `events.started` of each comes before it resolves. It is stopped after this
   * actor's `stop`, unless that did so.
   * @throws rejects with ActorError `start-failed`, code of the child's own error in the cause; all is stopped then.
   */
  supervise(spec: SupervisorSpec, events: SupervisorEvents): Promise<Supervisor>;
  /** Structured log line; the host decides where it goes. */
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Ends this incarnation as if a handler had thrown. For errors that surface in promises. */
  fail(error: unknown): void;
}
