import type { ActorError } from "../failure.ts";
import type { Child } from "../hosts/host.ts";
import { isStartedWithTree, type ActorStatus, type ChildSpec } from "../supervisor-spec.ts";
import { actorStatus, breadcrumbFields } from "./actor-status.ts";
import { exited, hung, overtaken, startFailed, startTooLong } from "./child-errors.ts";
import { endsInTime } from "./end-wait.ts";
import type { Pulse } from "./heartbeat-monitor.ts";
import type { Linkable, LinkLoads } from "./tree-links.ts";
import type { Ports } from "../ports/ports.ts";
import { nextTurn, resultWithin, settlesWithin } from "../waits.ts";
import type { Member, MemberEnded, Tree } from "./tree.ts";

const startDeadlineMs = 30_000;

interface Incarnation {
  readonly child: Child;
  /** Started, linked, not crashed, not stopping. */
  isUp: boolean;
  hasFailed: boolean;
  error: unknown;
  unwatch: () => void;
  /** Pending until the owner knows of a crash. */
  crashEmitted: Promise<void>;
  /** Ended, and the owner knows. */
  over: Promise<void>;
}

/** Starts, watches, ends and replaces the incarnations of an actor. */
export class SupervisedChild implements Member, Linkable {
  readonly spec: ChildSpec;
  readonly #tree: Tree;
  readonly #memberEnded: MemberEnded;
  /** Their code may still run. */
  readonly #abandoned = new Set<Incarnation>();
  #state: ActorStatus["state"] = "stopped";
  #epoch = 0;
  #current: Incarnation | undefined;
  #stopping: Promise<void> | undefined;
  /** Incremented by each start and stop: a waiter that finds it changed was overtaken. */
  #generation = 0;
  #isWanted: boolean;
  /** Starts on demand, without the first and without restarts. */
  #demandStarts = 0;
  #starting: Promise<void> | undefined;
  /** Undefined once a successor runs. */
  #crashedAtMs: number | undefined;
  /** Thrown by the last crash. */
  #error: unknown;

  constructor(spec: ChildSpec, tree: Tree, memberEnded: MemberEnded) {
    this.spec = spec;
    this.#tree = tree;
    this.#memberEnded = memberEnded;
    this.#isWanted = isStartedWithTree(spec);
  }

  get name(): string {
    return this.spec.name;
  }

  get up(): Child | undefined {
    return this.#current?.isUp === true ? this.#current.child : undefined;
  }

  get hasAbandoned(): boolean {
    return this.#abandoned.size > 0;
  }

  get isAlive(): boolean {
    return this.#current !== undefined || this.hasAbandoned;
  }

  get isAsleep(): boolean {
    return !this.#isWanted && this.#state === "stopped";
  }

