// A ref that remembers what was said over it, with credits that the test sets.

import type {
  CallName,
  CallOptions,
  CastName,
  MessageOf,
  Protocol,
  Ref,
  ReplyOf,
  Sender,
} from "@troupe/actor-runtime";

/** One message that was said, in order. */
export interface SentMessage {
  readonly kind: "cast" | "call";
  readonly name: string;
  readonly message: unknown;
  /** Of a call that has one. */
  readonly deadlineMs?: number;
}

/** Links and credits behave as in production: a cast without credits throws, one without a link is dropped. */
export class RecordingRef<P extends Protocol> implements Ref<P> {
  peer: Sender | undefined;
  credits = 1024;
  readonly sent: SentMessage[] = [];
  /** How calls are answered. */
  answer: (name: string, message: unknown) => unknown = () => ({});
  #listeners: (() => void)[] = [];

  constructor(name: string) {
    this.peer = { name, epoch: 1 };
  }

  /** How many wait for room. */
  get waiting(): number {
    return this.#listeners.length;
  }

  async call<Name extends CallName<P>>(
    name: Name,
    message: MessageOf<P, Name>,
    { deadlineMs }: CallOptions = {},
  ): Promise<ReplyOf<P, Name>> {
    if (this.peer === undefined) throw new Error(`no answer to call "${name}"`);
    if (this.credits === 0) throw new Error("mailbox-overflow");
    this.sent.push({
      kind: "call",
      name,
      message,
      ...(deadlineMs !== undefined && { deadlineMs }),
    });
    return (await this.answer(name, message)) as ReplyOf<P, Name>;
  }

  cast<Name extends CastName<P>>(name: Name, message: MessageOf<P, Name>): void {
    if (this.peer === undefined) return;
    if (this.credits === 0) throw new Error(`mailbox-overflow: cast "${name}"`);
    this.credits--;
    this.sent.push({ kind: "cast", name, message });
  }

  whenRoom(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The other end has handled messages. */
  giveRoom(credits: number): void {
    this.credits += credits;
    const due = this.#listeners;
    this.#listeners = [];
    for (const listener of due) listener();
  }

  /** Messages of one name, in order. */
  casts<Name extends CastName<P>>(name: Name): MessageOf<P, Name>[] {
    return this.#named("cast", name);
  }

  calls<Name extends CallName<P>>(name: Name): MessageOf<P, Name>[] {
    return this.#named("call", name);
  }

  #named(kind: SentMessage["kind"], name: string): unknown[] {
    return this.sent
      .filter((said) => said.kind === kind && said.name === name)
      .map((said) => said.message);
  }
}
