import type { MessageOf, NoticeName, Protocol, Ref, Sender } from "./contract.ts";
import type { LogLevel } from "./log.ts";
import type { Ports } from "./ports/ports.ts";
import type { Supervisor, SupervisorEvents, SupervisorSpec } from "./supervisor-spec.ts";

/**
 * Everything that a host gives to an incarnation. Actor code imports nothing impure, so that it runs in threads, inline
 * and in virtual time.
 */
export interface Context<Own extends Protocol = {}> extends Ports {
  readonly self: Sender;
  /**
   * Names the input being handled; the supervisor reads it after a crash. Shared memory of `breadcrumbWords` words.
   * Word 0 is the step, 0 between two inputs: a handler's number (below `firstOwnStep`) with the answer of
   * {@link Actor.subjectOf} in word 1, or the actor's own step from `firstOwnStep`. The actor defines the other words.
   * Cleared only when a step has returned.
   */
  readonly breadcrumb: Int32Array;
  /**
   * Runs code of a module of the program in a step of its subject, as {@link inOwnStep} does. In a thread a crash in what
   * the code has begun (timers, promises, messages, `process.exit`) leaves the same breadcrumb.
   */
  inModule<Result>(step: number, subject: number, act: () => Result): Result;
  /**
   * `modules.load` in a step of its subject. The subject is marked: if the thread hangs between two inputs, the module that was
   * loaded last is to blame.
   */
  loadModule(step: number, subject: number, url: string): Promise<unknown>;
  /**
   * Sends a notice to every linked actor that handles it. A link without credits queues at most one window more.
   * @throws ActorError `mailbox-overflow` beyond that.
   */
  emit<Name extends NoticeName<Own>>(name: Name, message: MessageOf<Own, Name>): void;
  /** Fewest credits among links for notices; at 0 the actor stops taking input. */
  readonly noticeCredits: number;
  /** Calls `listener` once, when `noticeCredits` is at least half its window. */
  whenNoticeRoom(listener: () => void): void;
  /** The ref to the peer of this role or name; stable, maybe unlinked. Several peers under a role: the last linked. */
  ref<P extends Protocol>(role: string): Ref<P>;
  /**
   * Starts a supervisor of this actor's own children (see supervisor-spec.ts). Within `start`, their messages wait
   * until this actor has started. `events.started` of each child comes before it resolves. Stopped after this actor's
   * `stop`.
   * @throws rejects with ActorError `start-failed`, with the child's error as cause, after stopping all children.
   */
  supervise(spec: SupervisorSpec, events: SupervisorEvents): Promise<Supervisor>;
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Ends this incarnation, for errors in promises. */
  fail(error: unknown): void;
  /**
   * Runs `release` at the end of this incarnation, at once after it: for what it opened outside of its ports. In a thread of
   * its own a crash ends all of that with the thread.
   * @returns Cancels that.
   */
  own(release: () => void): () => void;
}