  /** The owner and the supervisor may both start a child on demand: it starts once. */
  start(): Promise<void> {
    if (this.spec.isOnDemand !== true) return this.#start();
    if (!this.#isWanted || this.up !== undefined) return Promise.resolve();
    if (this.#starting !== undefined) return this.#starting;
    const starting = this.#start().finally(() => {
      if (this.#starting === starting) this.#starting = undefined;
    });
    this.#starting = starting;
    return starting;
  }

  /** After a crash only the supervisor restarts a child. */
  async startOnDemand(): Promise<void> {
    if (this.#isWanted) return await this.#starting;
    this.#isWanted = true;
    await this.#stopping;
    if (this.#epoch > 0) this.#demandStarts += 1;
    const generation = this.#generation;
    try {
      await this.start();
    } catch (error) {
      if (this.#generation === generation + 1) {
        this.#isWanted = false;
        this.#state = this.hasAbandoned ? "abandoned" : "stopped";
      }
      throw error;
    }
  }

  async stopOnDemand(): Promise<void> {
    this.#isWanted = false;
    await this.stop();
  }

  async #start(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    this.#state = this.#epoch === 0 ? "starting" : "restarting";
    if (!this.#mayOverlap) await this.#allOver(this.#abandoned);
    if (generation !== this.#generation) throw overtaken({ name: this.name, epoch: this.#epoch });
    const incarnation = this.#spawn();
    try {
      await this.#untilStarted(incarnation);
      if (incarnation.hasFailed) throw incarnation.error;
      if (generation !== this.#generation) throw overtaken({ name: this.name, epoch: this.#epoch });
    } catch (error) {
      await this.#end(incarnation);
      throw startFailed(incarnation.child.sender, error);
    }
    this.#enterService(incarnation);
  }

  stop(): Promise<void> {
    this.#generation += 1;
    this.#starting = undefined;
    this.#stopping ??= this.#stopInOrder().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  terminate(): Promise<void> {
    this.#generation += 1;
    this.#state = "stopped";
    const incarnation = this.#current;
    if (incarnation !== undefined) {
      this.#leaveService(incarnation);
      incarnation.child.terminate();
    }
    const all = incarnation === undefined ? [] : [incarnation];
    return this.#allOver([...all, ...this.#abandoned]);
  }

  kill(error: ActorError): void {
    const incarnation = this.#current;
    if (incarnation?.isUp === true) this.#exited(incarnation, error, false);
    else incarnation?.child.terminate();
  }

  status(loads: LinkLoads): Promise<ActorStatus> {
    const { children: trees = [], ...load } = loads.get(this.name) ?? {};
    const abandoned = [...this.#abandoned].map((incarnation) =>
      this.#statusOf("abandoned", incarnation.child.sender.epoch),
    );
    const children = [...trees, ...abandoned];
    return Promise.resolve({
      ...this.#statusOf(this.#state, this.#epoch),
      ...load,
      ...(children.length > 0 && { children }),
    });
  }

  #statusOf(state: ActorStatus["state"], epoch: number): ActorStatus {
    return actorStatus(this.spec, { state, epoch, restarts: this.#restarts, error: this.#error });
  }

  get #ports(): Ports {
    return this.#tree.owner.ports;
  }

  get #restarts(): number {
    return Math.max(0, this.#epoch - 1 - this.#demandStarts);
  }

  /** Two writers do harm: the successor waits for the end. */
  get #mayOverlap(): boolean {
    return this.spec.mayOverlap ?? this.spec.mayBeSilent === undefined;
  }

  #spawn(): Incarnation {
    this.#epoch += 1;
    const epoch = this.#epoch;
    const { owner } = this.#tree;
    const child = owner.host.spawn(this.spec, epoch, {
      failed: (error) => this.#failed(epoch, error),
      log: owner.log,
    });
    const incarnation: Incarnation = {
      child,
      isUp: false,
      hasFailed: false,
      error: undefined,
      unwatch: () => {},
      crashEmitted: Promise.resolve(),
      over: child.ended.then(() => this.#ended(incarnation)),
    };
    this.#current = incarnation;
    return incarnation;
  }

  async #untilStarted({ child }: Incarnation): Promise<void> {
    await resultWithin(this.#ports.timers, startDeadlineMs, child.started, () =>
      startTooLong(child.sender, startDeadlineMs),
    );
  }

  #enterService(incarnation: Incarnation): void {
    const { owner, links, monitor, events } = this.#tree;
    const { child } = incarnation;
    incarnation.isUp = true;
    this.#state = "running";
    if (child.beats() !== undefined) {
      incarnation.unwatch = monitor.watch(this.#pulse(child), (silence) =>
        this.kill(hung(child.sender, silence)),
      );
    }
    links.link(this, child);
    owner.logEvent("info", "actor-started", { ...child.sender, ...this.#outage() });
    owner.scope.run(() => events.started?.(this.spec, child.sender));
  }

  #pulse(child: Child): Pulse {
    const { mayBeSilent } = this.spec;
    const time = () => child.time();
    if (mayBeSilent === undefined) return { beats: () => child.beats(), time };
    let excused = 0;
    return { beats: () => (mayBeSilent() ? --excused : child.beats()), time };
  }

  #outage(): Record<string, number> {
    const crashedAtMs = this.#crashedAtMs;
    this.#crashedAtMs = undefined;
    const restarts = this.#restarts;
    if (crashedAtMs === undefined) return { restarts };
    return { restarts, restartMs: Math.round(this.#ports.clock.nowMs() - crashedAtMs) };
  }

  #leaveService(incarnation: Incarnation): void {
    incarnation.isUp = false;
    incarnation.unwatch();
    this.#tree.links.unlink(incarnation.child);
  }

  #failed(epoch: number, error: unknown): void {
    const incarnation = this.#current;
    // During the start, `started` rejects too.
    if (incarnation?.child.sender.epoch !== epoch) return;
    incarnation.hasFailed = true;
    incarnation.error = error;
    if (incarnation.isUp) this.#exited(incarnation, error, false);
  }

  #exited(incarnation: Incarnation, error: unknown, isOrderly: boolean): void {
    const generation = this.#generation;
    incarnation.isUp = false;
    this.#state = "restarting";
    this.#crashedAtMs ??= this.#ports.clock.nowMs();
    this.#error = error;
    incarnation.crashEmitted = this.#emitCrash(incarnation, error);
    void incarnation.crashEmitted.then(async () => {
      await this.#end(incarnation);
      if (generation !== this.#generation) return;
      this.#state = "stopped";
      this.#memberEnded(this, error, isOrderly);
    });
  }

  async #emitCrash(incarnation: Incarnation, error: unknown): Promise<void> {
    const { owner, events } = this.#tree;
    const { sender } = incarnation.child;
    await nextTurn(this.#ports.timers);
    this.#leaveService(incarnation);
    const breadcrumb = incarnation.child.breadcrumb.slice();
    owner.logEvent("warn", "actor-crashed", {
      ...sender,
      restarts: this.#restarts,
      error,
      ...breadcrumbFields(breadcrumb),
    });
    owner.scope.run(() => events.crashed?.(this.spec, sender, error, breadcrumb));
  }

  async #ended(incarnation: Incarnation): Promise<void> {
    const { owner, events } = this.#tree;
    if (incarnation.isUp) this.#exited(incarnation, exited(incarnation.child.sender), true);
    await incarnation.crashEmitted;
    this.#leaveService(incarnation);
    this.#abandoned.delete(incarnation);
    if (this.#current === incarnation) this.#current = undefined;
    owner.scope.run(() => events.ended?.(this.spec, incarnation.child.sender));
  }

  /** Abandons an incarnation that does not end in time. */
  async #end(incarnation: Incarnation): Promise<void> {
    const { owner } = this.#tree;
    incarnation.child.terminate();
    if (await endsInTime(this.#ports.timers, incarnation.child, incarnation.over)) return;
    this.#abandoned.add(incarnation);
    if (this.#current === incarnation) this.#current = undefined;
    owner.logEvent("error", "actor-abandoned", { ...incarnation.child.sender });
  }

  async #stopInOrder(): Promise<void> {
    const incarnation = this.#current;
    if (incarnation !== undefined) {
      this.#state = "stopping";
      if (incarnation.isUp) await this.#askToStop(incarnation);
      this.#leaveService(incarnation);
      await this.#end(incarnation);
    }
    this.#state = this.hasAbandoned ? "abandoned" : "stopped";
  }

  /** Links stay for its last messages. */
  async #askToStop(incarnation: Incarnation): Promise<void> {
    const { child } = incarnation;
    incarnation.isUp = false;
    incarnation.unwatch();
    const stopped = child.stop();
    const isInTime = await settlesWithin(this.#ports.timers, this.spec.shutdownMs, stopped);
    if (isInTime) await stopped.catch((error: unknown) => this.#stopFailed(error));
    else this.#stopFailed(new Error(`not stopped within ${this.spec.shutdownMs} ms`));
  }

  #stopFailed(error: unknown): void {
    this.#tree.owner.logEvent("warn", "actor-stop-failed", { name: this.name, error });
  }

  async #allOver(incarnations: Iterable<Incarnation>): Promise<void> {
    await Promise.all([...incarnations].map(({ over }) => over));
  }
}
