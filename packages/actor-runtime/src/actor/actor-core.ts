import type { Context } from "../context.ts";
import type { AnyActor, Sender } from "../contract.ts";
import { type LogLevel, logEntry, type LogSink } from "../log.ts";
import type { Ports } from "../ports/ports.ts";
import { ActorError } from "../failure.ts";
import type { ChildStats, Host, LocalParty } from "../hosts/host.ts";
import { LinkEnd, type LinkOwner, type LinkPlan } from "../links/link.ts";
import { RefTable, type LinkRef } from "../links/link-ref.ts";
import { breadcrumbWords, linkCredits, moduleMarkWords } from "../limits.ts";
import { BreadcrumbWriter, inOwnStep, type Handler, type ModuleOwner } from "./breadcrumb.ts";
import { goneError } from "../links/pending-calls.ts";
import { Scope } from "./scope.ts";
import type { ActorStatus } from "../supervisor-spec.ts";
import type { Wire } from "../links/wire.ts";

/** Parts of an incarnation. */
interface CoreOptions {
  readonly actor: AnyActor;
  readonly self: Sender;
  readonly host: Host;
  readonly log: LogSink;
  /** Called once on failure, after the links have closed. */
  readonly failed: (error: unknown) => void;
  /** With the words of the module mark. */
  readonly breadcrumb?: Int32Array;
  /** Runs module code whose timers and promises keep its owner. Default: they do not. */
  readonly runOwned?: <Result>(owner: ModuleOwner, act: () => Result) => Result;
}

/** A running tree of an actor. */
interface OwnTree {
  status(withinMs: number): Promise<ActorStatus>;
  stop(): Promise<void>;
  terminate(): Promise<void>;
}

type Phase = "starting" | "running" | "stopping" | "over";

/** An incarnation of an actor on any host. Ends at the first error that leaves a handler. */
export class ActorCore implements LinkOwner, LocalParty {
  readonly kind = "local";
  readonly sender: Sender;
  readonly host: Host;
  /** Unscoped: for the runtime only. */
  readonly ports: Ports;
  readonly log: LogSink;
  readonly scope: Scope;
  readonly breadcrumb: Int32Array;
  readonly #moduleMark: Int32Array;
  readonly #runOwned: Required<CoreOptions>["runOwned"];
  /** Resolves when no code of the incarnation or its children runs any more. */
  readonly ended: Promise<void>;
  readonly #resolveEnded: () => void;
  readonly #actor: AnyActor;
  readonly #failed: (error: unknown) => void;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #noticeHandlers: ReadonlyMap<string, ReadonlyMap<string, Handler>>;
  readonly #links = new Map<string, LinkEnd>();
  readonly #refs: RefTable;
  readonly #supervisors = new Set<OwnTree>();
  #noticeLinks: readonly LinkEnd[] = [];
  #noticeListeners: (() => void)[] = [];
  #state: unknown;
  #linksMade = 0;
  #phase: Phase = "starting";
  #stopped: Promise<void> | undefined;

