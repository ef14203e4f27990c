// What an actor is: a typed protocol, a table of handlers, a start and a stop.
// Nothing here runs; the hosts (hosts/*.ts) give it life in a thread, inline or in virtual time.

import type { Context } from "./context.ts";

/** A message that is answered. `Reply` may contain a refusal; a thrown error is a failure. */
export interface Call<Request, Reply> {
  readonly kind: "call";
  readonly message: Request;
  readonly reply: Reply;
}

/** A message that is not answered: asked for in the imperative (`"write-piece"`). */
export interface Cast<Message> {
  readonly kind: "cast";
  readonly message: Message;
}

/** What an actor announces to everyone linked to it, in the past tense (`"piece-written"`). */
export interface Notice<Message> {
  readonly kind: "notice";
  readonly message: Message;
}

/** Everything that is said to and by one kind of actor. Declare it as a `type` with these three forms. */
export type Protocol = Readonly<Record<string, Call<any, any> | Cast<any> | Notice<any>>>;

type NamesOf<P extends Protocol, Kind> = {
  [Name in keyof P & string]: P[Name]["kind"] extends Kind ? Name : never;
}[keyof P & string];

/** Names of the calls of a protocol. */
export type CallName<P extends Protocol> = NamesOf<P, "call">;
/** Names of its casts. */
export type CastName<P extends Protocol> = NamesOf<P, "cast">;
/** Names of its notices. */
export type NoticeName<P extends Protocol> = NamesOf<P, "notice">;
/** What is said under a name. */
export type MessageOf<P extends Protocol, Name extends keyof P> = P[Name]["message"];
/** What a call is answered with; never for the other names. */
export type ReplyOf<P extends Protocol, Name extends keyof P> =
  P[Name] extends Call<any, infer Reply> ? Reply : never;

/** Which incarnation of which actor spoke. A restarted actor keeps its name and gets a higher epoch. */
export interface Sender {
  /** Name in the supervision tree, for example `peer-0`. */
  readonly name: string;
  readonly epoch: number;
}

/** One handler for each call and cast of a protocol. A missing one does not compile. */
export type Handlers<P extends Protocol, State> = {
  readonly [Name in CallName<P>]: (
    state: State,
    message: MessageOf<P, Name>,
    from: Sender,
  ) => ReplyOf<P, Name> | Promise<ReplyOf<P, Name>>;
} & {
  readonly [Name in CastName<P>]: (state: State, message: MessageOf<P, Name>, from: Sender) => void;
};

/** One handler for each notice that another actor announces. */
export type NoticeHandlers<P extends Protocol, State> = {
  readonly [Name in NoticeName<P>]: (
    state: State,
    message: MessageOf<P, Name>,
    from: Sender,
  ) => void;
};

/** The protocols whose notices an actor hears, by the role they are linked under (`"peer"`, `"file"`). */
export type NoticeSources = Readonly<Record<string, Protocol>>;

/**
 * An actor. `start` builds the state from options and context; after it, everything happens in handlers,
 * in timers and in callbacks of sockets that the context gave out. An error thrown in any of them ends
 * this incarnation: the host closes it and the supervisor acts.
 */
export interface Actor<P extends Protocol, Options, State, Sources extends NoticeSources = {}> {
  readonly name: string;
  readonly start: (context: Context<P>, options: Options) => State | Promise<State>;
  /** Orderly end: close what was opened. Must settle within the shutdown time of the child's spec. */
  readonly stop: (state: State) => void | Promise<void>;
  readonly handlers: Handlers<P, State>;
  /** The number of what a message is about, 0 for nothing in particular; noted in {@link Context.breadcrumb}. */
  readonly subjectOf?: (message: unknown) => number;
  readonly noticeHandlers?: {
    readonly [Role in keyof Sources]: NoticeHandlers<Sources[Role], State>;
  };
  /** A link was made or remade: `peer` speaks under `role`. Credits are full; nothing is in flight. */
  readonly linked?: (state: State, role: string, peer: Sender) => void;
  /** The other end of a link is gone. Pending calls to it have been rejected with `actor-gone`. */
  readonly unlinked?: (state: State, role: string, peer: Sender) => void;
}

/** Any actor whatever: hosts know no protocols. */
export type AnyActor = Actor<any, any, any, any>;

/** How to start an actor: as a thread from `url`, or in this thread from `load`. */
export interface ActorEntry<P extends Protocol, Options> {
  readonly name: string;
  /** Thread entry (`x.worker.ts`, or `.js` when built; see sibling-url.ts). */
  readonly url: URL;
  /** The definition itself, for the inline and simulated hosts. */
  readonly load: () => Promise<Actor<P, Options, any, any>>;
}

/** Rules of one call. */
export interface CallOptions {
  /** Milliseconds until the call rejects with `call-deadline`. Default 5 000. */
  readonly deadlineMs?: number;
}

/**
 * The typed way to speak to another actor. A ref outlives the incarnations behind it: after a restart it
 * is linked again and speaks to the newcomer.
 *
 * Bounds: a link carries at most `linkCredits` unanswered messages each way (docs/limits.md). At the bound
 * `credits` is 0 and the sender must stop taking input; a cast beyond the bound is a failure
 * (`mailbox-overflow`) of the sender, never silently dropped.
 */
export interface Ref<P extends Protocol> {
  /** The incarnation now linked, or undefined while there is none. */
  readonly peer: Sender | undefined;
  /** Messages that may be sent before the other end has handled some; 0 while unlinked. */
  readonly credits: number;
  /**
   * The message is encoded at the end of this turn: do not change it until then.
   * @throws rejects with ActorError `actor-gone`, `call-deadline`, `mailbox-overflow` (no credits, or 256 calls
   *   unanswered), or the remote failure, code kept.
   */
  call<Name extends CallName<P>>(
    name: Name,
    message: MessageOf<P, Name>,
    options?: CallOptions,
  ): Promise<ReplyOf<P, Name>>;
  /** Sends without answer. While unlinked the message is dropped: state is re-announced in `linked`. */
  cast<Name extends CastName<P>>(name: Name, message: MessageOf<P, Name>): void;
  /**
   * Calls `listener` once, as soon as `credits` is at least `atLeast`: half the window by default and at most.
   * Never within this call.
   */
  whenRoom(listener: () => void, atLeast?: number): void;
}
