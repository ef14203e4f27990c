import type { Timer, Timers } from "../ports/timers.ts";
import { ActorError } from "../failure.ts";

interface PendingCall {
  readonly name: string;
  readonly deadline: Timer;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: ActorError) => void;
}

/** Unanswered calls: each settles once, by its answer, at its deadline, or when the peer is gone. */
export class PendingCalls {
  readonly #peer: string;
  readonly #timers: Timers;
  readonly #calls = new Map<number, PendingCall>();
  #lastNumber = 0;

  constructor(peer: string, timers: Timers) {
    this.#peer = peer;
    this.#timers = timers;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** `send` gets the number that the answer carries. */
  begin(name: string, deadlineMs: number, send: (call: number) => void): Promise<unknown> {
    this.#lastNumber += 1;
    const call = this.#lastNumber;
    return new Promise((resolve, reject) => {
      const deadline = this.#timers.after(deadlineMs, () => this.#expire(call, deadlineMs));
      this.#calls.set(call, { name, deadline, resolve, reject });
      send(call);
    });
  }

  /** Ignored after the deadline. */
  resolve(call: number, reply: unknown): void {
    this.#take(call)?.resolve(reply);
  }

  /** Ignored after the deadline. */
  reject(call: number, error: ActorError): void {
    this.#take(call)?.reject(error);
  }

  /** Rejects all calls with `actor-gone`. */
  end(): void {
    for (const { name, deadline, reject } of this.#calls.values()) {
      deadline.cancel();
      reject(goneError(name, this.#peer));
    }
    this.#calls.clear();
  }

  #take(call: number): PendingCall | undefined {
    const pending = this.#calls.get(call);
    pending?.deadline.cancel();
    this.#calls.delete(call);
    return pending;
  }

  #expire(call: number, deadlineMs: number): void {
    const pending = this.#take(call);
    pending?.reject(
      new ActorError("call-deadline", {
        operation: pending.name,
        message: `no answer to call "${pending.name}" from ${this.#peer} within ${deadlineMs} ms`,
        details: { actor: this.#peer, deadlineMs },
      }),
    );
  }
}

/** The error of a call without a peer. */
export function goneError(call: string, actor: string): ActorError {
  return new ActorError("actor-gone", {
    operation: call,
    message: `no answer to call "${call}": ${actor} is not there`,
    details: { actor },
  });
}
