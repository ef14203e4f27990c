import { ActorCore } from "../actor/actor-core.ts";
import type { Ports } from "../ports/ports.ts";
import type { AnyActor, Sender } from "../contract.ts";
import { ActorError } from "../failure.ts";
import { breadcrumbWords, moduleMarkWords } from "../limits.ts";
import { makeContext } from "../actor/make-context.ts";
import type { ChildSpec } from "../supervisor-spec.ts";
import { localWire, type Schedule } from "../links/local-wire.ts";
import type { Child, ChildEvents, ChildStats, Host, LinkSide } from "./host.ts";

/** Services of a shared thread. */
interface SharedThread {
  readonly ports: (self: Sender) => Ports;
  /** Runs a task in a later turn. */
  readonly schedule: Schedule;
}

/**
 * Makes a host whose actors share the calling thread. An actor in an endless loop stops them all, and an unhandled
 * rejection belongs to the process.
 * @param shared Real ports for the inline host, virtual ports for the simulator.
 */
export function sharedThreadHost(shared: SharedThread): Host {
  const host: Host = {
    sharesThread: true,
    ports: shared.ports,
    spawn: (spec, epoch, events) => new LocalChild(host, shared.schedule, spec, epoch, events),
    connect: (first, second) => connectLocally(shared.schedule, first, second),
  };
  return host;
}

function connectLocally(schedule: Schedule, first: LinkSide, second: LinkSide): void {
  const [firstEnd, secondEnd] = localWire(schedule);
  partyOf(first).link(first.plan, firstEnd);
  partyOf(second).link(second.plan, secondEnd);
}

function partyOf({ party }: LinkSide): Pick<ActorCore, "link"> {
  if (party.kind === "local") return party;
  if (party instanceof LocalChild) return party;
  throw new TypeError(`bug: ${party.sender.name} is not a child of this host`);
}

class LocalChild implements Child {
  readonly kind = "child";
  readonly sender: Sender;
  readonly started: Promise<void>;
  readonly ended: Promise<void>;
  readonly breadcrumb: Int32Array = new Int32Array(breadcrumbWords + moduleMarkWords);
  readonly #events: ChildEvents;
  readonly #resolveEnded: () => void;
  #core: ActorCore | undefined;
  #isOver = false;

  constructor(host: Host, schedule: Schedule, spec: ChildSpec, epoch: number, events: ChildEvents) {
    this.sender = { name: spec.name, epoch };
    this.#events = events;
    const ended = Promise.withResolvers<void>();
    this.ended = ended.promise;
    this.#resolveEnded = ended.resolve;
    this.started = this.#start(host, schedule, spec);
    // Callers need not listen.
    this.started.catch(() => {});
  }

  get noticeRoles(): readonly string[] {
    return this.#core?.noticeRoles ?? [];
  }

  beats(): undefined {
    return undefined;
  }

  time(): undefined {
    return undefined;
  }

  stats(withinMs: number): Promise<ChildStats> {
    return this.#core?.stats(withinMs / 2) ?? Promise.resolve({ links: [] });
  }

  link(...[plan, wire]: Parameters<ActorCore["link"]>): void {
    if (this.#core === undefined) wire.close();
    else this.#core.link(plan, wire);
  }

  unlink(linkId: string): void {
    this.#core?.unlink(linkId);
  }

  /** Would stop every actor of the thread. */
  hang(): void {}

  stop(): Promise<void> {
    return this.#core?.stop() ?? Promise.resolve(this.terminate());
  }

  terminate(): void {
    if (this.#core !== undefined) this.#core.terminate();
    else this.#resolveEnded();
    this.#isOver = true;
  }

  async #start(host: Host, schedule: Schedule, spec: ChildSpec): Promise<void> {
    try {
      const options = structuredClone(spec.options(this.sender.epoch)) as unknown;
      const actor = (await spec.entry.load()) as AnyActor;
      await new Promise<void>((resolve) => schedule(resolve));
      await this.#startCore(host, actor, options);
    } catch (error) {
      this.terminate();
      this.#events.failed(error);
      throw error;
    }
  }

  async #startCore(host: Host, actor: AnyActor, options: unknown): Promise<void> {
    if (this.#isOver) throw endedInStart(this.sender);
    const failure = Promise.withResolvers<never>();
    failure.promise.catch(() => {});
    let isStarted = false;
    const core = new ActorCore({
      actor,
      self: this.sender,
      host,
      breadcrumb: this.breadcrumb,
      log: this.#events.log,
      failed: (error) => (isStarted ? this.#events.failed(error) : failure.reject(error)),
    });
    this.#core = core;
    void core.ended.then(() => {
      failure.reject(endedInStart(this.sender));
      this.#resolveEnded();
    });
    await Promise.race([core.start(makeContext(core), options), failure.promise]);
    if (core.isOver) throw endedInStart(this.sender);
    isStarted = true;
  }
}

function endedInStart(sender: Sender): ActorError {
  return new ActorError("actor-gone", {
    operation: "start",
    message: `cannot start ${sender.name}: it was ended before it had started`,
    details: { actor: sender.name, epoch: sender.epoch },
  });
}
