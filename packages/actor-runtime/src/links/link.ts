// The messages of a turn go out as one frame, credits bound the messages in flight, calls are numbered and timed, and
// frames of a dead epoch are ignored.

import type { CallOptions, Sender } from "../contract.ts";
import type { Timers } from "../ports/timers.ts";
import { ActorError, decodeFailure, encodeFailure } from "../failure.ts";
import { defaultCallDeadlineMs, linkCredits, outstandingCalls, waitingNotices } from "../limits.ts";
import { PendingCalls, goneError } from "./pending-calls.ts";
import { EntryKind, type Entry, type Frame, type Wire } from "./wire.ts";

/** A new link, as plain data for one end. */
export interface LinkPlan {
  /** Equal at both ends, unique within an incarnation. */
  readonly id: string;
  readonly self: Sender;
  readonly peer: Sender;
  readonly role: string;
  readonly peerTakesNotices: boolean;
}

/** The actor behind one end. */
export interface LinkOwner {
  /** An error goes to the caller and then to `failed`. */
  onCall(link: LinkEnd, name: string, message: unknown): unknown;
  onCast(link: LinkEnd, name: string, message: unknown): void;
  onNotice(link: LinkEnd, name: string, message: unknown): void;
  /** Credits have grown. */
  onRoom(link: LinkEnd): void;
  /** Ends this incarnation, after an error of a handler or of encoding. */
  failed(error: unknown): void;
}

/** Messages through one end since the link was made. */
export interface LinkCounts {
  readonly id: string;
  /** Sent or waiting for credits. */
  readonly sent: number;
  /** Received and handled. */
  readonly handled: number;
}

/** One end of a link, for the life of its two incarnations. */
export class LinkEnd {
  readonly plan: LinkPlan;
  readonly #wire: Wire;
  readonly #owner: LinkOwner;
  readonly #calls: PendingCalls;
  readonly #waiting: Entry[] = [];
  #outbox: Entry[] = [];
  /** For {@link release}. */
  #held: Entry[] | undefined;
  #isFlushPlanned = false;
  #isOpen = true;
  #credits = linkCredits;
  /** Handled and not yet reported to the peer. */
  #owed = 0;
  #sent = 0;
  #handled = 0;

  constructor(plan: LinkPlan, wire: Wire, timers: Timers, owner: LinkOwner) {
    this.plan = plan;
    this.#wire = wire;
    this.#calls = new PendingCalls(plan.peer.name, timers);
    this.#owner = owner;
  }

  /** Receives, with frames that came earlier. */
  open(): void {
    this.#wire.open((frame) => this.#receive(frame));
  }

