import type { ActorCore } from "../actor/actor-core.ts";
import type { SupervisorEvents } from "../supervisor-spec.ts";
import type { Protocol, Ref, Sender } from "../contract.ts";
import { ActorError } from "../failure.ts";
import type { Child, ChildStats } from "../hosts/host.ts";
import {
  isStartedWithTree,
  type ActorStatus,
  type ChildSpec,
  type PoolSpec,
} from "../supervisor-spec.ts";
import type { StopLimits, Supervisor, SupervisorSpec } from "../supervisor-spec.ts";
import { SupervisedChild } from "./supervised-child.ts";
import { HeartbeatMonitor } from "./heartbeat-monitor.ts";
import { TreeLinks } from "./tree-links.ts";
import { SupervisedPool } from "./supervised-pool.ts";
import { SupervisorNode } from "./supervisor-node.ts";
import { settlesWithin } from "../waits.ts";
import type { Member, MemberEnded, Tree } from "./tree.ts";

/** For the answers of children about their status; half of it is for those of their own children. */
const statusMs = 2_000;

/** A running tree: interprets a {@link SupervisorSpec} for its owner. */
export class RunningSupervisor implements Supervisor {
  readonly #tree: Tree;
  readonly #root: SupervisorNode;
  readonly #children = new Map<string, SupervisedChild>();
  readonly #pools: SupervisedPool[] = [];
  readonly #names = new Set<string>();
  #stopped: Promise<void> | undefined;

  /** @throws {ActorError} `bad-spec` for a name used twice, or a link to an actor that is not started earlier. */
  constructor(owner: ActorCore, spec: SupervisorSpec, events: SupervisorEvents) {
    const { clock, timers } = owner.ports;
    this.#tree = {
      owner,
      events,
      links: new TreeLinks(owner, this.#children),
      monitor: new HeartbeatMonitor(clock, timers),
    };
    this.#names.add(owner.sender.name).add(spec.name);
    this.#root = new SupervisorNode(
      spec,
      this.#tree,
      (line, memberEnded) => this.#make(line, memberEnded),
      (_, error) => this.#gaveUp(error),
    );
  }

  /** Rejects with `start-failed`, after stopping the started members. */
  async start(): Promise<void> {
    const members = [...this.#children.values()];
    const specs = members.map((child) => child.spec).filter(isStartedWithTree);
    const endUnused = this.#tree.owner.host.prespawn?.(specs);
    try {
      await this.#root.start();
    } finally {
      await endUnused?.();
    }
  }

  ref<P extends Protocol>(name: string): Ref<P> {
    return this.#tree.owner.ref(this.#child(name).name).as<P>();
  }

  sender(name: string): Sender | undefined {
    return this.#child(name).up?.sender;
  }

  async status(withinMs: number = statusMs): Promise<ActorStatus> {
    const stats = new Map<Child, ChildStats>();
    const asked = [...this.#children.values()].map(async ({ up }) => {
      // Listed without figures if it does not answer.
      const answer = await up?.stats(withinMs).catch(() => undefined);
      if (up !== undefined && answer !== undefined) stats.set(up, answer);
    });
    await Promise.all(asked);
    return this.#root.status(this.#tree.links.loads(stats));
  }

  kill(name: string): void {
    const message = `${name} was killed on request`;
    this.#child(name).kill(new ActorError("actor-killed", { message, details: { actor: name } }));
  }

  hang(name: string): void {
    this.#child(name).up?.hang();
  }

  async startChild(name: string): Promise<void> {
    const child = this.#onDemand(name);
    if (this.#stopped !== undefined) throw stopping(name);
    await child.startOnDemand();
  }

  async stopChild(name: string): Promise<void> {
    await this.#onDemand(name).stopOnDemand();
  }

  /** Rejects with `not-stopped`, naming the members that did not end, after all others have stopped. */
  stop(limits?: StopLimits): Promise<void> {
    this.#stopped ??= this.#stopInOrder();
    return limits === undefined ? this.#stopped : this.#stopWithin(this.#stopped, limits);
  }

  /** Resolves when no code runs any more, which may be never. */
  terminate(): Promise<void> {
    return this.#root.terminate();
  }

  async #stopInOrder(): Promise<void> {
    await this.#root.stop();
    this.#refuseIfAlive();
  }

  async #stopWithin(stopped: Promise<void>, { orderlyMs, endMs }: StopLimits): Promise<void> {
    if (await settlesWithin(this.#tree.owner.ports.timers, orderlyMs, stopped))
      return await stopped;
    const ended = this.#root.terminate();
    await settlesWithin(this.#tree.owner.ports.timers, endMs, Promise.race([stopped, ended]));
    this.#refuseIfAlive();
  }

  #refuseIfAlive(): void {
    const members = [...this.#children.values(), ...this.#pools];
    const alive = members.filter((child) => child.isAlive).map((child) => child.name);
    if (alive.length === 0) return;
    throw new ActorError("not-stopped", {
      operation: "stop",
      message: `cannot stop ${alive.join(", ")}: still running after it was terminated`,
      details: { actors: alive },
    });
  }

  #gaveUp(error: unknown): void {
    const { owner, events } = this.#tree;
    owner.scope.run(() => {
      if (events.gaveUp === undefined) throw error;
      events.gaveUp(this.#root.name, error);
    });
  }

  #make(line: ChildSpec | PoolSpec | SupervisorSpec, memberEnded: MemberEnded): Member {
    if (this.#names.has(line.name)) throw badSpec(`two in the tree are named ${line.name}`);
    this.#names.add(line.name);
    switch (line.kind) {
      case "actor":
        return this.#makeChild(line, memberEnded);
      case "pool": {
        const pool = new SupervisedPool(line, this.#tree);
        this.#pools.push(pool);
        return pool;
      }
      case "supervisor":
        return new SupervisorNode(
          line,
          this.#tree,
          (inner, ended) => this.#make(inner, ended),
          memberEnded,
        );
    }
  }

  #makeChild(spec: ChildSpec, memberEnded: MemberEnded): SupervisedChild {
    for (const sibling of Object.values(spec.links ?? {})) {
      if (this.#children.has(sibling)) continue;
      throw badSpec(`${spec.name} is to be linked to ${sibling}, which is not started before it`);
    }
    const child = new SupervisedChild(spec, this.#tree, memberEnded);
    this.#children.set(spec.name, child);
    return child;
  }

  #onDemand(name: string): SupervisedChild {
    const child = this.#child(name);
    if (child.spec.isOnDemand === true) return child;
    throw badSpec(`${name} is not on demand: it starts and stops with its tree`);
  }

  #child(name: string): SupervisedChild {
    const child = this.#children.get(name);
    if (child !== undefined) return child;
    throw new ActorError("no-such-actor", {
      message: `no actor of this tree is named ${name}, it has ${[...this.#children.keys()].join(", ")}`,
      details: { actor: name },
    });
  }
}

function stopping(name: string): ActorError {
  const message = `cannot start ${name}: its tree is being stopped`;
  return new ActorError("actor-gone", { operation: "start", message, details: { actor: name } });
}

function badSpec(message: string): ActorError {
  return new ActorError("bad-spec", { message: `bug: ${message}` });
}