  constructor(options: CoreOptions) {
    this.#actor = options.actor;
    this.sender = options.self;
    this.host = options.host;
    this.ports = options.host.ports(options.self);
    this.log = options.log;
    this.#failed = options.failed;
    const words = options.breadcrumb ?? new Int32Array(breadcrumbWords + moduleMarkWords);
    this.breadcrumb = words.subarray(0, breadcrumbWords);
    this.#moduleMark = words.subarray(breadcrumbWords);
    this.#runOwned = options.runOwned ?? ((_owner, act) => act());
    const breadcrumbs = new BreadcrumbWriter(this.breadcrumb, options.actor.subjectOf);
    this.#handlers = breadcrumbs.tableOf(options.actor.handlers);
    this.#noticeHandlers = new Map(
      Object.entries(options.actor.noticeHandlers ?? {}).map(([role, table]) => [
        role,
        breadcrumbs.tableOf(table),
      ]),
    );
    this.#refs = new RefTable((task) => this.soon(task));
    this.scope = new Scope((error) => this.failed(error));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolveEnded = resolve;
  }

  get noticeRoles(): readonly string[] {
    return [...this.#noticeHandlers.keys()];
  }

  get isOver(): boolean {
    return this.#phase === "over";
  }

  /** See {@link Context.inModule}. */
  inModule<Result>(step: number, subject: number, act: () => Result): Result {
    const run = (): Result => this.#runOwned({ step, subject }, act);
    return inOwnStep(this.breadcrumb, step, subject, run);
  }

  /** See {@link Context.loadModule}. */
  loadModule(step: number, subject: number, load: () => Promise<unknown>): Promise<unknown> {
    this.#moduleMark.set([step, subject]);
    return this.inModule(step, subject, load);
  }

  /** Rejects with the error of the actor's `start`; the incarnation has ended then. */
  async start(context: Context, options: unknown): Promise<void> {
    try {
      this.#state = await this.#actor.start(context, options);
    } catch (error) {
      this.#end();
      throw error;
    }
    if (this.#phase !== "starting") return;
    this.#phase = "running";
    for (const link of this.#links.values()) {
      this.#callLinked(link);
      link.release();
    }
  }

  /**
   * Takes one end of a link and calls `linked`. Children of `start` can be called at once; their own messages wait for
   * the state.
   */
  link(plan: LinkPlan, wire: Wire): void {
    if (this.#phase !== "running" && this.#phase !== "starting") return wire.close();
    const link = new LinkEnd(plan, wire, this.ports.timers, this);
    this.#links.set(plan.id, link);
    this.#refs.bind(link);
    this.#listNoticeLinks();
    if (this.#phase === "starting") return link.openForAnswers();
    this.#callLinked(link);
    link.open();
  }

  /**
   * Handles the messages that have arrived, closes this end and calls `unlinked`. Not within a handler. Ignores unknown
   * links, because both sides close them.
   */
  unlink(linkId: string): void {
    const link = this.#links.get(linkId);
    if (link === undefined) return;
    link.drain();
    if (this.isOver) return;
    const { role, peer } = link.plan;
    this.#links.delete(linkId);
    this.#refs.unbind(link);
    link.close();
    this.#listNoticeLinks();
    if (this.#phase !== "starting") {
      this.scope.run(() => this.#actor.unlinked?.(this.#state, role, peer));
    }
    this.#checkNoticeRoom();
  }

  /**
   * Stops the actor and its supervisors, and sends its last messages. Rejects with the error of `stop`, or with
   * `not-stopped` for a child that does not end.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopInOrder();
    return this.#stopped;
  }

  /** Skips the actor's `stop`. */
  terminate(): void {
    this.#end();
  }

  /** Takes a tree that ends with this incarnation. @throws ActorError `actor-gone` when that is over. */
  adopt(supervisor: OwnTree): void {
    if (this.isOver) throw goneError("supervise", this.sender.name);
    this.#supervisors.add(supervisor);
  }

  ref(roleOrName: string): LinkRef {
    return this.#refs.get(roleOrName);
  }

  nextLinkId(): string {
    this.#linksMade += 1;
    return `${this.sender.name}/${this.sender.epoch}:${this.#linksMade}`;
  }

  /** @param withinMs For the answers of its own children. */
  async stats(withinMs: number): Promise<ChildStats> {
    const trees = [...this.#supervisors].map((supervisor) => supervisor.status(withinMs));
    const children = await Promise.all(trees);
    return { links: [...this.#links.values()].map((link) => link.counts), children };
  }

  linkEnd(linkId: string): LinkEnd | undefined {
    return this.#links.get(linkId);
  }

  emit(name: string, message: unknown): void {
    for (const link of this.#noticeLinks) link.notice(name, message);
  }

  get noticeCredits(): number {
    let fewest: number = linkCredits;
    for (const link of this.#noticeLinks) fewest = Math.min(fewest, link.credits);
    return fewest;
  }

  whenNoticeRoom(listener: () => void): void {
    this.#noticeListeners.push(listener);
    this.soon(() => this.#checkNoticeRoom());
  }

  /** Runs `task` at the end of this turn; an error ends the incarnation. */
  soon(task: () => void): void {
    this.ports.timers.soon(() => this.scope.run(task));
  }

  logEvent(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void {
    this.log(logEntry(this.sender, this.ports.clock.epochMs(), level, event, fields));
  }

  onCall(link: LinkEnd, name: string, message: unknown): unknown {
    return this.#handler(this.#handlers, name, link)(this.#state, message, link.plan.peer);
  }

  onCast(link: LinkEnd, name: string, message: unknown): void {
    this.#handler(this.#handlers, name, link)(this.#state, message, link.plan.peer);
  }

  onNotice(link: LinkEnd, name: string, message: unknown): void {
    const table = this.#noticeHandlers.get(link.plan.role);
    if (table === undefined) return;
    this.#handler(table, name, link)(this.#state, message, link.plan.peer);
  }

  onRoom(link: LinkEnd): void {
    this.scope.run(() => {
      this.#refs.checkRoom(link);
      this.#checkNoticeRoom();
    });
  }

  /** Later errors are only logged. */
  failed(error: unknown): void {
    if (this.#phase === "over") return this.logEvent("warn", "error-after-end", { error });
    this.#end();
    this.#failed(error);
  }

  async #stopInOrder(): Promise<void> {
    if (this.#phase !== "running") return this.#end();
    this.#phase = "stopping";
    try {
      await this.#actor.stop(this.#state);
      for (const supervisor of [...this.#supervisors].toReversed()) await supervisor.stop();
    } finally {
      this.#end();
    }
  }

  #end(): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    for (const link of this.#links.values()) {
      link.flush();
      // Code of this incarnation that waits for a peer must not find a peer that refuses every call.
      this.#refs.unbind(link);
      link.close();
    }
    this.#links.clear();
    this.#noticeLinks = [];
    this.#noticeListeners = [];
    this.scope.end();
    const children = [...this.#supervisors].map((supervisor) => supervisor.terminate());
    void Promise.all(children).then(() => this.#resolveEnded());
  }

  #handler(table: ReadonlyMap<string, Handler>, name: string, link: LinkEnd): Handler {
    const handler = table.get(name);
    if (handler !== undefined) return handler;
    throw new ActorError("no-handler", {
      operation: name,
      message: `bug: ${this.sender.name} has no handler for "${name}", which ${link.plan.peer.name} said`,
      details: { from: link.plan.peer.name },
    });
  }

  #callLinked({ plan: { role, peer } }: LinkEnd): void {
    this.scope.run(() => this.#actor.linked?.(this.#state, role, peer));
  }

  #listNoticeLinks(): void {
    this.#noticeLinks = [...this.#links.values()].filter((link) => link.plan.peerTakesNotices);
  }

  #checkNoticeRoom(): void {
    if (this.#noticeListeners.length === 0 || this.noticeCredits < linkCredits / 2) return;
    const due = this.#noticeListeners;
    this.#noticeListeners = [];
    for (const listener of due) listener();
  }
}
