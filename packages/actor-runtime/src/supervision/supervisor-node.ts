import { ActorError } from "../failure.ts";
import type { ActorStatus, ChildSpec, PoolSpec, SupervisorSpec } from "../supervisor-spec.ts";
import type { LinkLoads } from "./tree-links.ts";
import { MemberRestart } from "./member-restart.ts";
import { RestartWindow } from "./restart-window.ts";
import type { Member, MemberEnded, Tree } from "./tree.ts";

/** Makes the member for a line of the spec. */
type MakeMember = (spec: ChildSpec | PoolSpec | SupervisorSpec, memberEnded: MemberEnded) => Member;

interface EndedMember {
  readonly member: Member;
  readonly error: unknown;
  readonly isOrderly: boolean;
}

/** Starts its members in order, stops them in reverse, and restarts crashed members. */
export class SupervisorNode implements Member {
  readonly isAsleep = false;
  readonly #spec: SupervisorSpec;
  readonly #tree: Tree;
  readonly #selfEnded: MemberEnded;
  readonly #members: readonly Member[];
  readonly #restartOf = new Map<Member, ChildSpec["restart"]>();
  #restarts: ReadonlyMap<Member, MemberRestart> = new Map();
  #window: RestartWindow;
  #state: ActorStatus["state"] = "stopped";
  #epoch = 0;
  /** Crashed during the start of the others; handled afterwards. */
  #endedEarly: EndedMember[] = [];

  /** @param memberEnded Called when restarts are used up and all members stopped. */
  constructor(spec: SupervisorSpec, tree: Tree, make: MakeMember, memberEnded: MemberEnded) {
    this.#spec = spec;
    this.#tree = tree;
    this.#selfEnded = memberEnded;
    this.#window = new RestartWindow(spec.maxRestarts, spec.withinMs);
    this.#members = spec.children.map((childSpec) => {
      const member = make(childSpec, (...ended) => this.#memberEnded(...ended));
      if (childSpec.kind !== "pool" && childSpec.restart !== undefined)
        this.#restartOf.set(member, childSpec.restart);
      return member;
    });
  }

  get name(): string {
    return this.#spec.name;
  }

  async start(): Promise<void> {
    this.#epoch += 1;
    const epoch = this.#epoch;
    this.#state = epoch === 1 ? "starting" : "restarting";
    this.#window = new RestartWindow(this.#spec.maxRestarts, this.#spec.withinMs);
    this.#restarts = this.#makeRestarts();
    this.#endedEarly = [];
    for (const member of this.#members) {
      try {
        await member.start();
        if (this.#epoch !== epoch || !this.#isStarting) throw this.#overtaken();
      } catch (error) {
        await this.stop();
        throw error;
      }
    }
    this.#state = "running";
    for (const { member, error, isOrderly } of this.#endedEarly.splice(0)) {
      this.#memberEnded(member, error, isOrderly);
    }
  }

  async stop(): Promise<void> {
    this.#state = "stopping";
    this.#cancelRestarts();
    for (const member of this.#members.toReversed()) await member.stop();
    this.#state = "stopped";
  }

  async terminate(): Promise<void> {
    this.#state = "stopped";
    this.#cancelRestarts();
    await Promise.all(this.#members.map((member) => member.terminate()));
  }

  async status(loads: LinkLoads): Promise<ActorStatus> {
    const awake = this.#members.filter((member) => !member.isAsleep);
    return {
      name: this.name,
      kind: "supervisor",
      state: this.#state,
      epoch: this.#epoch,
      restarts: Math.max(0, this.#epoch - 1),
      mailbox: 0,
      children: await Promise.all(awake.map((member) => member.status(loads))),
    };
  }

  get #isStarting(): boolean {
    return this.#state === "starting" || this.#state === "restarting";
  }

  #makeRestarts(): ReadonlyMap<Member, MemberRestart> {
    const { maxRestarts } = this.#spec;
    const { ports } = this.#tree.owner;
    const startFailed = (member: Member, error: unknown) => this.#tryRestart(member, error);
    return new Map(
      this.#members.map((member) => {
        return [member, new MemberRestart({ member, maxRestarts, ports, startFailed })];
      }),
    );
  }

  #memberEnded(member: Member, error: unknown, isOrderly: boolean): void {
    if (this.#isStarting) this.#endedEarly.push({ member, error, isOrderly });
    if (this.#state !== "running") return;
    const restart = this.#restartOf.get(member) ?? "permanent";
    if (restart === "temporary" || (restart === "transient" && isOrderly)) return;
    if (!this.#tryRestart(member, error)) return;
    this.#restarts.get(member)?.recover();
  }

  /** Gives up beyond the limit. */
  #tryRestart(member: Member, error: unknown): boolean {
    if (this.#state !== "running") return false;
    if (this.#window.tryRestart(this.#tree.owner.ports.clock.nowMs())) return true;
    void this.#giveUp(member, error);
    return false;
  }

  async #giveUp(member: Member, cause: unknown): Promise<void> {
    const { maxRestarts, withinMs } = this.#spec;
    const epoch = this.#epoch;
    this.#tree.owner.logEvent("error", "supervisor-gave-up", { name: this.name, error: cause });
    await this.stop();
    if (this.#epoch !== epoch) return;
    const error = new ActorError("restarts-used-up", {
      operation: "restart",
      message: `${this.name} cannot restart ${member.name} again: ${maxRestarts} restarts within ${withinMs} ms are allowed`,
      details: { supervisor: this.name, actor: member.name, maxRestarts, withinMs },
      cause,
    });
    const { events, owner } = this.#tree;
    if (this.#spec.restart === "temporary")
      owner.scope.run(() => events.gaveUp?.(this.name, error));
    this.#selfEnded(this, error, false);
  }

  #cancelRestarts(): void {
    for (const restart of this.#restarts.values()) restart.cancel();
  }

  #overtaken(): ActorError {
    return new ActorError("actor-gone", {
      operation: "start",
      message: `${this.name} was stopped while it was being started`,
      details: { supervisor: this.name },
    });
  }
}
