// The types of an actor, which the hosts (hosts/*.ts) run in a thread, inline or in virtual time.

import type { Context } from "./context.ts";

/** A value now, or the promise of one: a caller that can go on at once makes no promise. */
export type Soon<Value> = Value | Promise<Value>;

/** A message with an answer. `Reply` may contain a refusal; a thrown error is a failure. */
export interface Call<Request, Reply> {
  readonly kind: "call";
  readonly message: Request;
  readonly reply: Reply;
}

/** A message without an answer, in the imperative (`"write-pieces"`). */
export interface Cast<Message> {
  readonly kind: "cast";
  readonly message: Message;
}

/** A message to every linked actor, in the past tense (`"pieces-sealed"`). */
export interface Notice<Message> {
  readonly kind: "notice";
  readonly message: Message;
}

/** All messages of an actor, in and out; declare it as a `type` with these three forms. */
export type Protocol = Readonly<Record<string, Call<any, any> | Cast<any> | Notice<any>>>;

type NamesOf<P extends Protocol, Kind> = {
  [Name in keyof P & string]: P[Name]["kind"] extends Kind ? Name : never;
}[keyof P & string];

/** Names of the calls of a protocol. */
export type CallName<P extends Protocol> = NamesOf<P, "call">;
/** Names of the casts of a protocol. */
export type CastName<P extends Protocol> = NamesOf<P, "cast">;
/** Names of the notices of a protocol. */
export type NoticeName<P extends Protocol> = NamesOf<P, "notice">;
/** The message under a name. */
export type MessageOf<P extends Protocol, Name extends keyof P> = P[Name]["message"];
/** The answer of a call. */
export type ReplyOf<P extends Protocol, Name extends keyof P> =
  P[Name] extends Call<any, infer Reply> ? Reply : never;

/** An incarnation. A restarted actor keeps its name and gets a higher epoch. */
export interface Sender {
  readonly name: string;
  readonly epoch: number;
}

/** A handler for each call and cast of a protocol. */
type Handlers<P extends Protocol, State> = {
  readonly [Name in CallName<P>]: (
    state: State,
    message: MessageOf<P, Name>,
    from: Sender,
  ) => ReplyOf<P, Name> | Promise<ReplyOf<P, Name>>;
} & {
  readonly [Name in CastName<P>]: (state: State, message: MessageOf<P, Name>, from: Sender) => void;
};

/** A handler for each notice of another actor. */
type NoticeHandlers<P extends Protocol, State> = {
  readonly [Name in NoticeName<P>]: (
    state: State,
    message: MessageOf<P, Name>,
    from: Sender,
  ) => void;
};

/** The protocols whose notices an actor handles, by role (`"peer"`, `"file"`). */
export type NoticeSources = Readonly<Record<string, Protocol>>;

/**
 * An actor. `start` builds the state; later work happens in handlers, timers and socket callbacks of the context. An
 * error thrown there ends this incarnation: the host closes it and the supervisor acts.
 */
export interface Actor<P extends Protocol, Options, State, Sources extends NoticeSources = {}> {
  readonly name: string;
  readonly start: (context: Context<P>, options: Options) => State | Promise<State>;
  /** Closes all resources, within the shutdown time of the child's spec. */
  readonly stop: (state: State) => void | Promise<void>;
  readonly handlers: Handlers<P, State>;
  /** Number of a message's subject, or 0, for {@link Context.breadcrumb}. */
  readonly subjectOf?: (message: unknown) => number;
  readonly noticeHandlers?: {
    readonly [Role in keyof Sources]: NoticeHandlers<Sources[Role], State>;
  };
  /** A link was made: full credits, no message in flight. */
  readonly linked?: (state: State, role: string, peer: Sender) => void;
  /** The other end is gone. Pending calls to it have been rejected with `actor-gone`. */
  readonly unlinked?: (state: State, role: string, peer: Sender) => void;
}

/** An actor of any protocol. */
export type AnyActor = Actor<any, any, any, any>;

/** An actor's entry: `url` for a thread, `load` for this thread. */
export interface ActorEntry<P extends Protocol, Options> {
  readonly name: string;
  /** `x.worker.ts`, or `.js` when built; see sibling-url.ts. */
  readonly url: URL;
  readonly load: () => Promise<Actor<P, Options, any, any>>;
}

/** Options of a call. */
export interface CallOptions {
  /** Milliseconds until the call rejects with `call-deadline`. Default 5 000. */
  readonly deadlineMs?: number;
}

/**
 * Sends to another actor; after a restart, to its next incarnation. A link carries at most `linkCredits` unhandled
 * messages each way. At the bound `credits` is 0 and the sender must stop taking input; a cast beyond
 * the bound fails the sender (`mailbox-overflow`) and is never silently dropped.
 */
export interface Ref<P extends Protocol> {
  readonly peer: Sender | undefined;
  /** Messages that may be sent now; 0 while unlinked. */
  readonly credits: number;
  /**
   * The message is encoded at the end of this turn: do not change it until then.
   * @throws rejects with ActorError `actor-gone`, `call-deadline`, `mailbox-overflow` (no credits, or 256 calls
   *   unanswered), or the remote failure with its code.
   */
  call<Name extends CallName<P>>(
    name: Name,
    message: MessageOf<P, Name>,
    options?: CallOptions,
  ): Promise<ReplyOf<P, Name>>;
  /** Dropped while unlinked: state is re-announced in `linked`. */
  cast<Name extends CastName<P>>(name: Name, message: MessageOf<P, Name>): void;
  /**
   * Calls `listener` once `credits` is at least `atLeast`: by default and at most half the window. Never within this
   * call, and once for a listener given twice.
   */
  whenRoom(listener: () => void, atLeast?: number): void;
  /** Sends the messages of this turn now, because the caller may block its thread before the turn ends. */
  sendNow(): void;
}
