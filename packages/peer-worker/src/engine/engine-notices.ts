// Notices to the coordinator, in order, within the link's credits: without credits the worker takes no input.

import type { Context, MessageOf, NoticeName } from "@troupe/actor-runtime";
import type { PeerProtocol, PieceSealed } from "@troupe/messages";

type NoticeContext = Pick<
  Context<PeerProtocol>,
  "clock" | "emit" | "noticeCredits" | "timers" | "whenNoticeRoom"
>;

/**
 * Sealed pieces go to the engine together, or after a millisecond: from there on each group is one message and one task,
 * where each wakes a thread.
 */
const sealedGroupBytes = 1_024 * 1_024;
/** The shortest pause between two groups; the timer fires 1 ms later. */
const sealedPauseMs = 1;

/**
 * Sends notices, or queues them for room. The queue is bounded by notices possible without input: for each
 * connection, lease and dial.
 */
export class EngineNotices {
  readonly #context: NoticeContext;
  readonly #onBlocked: () => void;
  readonly #onRoom: () => void;
  #waiting: (() => void)[] = [];
  #isBlocked = false;
  #sealed: PieceSealed[] = [];
  #sealedBytes = 0;
  #sealedSentAtMs = -Infinity;
  #isSealedTimed = false;

  /** @param onBlocked Stop taking input. @param onRoom Resume. */
  constructor(context: NoticeContext, onBlocked: () => void, onRoom: () => void) {
    this.#context = context;
    this.#onBlocked = onBlocked;
    this.#onRoom = onRoom;
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  emit<Name extends NoticeName<PeerProtocol>>(
    name: Name,
    message: MessageOf<PeerProtocol, Name>,
  ): void {
    if (this.#sealed.length > 0) this.#sendSealed();
    this.#send(name, message);
  }

  /** Sent with other sealed pieces, within about a millisecond, and before any other notice. */
  emitSealed(sealed: PieceSealed): void {
    this.#sealed.push(sealed);
    this.#sealedBytes += sealed.lengthBytes;
    if (this.#sealedBytes >= sealedGroupBytes) return this.#sendSealed();
    if (this.#isSealedTimed) return;
    const { clock, timers } = this.#context;
    if (clock.nowMs() - this.#sealedSentAtMs >= sealedPauseMs) return this.#sendSealed();
    this.#isSealedTimed = true;
    timers.after(sealedPauseMs - 1, () => {
      this.#isSealedTimed = false;
      this.#sendSealed();
    });
  }

  #sendSealed(): void {
    const sealed = this.#sealed;
    if (sealed.length === 0) return;
    this.#sealed = [];
    this.#sealedBytes = 0;
    this.#sealedSentAtMs = this.#context.clock.nowMs();
    for (const each of sealed) this.#send("piece-sealed", each);
  }

  #send<Name extends NoticeName<PeerProtocol>>(
    name: Name,
    message: MessageOf<PeerProtocol, Name>,
  ): void {
    if (this.#isBlocked) {
      this.#waiting.push(() => this.#context.emit(name, message));
      return;
    }
    this.#context.emit(name, message);
    if (this.#context.noticeCredits === 0) this.#block();
  }

  #block(): void {
    this.#isBlocked = true;
    this.#onBlocked();
    this.#context.whenNoticeRoom(() => this.#drain());
  }

  #drain(): void {
    const waiting = this.#waiting;
    let sent = 0;
    while (sent < waiting.length && this.#context.noticeCredits > 0) waiting[sent++]?.();
    this.#waiting = waiting.slice(sent);
    if (this.#context.noticeCredits === 0) {
      this.#context.whenNoticeRoom(() => this.#drain());
      return;
    }
    this.#isBlocked = false;
    this.#onRoom();
  }
}
