// Notices to the coordinator, in order, within the link's credits: without credits the worker takes no input.

import type { Context, MessageOf, NoticeName } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";

type NoticeContext = Pick<Context<PeerProtocol>, "emit" | "noticeCredits" | "whenNoticeRoom">;

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
