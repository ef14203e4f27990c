import type {
  CallName,
  CallOptions,
  CastName,
  MessageOf,
  Protocol,
  Ref,
  ReplyOf,
  Sender,
} from "../contract.ts";
import { ActorError } from "../failure.ts";
import { defaultCallDeadlineMs, patientCalls, patientMessages } from "../limits.ts";
import { goneError } from "./pending-calls.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer, Timers } from "../ports/timers.ts";

interface WaitingMessage {
  readonly isCall: boolean;
  readonly send: () => void;
  /** For a waiting message whose incarnation is gone. */
  readonly drop: () => void;
}

/**
 * A {@link Ref} at whose bounds the sender waits instead of failing, so that a thousand torrents can be opened or
 * closed together. Keeps the order of casts and calls. Unlinked, it drops casts and rejects calls; waiting messages
 * too, once another incarnation is linked: its state is announced again.
 */
export class PatientRef<P extends Protocol> {
  readonly #ref: Ref<P>;
  readonly #time: { readonly clock: Clock; readonly timers: Timers };
  readonly #callsAtOnce: number;
  readonly #waiting = new Set<WaitingMessage>();
  #callsOut = 0;
  #epoch: number | undefined;

  /**
   * @param time For the deadlines of waiting calls.
   * @param callsAtOnce Unanswered calls; further calls wait.
   */
  constructor(
    ref: Ref<P>,
    time: { readonly clock: Clock; readonly timers: Timers },
    callsAtOnce = patientCalls,
  ) {
    this.#ref = ref;
    this.#time = time;
    this.#callsAtOnce = callsAtOnce;
  }

  get peer(): Sender | undefined {
    return this.#ref.peer;
  }

  /** Messages that would not wait. */
  get credits(): number {
    return this.#waiting.size === 0 ? this.#ref.credits : 0;
  }

  /** Waiting and unanswered calls. */
  get callsOut(): number {
    return this.#callsOut + [...this.#waiting].filter(({ isCall }) => isCall).length;
  }

  /** Waits for room if necessary. @throws {ActorError} `mailbox-overflow` when too many wait. */
  cast<Name extends CastName<P>>(name: Name, message: MessageOf<P, Name>): void {
    this.#dropStale();
    if (this.#ref.peer === undefined) return;
    if (this.credits > 0) return this.#ref.cast(name, message);
    const send = (): void => this.#ref.cast(name, message);
    this.#wait(name, { isCall: false, send, drop: () => undefined });
  }

  /** Sends the messages that do not wait for room. See {@link Ref.sendNow}. */
  sendNow(): void {
    this.#ref.sendNow();
  }

  /**
   * Waits for room if necessary.
   * @param options.isWaitCounted The deadline includes the wait. Default true.
   * @throws rejects with ActorError `actor-gone`, `call-deadline`, `mailbox-overflow`, or the remote failure with its
   *   code.
   */
  call<Name extends CallName<P>>(
    name: Name,
    message: MessageOf<P, Name>,
    {
      deadlineMs = defaultCallDeadlineMs,
      isWaitCounted = true,
    }: CallOptions & { readonly isWaitCounted?: boolean } = {},
  ): Promise<ReplyOf<P, Name>> {
    this.#dropStale();
    const mayCall = this.credits > 0 && this.#callsOut < this.#callsAtOnce;
    if (mayCall || this.#ref.peer === undefined) return this.#call(name, message, deadlineMs);
    const { clock, timers } = this.#time;
    const calledAtMs = clock.nowMs();
    return new Promise((resolve, reject) => {
      let deadline: Timer | undefined;
      const waiting: WaitingMessage = {
        isCall: true,
        send: () => {
          deadline?.cancel();
          const waitedMs = isWaitCounted ? clock.nowMs() - calledAtMs : 0;
          const leftMs = Math.max(1, deadlineMs - waitedMs);
          this.#call(name, message, leftMs).then(resolve, reject);
        },
        drop: () => {
          deadline?.cancel();
          reject(goneError(name, "the actor"));
        },
      };
      this.#wait(name, waiting);
      if (!isWaitCounted) return;
      deadline = timers.after(deadlineMs, () => {
        this.#waiting.delete(waiting);
        reject(
          new ActorError("call-deadline", {
            operation: name,
            message: `call "${name}" found no room within ${deadlineMs} ms`,
            details: { deadlineMs },
          }),
        );
      });
    });
  }

  async #call<Name extends CallName<P>>(
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

  #wait(name: string, waiting: WaitingMessage): void {
    if (this.#waiting.size >= patientMessages) {
      throw new ActorError("mailbox-overflow", {
        operation: name,
        message: `cannot send "${name}": ${patientMessages} messages wait for room, the most allowed`,
        details: { allowed: patientMessages },
      });
    }
    this.#epoch = this.#ref.peer?.epoch;
    this.#waiting.add(waiting);
    if (this.#ref.credits === 0) this.#ref.whenRoom(this.#sendWaiting);
  }

  readonly #sendWaiting = (): void => {
    this.#dropStale();
    for (const waiting of this.#waiting) {
      if (waiting.isCall && this.#callsOut >= this.#callsAtOnce) return;
      if (this.#ref.credits === 0) return this.#ref.whenRoom(this.#sendWaiting);
      this.#waiting.delete(waiting);
      waiting.send();
    }
  };

  #dropStale(): void {
    if (this.#ref.peer?.epoch === this.#epoch) return;
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      waiting.drop();
    }
  }
}
