// One end of a link; the test is the other end.

import type {
  CallName,
  CallOptions,
  CastName,
  MessageOf,
  Protocol,
  Ref,
  ReplyOf,
  Sender,
} from "../../../src/index.ts";

interface SentMessage {
  readonly kind: "cast" | "call";
  readonly name: string;
  readonly message: unknown;
  /** Only of a call that has a deadline. */
  readonly deadlineMs?: number;
}

interface WaitingCall<P extends Protocol, Name extends CallName<P>> {
  readonly name: Name;
  readonly message: MessageOf<P, Name>;
  readonly answer: (reply: ReplyOf<P, Name>) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Records messages in the order in which they were sent. Credits behave as on a real link: a cast or call without
 * credits throws, a cast without a peer is dropped.
 */
export class RecordingRef<P extends Protocol> implements Ref<P> {
  peer: Sender | undefined;
  credits = 1_024;
  readonly sent: SentMessage[] = [];
  /** Answers calls. */
  answer: (name: string, message: unknown) => unknown = () => ({});
  readonly #waiting: WaitingCall<P, CallName<P>>[] = [];
  #listeners = new Set<() => void>();

  constructor(name: string) {
    this.peer = { name, epoch: 1 };
  }

  /** Listeners that wait for room on the link. */
  get roomListeners(): number {
    return this.#listeners.size;
  }

  /** Calls that wait until the test takes them. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async call<Name extends CallName<P>>(
    name: Name,
    message: MessageOf<P, Name>,
    { deadlineMs }: CallOptions = {},
  ): Promise<ReplyOf<P, Name>> {
    if (this.peer === undefined) throw new Error(`no answer to call "${name}"`);
    if (this.credits === 0) throw new Error("mailbox-overflow");
    const deadline = deadlineMs !== undefined && { deadlineMs };
    this.sent.push({ kind: "call", name, message, ...deadline });
    return (await this.answer(name, message)) as ReplyOf<P, Name>;
  }

  cast<Name extends CastName<P>>(name: Name, message: MessageOf<P, Name>): void {
    if (this.peer === undefined) return;
    if (this.credits === 0) throw new Error(`mailbox-overflow: cast "${name}"`);
    this.credits--;
    this.sent.push({ kind: "cast", name, message });
  }

  whenRoom(listener: () => void): void {
    this.#listeners.add(listener);
  }

  sendNow(): void {
    // A test sees each message at once.
  }

  /** The other end has handled messages. */
  giveRoom(credits: number): void {
    this.credits += credits;
    const listeners = this.#listeners;
    this.#listeners = new Set();
    for (const listener of listeners) listener();
  }

  /** From now on calls wait until the test takes them. */
  holdCalls(): this {
    this.answer = (name, message) =>
      new Promise((answer, fail) => {
        this.#waiting.push({ name, message, answer, fail } as WaitingCall<P, CallName<P>>);
      });
    return this;
  }

  /** @returns The oldest call that waits, which must have this name. */
  take<Name extends CallName<P>>(name: Name): WaitingCall<P, Name> {
    const call = this.#waiting.shift();
    if (call?.name !== name) throw new Error(`expected a call of ${name}, found ${call?.name}`);
    return call as unknown as WaitingCall<P, Name>;
  }

  /** Messages of all casts, or of those of one name. */
  casts<Name extends CastName<P>>(name?: Name): MessageOf<P, Name>[] {
    return this.#messages("cast", name);
  }

  calls<Name extends CallName<P>>(name: Name): MessageOf<P, Name>[] {
    return this.#messages("call", name);
  }

  #messages(kind: SentMessage["kind"], name?: string): unknown[] {
    return this.sent
      .filter((sent) => sent.kind === kind && (name === undefined || sent.name === name))
      .map(({ message }) => message);
  }
}