  /** Receives answers and credits; messages wait for {@link release}, bounded by the credits. */
  openForAnswers(): void {
    this.#held = [];
    this.open();
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const entry of held) this.#dispatch(entry);
  }

  get credits(): number {
    return this.#isOpen && this.#waiting.length === 0 ? this.#credits : 0;
  }

  get counts(): LinkCounts {
    return { id: this.plan.id, sent: this.#sent, handled: this.#handled };
  }

  /** Not known to be handled by the peer. */
  get unconfirmed(): number {
    return linkCredits - this.#credits + this.#waiting.length;
  }

  /** @throws {ActorError} `mailbox-overflow` without credits. */
  cast(name: string, message: unknown): void {
    if (!this.#isOpen) return;
    if (this.credits === 0) throw this.#overflow("cast", name, linkCredits);
    this.#push([EntryKind.cast, name, message]);
  }

  /** Waits for credits if necessary. @throws {ActorError} `mailbox-overflow` when too many wait. */
  notice(name: string, message: unknown): void {
    if (!this.#isOpen) return;
    const entry: Entry = [EntryKind.notice, name, message];
    if (this.credits > 0) {
      this.#push(entry);
    } else if (this.#waiting.length < waitingNotices) {
      this.#waiting.push(entry);
      this.#sent += 1;
    } else {
      throw this.#overflow("announce", name, linkCredits + waitingNotices);
    }
  }

  /** Rejects with {@link ActorError} `actor-gone`, `call-deadline`, `mailbox-overflow`, or the peer's failure. */
  call(name: string, message: unknown, options?: CallOptions): Promise<unknown> {
    if (!this.#isOpen) return Promise.reject(goneError(name, this.plan.peer.name));
    if (this.credits === 0) return Promise.reject(this.#overflow("call", name, linkCredits));
    if (this.#calls.size >= outstandingCalls) {
      return Promise.reject(this.#overflow("call", name, outstandingCalls));
    }
    return this.#calls.begin(name, options?.deadlineMs ?? defaultCallDeadlineMs, (call) =>
      this.#push([EntryKind.call, name, message, call]),
    );
  }

  /** Sends this turn's messages now. */
  flush(): void {
    this.#isFlushPlanned = false;
    if (!this.#isOpen || (this.#outbox.length === 0 && this.#owed === 0)) return;
    const { self, peer } = this.plan;
    const frame: Frame = [self.epoch, peer.epoch, this.#owed, this.#outbox];
    this.#owed = 0;
    this.#outbox = [];
    try {
      this.#wire.send(frame);
    } catch (error) {
      this.#owner.failed(error);
    }
  }

  /** Handles the peer's last messages. Not within a handler: messages are handled one after the other. */
  drain(): void {
    if (this.#isOpen) this.#wire.drain();
  }

  /** Pending calls reject with `actor-gone`, later frames are dropped. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#wire.close();
    this.#outbox = [];
    this.#waiting.length = 0;
    this.#calls.end();
  }

  #push(entry: Entry): void {
    this.#credits -= 1;
    this.#sent += 1;
    this.#outbox.push(entry);
    this.#planFlush();
  }

  #planFlush(): void {
    if (this.#isFlushPlanned || !this.#isOpen) return;
    this.#isFlushPlanned = true;
    this.#wire.soon(() => this.flush());
  }

  #receive(frame: Frame): void {
    if (!this.#isOpen) return;
    const [fromEpoch, toEpoch, handled, entries] = frame;
    if (fromEpoch !== this.plan.peer.epoch || toEpoch !== this.plan.self.epoch) return;
    for (const entry of entries) {
      const isAnswer = entry[0] === EntryKind.reply || entry[0] === EntryKind.failure;
      if (this.#held === undefined || isAnswer) this.#dispatch(entry);
      else this.#held.push(entry);
    }
    if (handled > 0 && this.#isOpen) this.#takeCredits(handled);
  }

  #dispatch(entry: Entry): void {
    // The previous message may have ended the owner.
    if (!this.#isOpen) return;
    try {
      switch (entry[0]) {
        case EntryKind.cast:
          this.#owner.onCast(this, entry[1], entry[2]);
          return this.#countHandled();
        case EntryKind.notice:
          this.#owner.onNotice(this, entry[1], entry[2]);
          return this.#countHandled();
        case EntryKind.call:
          return this.#answer(entry[1], entry[2], entry[3]);
        case EntryKind.reply:
          return this.#calls.resolve(entry[1], entry[2]);
        case EntryKind.failure:
          return this.#calls.reject(entry[1], decodeFailure(entry[2]));
      }
    } catch (error) {
      this.#owner.failed(error);
    }
  }

  /** The reply returns its credit. */
  #answer(name: string, message: unknown, call: number): void {
    let answer: unknown;
    try {
      answer = this.#owner.onCall(this, name, message);
    } catch (error) {
      return this.#refuse(call, error);
    }
    if (answer instanceof Promise) {
      answer.then(
        (reply: unknown) => this.#reply([EntryKind.reply, call, reply]),
        (error: unknown) => this.#refuse(call, error),
      );
    } else {
      this.#reply([EntryKind.reply, call, answer]);
    }
  }

  #refuse(call: number, error: unknown): void {
    this.#reply([EntryKind.failure, call, encodeFailure(error)]);
    this.#owner.failed(error);
  }

  #reply(entry: Entry): void {
    if (!this.#isOpen) return;
    this.#outbox.push(entry);
    this.#planFlush();
    this.#countHandled();
  }

  /** Owed credits ride on the next frame; half a window is worth a frame of its own. */
  #countHandled(): void {
    this.#handled += 1;
    this.#owed += 1;
    if (this.#owed >= linkCredits / 2) this.#planFlush();
  }

  #takeCredits(handled: number): void {
    this.#credits = Math.min(linkCredits, this.#credits + handled);
    while (this.#waiting.length > 0 && this.#credits > 0) {
      const entry = this.#waiting.shift();
      if (entry === undefined) break;
      this.#credits -= 1;
      this.#outbox.push(entry);
      this.#planFlush();
    }
    this.#owner.onRoom(this);
  }

  #overflow(operation: "cast" | "call" | "announce", name: string, allowed: number): ActorError {
    const peer = this.plan.peer.name;
    return new ActorError("mailbox-overflow", {
      operation: name,
      message: `cannot ${operation} "${name}" to ${peer}: ${allowed} messages are not handled yet, ${allowed} are allowed`,
      details: { actor: peer, allowed },
    });
  }
}
