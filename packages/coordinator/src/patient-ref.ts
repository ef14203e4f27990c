// A ref whose bounds make the sender wait instead of fail: what finds no room is said later, in order, so that a
// thousand torrents can be opened or closed together.

import { ActorError } from "@troupe/actor-runtime";
import type {
  CallName,
  CallOptions,
  CastName,
  Clock,
  MessageOf,
  Protocol,
  Ref,
  ReplyOf,
  Sender,
  Timers,
} from "@troupe/actor-runtime";

/** Calls unanswered at once over one such ref: half of what a link allows. */
export const callsAtOnce = 128;
const defaultDeadlineMs = 5_000;

/** One message that waits for its turn. */
interface Waiting {
  readonly isCall: boolean;
  readonly send: () => void;
  /** The actor that it was meant for is gone. */
  readonly drop: () => void;
}

/**
 * Speaks over a {@link Ref}; casts and calls keep their order.
 *
 * While nobody is linked casts are dropped and calls rejected, as on the ref itself; so is what waits when another
 * incarnation is linked, which is told everything anew. What waits is bounded by what the owner has to say: one message
 * or two for each torrent, peer and piece of its own.
 */
export class PatientRef<P extends Protocol> {
  readonly #ref: Ref<P>;
  readonly #time: { readonly clock: Clock; readonly timers: Timers };
  #waiting: Waiting[] = [];
  #callsOut = 0;
  #isAwaitingRoom = false;
  /** The incarnation that those who wait were meant for. */
  #epoch: number | undefined;

  /** @param time The owner's clock and timers, for the deadlines of calls that wait. */
  constructor(ref: Ref<P>, time: { readonly clock: Clock; readonly timers: Timers }) {
    this.#ref = ref;
    this.#time = time;
  }

  /** The incarnation now linked. */
  get peer(): Sender | undefined {
    return this.#ref.peer;
  }

  /** Messages that would be sent at once; 0 while any wait. */
  get credits(): number {
    return this.#waiting.length === 0 ? this.#ref.credits : 0;
  }

  /** Calls that are not answered, or wait to be asked. */
  get callsOut(): number {
    return this.#callsOut + this.#waiting.filter(({ isCall }) => isCall).length;
  }

  /** Says it at once, or as soon as there is room. */
  cast<Name extends CastName<P>>(name: Name, message: MessageOf<P, Name>): void {
    this.#forgetGone();
    if (this.#ref.peer === undefined) return;
    if (this.credits > 0) return this.#ref.cast(name, message);
    this.#wait({
      isCall: false,
      send: () => this.#ref.cast(name, message),
      drop: () => undefined,
    });
  }

  /**
   * Asks at once, or as soon as there is room; the time of waiting counts for the deadline.
   * @throws rejects with ActorError `actor-gone`, `call-deadline`, or the remote failure, code kept.
   */
  call<Name extends CallName<P>>(
    name: Name,
    message: MessageOf<P, Name>,
    { deadlineMs = defaultDeadlineMs }: CallOptions = {},
  ): Promise<ReplyOf<P, Name>> {
    this.#forgetGone();
    const mayAsk = this.credits > 0 && this.#callsOut < callsAtOnce;
    if (mayAsk || this.#ref.peer === undefined) return this.#ask(name, message, deadlineMs);
    const { clock, timers } = this.#time;
    const askedAtMs = clock.nowMs();
    return new Promise((resolve, reject) => {
      const deadline = timers.after(deadlineMs, () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(lateError(name, deadlineMs));
      });
      const waiting: Waiting = {
        isCall: true,
        send: () => {
          deadline.cancel();
          const leftMs = Math.max(1, deadlineMs - (clock.nowMs() - askedAtMs));
          this.#ask(name, message, leftMs).then(resolve, reject);
        },
        drop: () => {
          deadline.cancel();
          reject(goneError(name));
        },
      };
      this.#wait(waiting);
    });
  }

  async #ask<Name extends CallName<P>>(
    name: Name,
    message: MessageOf<P, Name>,
    deadlineMs: number,
  ): Promise<ReplyOf<P, Name>> {
    this.#callsOut++;
    try {
      return await this.#ref.call(name, message, { deadlineMs });
    } finally {
      this.#callsOut--;
      this.#sendWaiting();
    }
  }

  #wait(waiting: Waiting): void {
    this.#epoch = this.#ref.peer?.epoch;
    this.#waiting.push(waiting);
    if (this.#ref.credits === 0) this.#awaitRoom();
  }

  #sendWaiting(): void {
    this.#forgetGone();
    let sent = 0;
    for (const { isCall, send } of this.#waiting) {
      if (isCall && this.#callsOut >= callsAtOnce) break;
      if (this.#ref.credits === 0) {
        this.#awaitRoom();
        break;
      }
      send();
      sent++;
    }
    if (sent > 0) this.#waiting.splice(0, sent);
  }

  #awaitRoom(): void {
    if (this.#isAwaitingRoom) return;
    this.#isAwaitingRoom = true;
    this.#ref.whenRoom(() => {
      this.#isAwaitingRoom = false;
      this.#sendWaiting();
    });
  }

  /** What waits was meant for an incarnation that is no more. */
  #forgetGone(): void {
    if (this.#waiting.length === 0 || this.#ref.peer?.epoch === this.#epoch) return;
    const gone = this.#waiting;
    this.#waiting = [];
    for (const { drop } of gone) drop();
  }
}

function goneError(operation: string): ActorError {
  const message = `no answer to call "${operation}": the actor is not there`;
  return new ActorError("actor-gone", { operation, message });
}

function lateError(operation: string, deadlineMs: number): ActorError {
  const message = `call "${operation}" found no room within ${deadlineMs} ms`;
  return new ActorError("call-deadline", { operation, message, details: { deadlineMs } });
}
