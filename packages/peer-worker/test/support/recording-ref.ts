// A link of which the test is the other end.

import type {
  CallName,
  CastName,
  MessageOf,
  Protocol,
  Ref,
  ReplyOf,
  Sender,
} from "@troupe/actor-runtime";

/** A call that waits for the test's answer. */
export interface RecordedCall<P extends Protocol, Name extends CallName<P>> {
  readonly name: Name;
  readonly message: MessageOf<P, Name>;
  readonly answer: (reply: ReplyOf<P, Name>) => void;
  readonly fail: (error: unknown) => void;
}

/** Keeps what is said; answers a call when the test does. */
export class RecordingRef<P extends Protocol> implements Ref<P> {
  peer: Sender | undefined = { name: "other", epoch: 1 };
  credits = 1_000;
  readonly casts: { readonly name: string; readonly message: unknown }[] = [];
  #calls: RecordedCall<P, CallName<P>>[] = [];
  #whenRoom: (() => void)[] = [];

  call<Name extends CallName<P>>(
    name: Name,
    message: MessageOf<P, Name>,
  ): Promise<ReplyOf<P, Name>> {
    return new Promise((answer, fail) => {
      this.#calls.push({ name, message, answer, fail });
    });
  }

  cast<Name extends CastName<P>>(name: Name, message: MessageOf<P, Name>): void {
    this.casts.push({ name, message });
  }

  whenRoom(listener: () => void): void {
    this.#whenRoom.push(listener);
  }

  /** Calls that wait for an answer. */
  get waiting(): number {
    return this.#calls.length;
  }

  /** @returns The oldest call that waits, which must have this name. */
  take<Name extends CallName<P>>(name: Name): RecordedCall<P, Name> {
    const call = this.#calls.shift();
    if (call?.name !== name) throw new Error(`expected a call of ${name}, found ${call?.name}`);
    return call as unknown as RecordedCall<P, Name>;
  }

  /** There is room again. */
  giveCredits(credits: number): void {
    this.credits = credits;
    const whenRoom = this.#whenRoom;
    this.#whenRoom = [];
    for (const listener of whenRoom) listener();
  }
}
