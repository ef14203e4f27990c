// A host whose children do what the test says, and note what was asked of them.

import type { Child, ChildEvents, ChildSpec, ChildStats, Host, Ports } from "../../src/index.ts";
import type { ThreadTime } from "../../src/io/system/thread-time.ts";
import { breadcrumbWords } from "../../src/index.ts";
import type { LinkSide, Sender } from "../../src/index.ts";

/** How a kind of child behaves. */
export interface Behaviour {
  /** Does not come up until `finishStart`. */
  readonly startsSlowly?: boolean;
  readonly failsStart?: boolean;
  /** Does not answer to `stop`. */
  readonly ignoresStop?: boolean;
  /** Does not end when it is terminated. */
  readonly ignoresTerminate?: boolean;
}

/** One incarnation, moved by hand. */
export class FakeChild implements Child {
  readonly kind = "child";
  readonly sender: Sender;
  readonly noticeRoles: readonly string[] = [];
  readonly breadcrumb: Int32Array = new Int32Array(breadcrumbWords);
  readonly started: Promise<void>;
  readonly ended: Promise<void>;
  readonly links = new Set<string>();
  /** Counts up by itself until `hangs`. */
  hangs = false;
  /** Without one the child is ready, and gets no time. */
  hasCore = true;
  readonly #host: FakeHost;
  readonly #behaviour: Behaviour;
  readonly #events: ChildEvents;
  readonly #start = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<void>();
  #beats = 0;

  constructor(host: FakeHost, sender: Sender, behaviour: Behaviour, events: ChildEvents) {
    this.sender = sender;
    this.#host = host;
    this.#behaviour = behaviour;
    this.#events = events;
    this.started = this.#start.promise;
    this.started.catch(() => {});
    this.ended = this.#end.promise;
    if (behaviour.failsStart === true) this.fail(new Error("cannot start"));
    else if (behaviour.startsSlowly !== true) this.finishStart();
  }

  get label(): string {
    return `${this.sender.name}/${this.sender.epoch}`;
  }

  beats(): number {
    if (!this.hangs) this.#beats += 1;
    return this.#beats;
  }

  time(): ThreadTime | undefined {
    return this.hasCore ? undefined : { isReady: true, usedMs: 0 };
  }

  finishStart(): void {
    this.#start.resolve();
  }

  /** Reports a failure, as of itself. */
  fail(error: unknown): void {
    this.#start.reject(error);
    this.#events.failed(error);
  }

  /** Its thread is gone. */
  end(): void {
    this.#start.reject(new Error("ended"));
    this.#end.resolve();
  }

  stats(): Promise<ChildStats> {
    return Promise.resolve({ links: [] });
  }

  unlink(linkId: string): void {
    this.links.delete(linkId);
  }

  hang(): void {
    this.hangs = true;
  }

  stop(): Promise<void> {
    this.#host.done.push(`stop ${this.label}`);
    return this.#behaviour.ignoresStop === true ? new Promise(() => {}) : Promise.resolve();
  }

  terminate(): void {
    this.#start.reject(new Error("terminated"));
    if (this.#behaviour.ignoresTerminate !== true) this.end();
  }
}

/** Notes starts, stops and links; see {@link FakeChild}. */
export class FakeHost implements Host {
  readonly sharesThread = false;
  readonly children: FakeChild[] = [];
  /** The calls, in order: `start a/1`, `link a/1 b/1`, `stop a/1`. */
  readonly done: string[] = [];
  readonly #ports: Ports;
  readonly #behaviours = new Map<string, Behaviour>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** From now on children of this name behave so. */
  behave(name: string, behaviour: Behaviour): void {
    this.#behaviours.set(name, behaviour);
  }

  /** The latest incarnation. */
  child(name: string): FakeChild {
    const child = this.children.findLast(({ sender }) => sender.name === name);
    if (child === undefined) throw new Error(`no child ${name}`);
    return child;
  }

  ports(): Ports {
    return this.#ports;
  }

  spawn(spec: ChildSpec, epoch: number, events: ChildEvents): FakeChild {
    const sender = { name: spec.name, epoch };
    this.done.push(`start ${spec.name}/${epoch}`);
    const child = new FakeChild(this, sender, this.#behaviours.get(spec.name) ?? {}, events);
    this.children.push(child);
    return child;
  }

  connect(first: LinkSide, second: LinkSide): void {
    for (const { party, plan } of [first, second]) {
      if (party instanceof FakeChild) party.links.add(plan.id);
    }
    if (second.party.kind === "child") {
      this.done.push(`link ${label(second.party.sender)} ${label(first.party.sender)}`);
    }
  }
}

function label({ name, epoch }: Sender): string {
  return `${name}/${epoch}`;
}
