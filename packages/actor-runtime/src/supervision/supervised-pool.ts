import type { ActorStatus, PoolHandle, PoolSpec } from "../supervisor-spec.ts";
import { settlesWithin } from "../waits.ts";
import type { Member, Tree } from "./tree.ts";

/** A pool, whose threads belong to a library. */
export class SupervisedPool implements Member {
  readonly spec: PoolSpec;
  readonly isAsleep = false;
  readonly #tree: Tree;
  #epoch = 0;
  #handle: PoolHandle | undefined;
  #state: ActorStatus["state"] = "stopped";
  #closing: Promise<void> | undefined;

  constructor(spec: PoolSpec, tree: Tree) {
    this.spec = spec;
    this.#tree = tree;
  }

  get name(): string {
    return this.spec.name;
  }

  /** Open, or threads have not ended. */
  get isAlive(): boolean {
    return this.#state !== "stopped";
  }

  async start(): Promise<void> {
    this.#epoch += 1;
    this.#handle = this.spec.open();
    this.#state = "running";
    await Promise.resolve();
  }

  stop(): Promise<void> {
    this.#closing ??= this.#close().finally(() => {
      this.#closing = undefined;
    });
    return this.#closing;
  }

  async terminate(): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) return await this.#closing;
    this.#handle = undefined;
    this.#state = "stopping";
    await handle.close().catch(() => {});
    this.#state = "stopped";
  }

  status(): Promise<ActorStatus> {
    const handle = this.#handle;
    const epoch = this.#epoch;
    const abandoned = Array.from({ length: handle?.abandoned ?? 0 }, (): ActorStatus => {
      const { name } = this;
      return { name, kind: "pool", state: "abandoned", epoch, restarts: 0, mailbox: 0, threads: 1 };
    });
    return Promise.resolve({
      name: this.name,
      kind: "pool",
      state: this.#state,
      epoch,
      restarts: handle?.restarts ?? 0,
      mailbox: handle?.queued ?? 0,
      threads: handle?.threads ?? 0,
      ...(abandoned.length > 0 && { children: abandoned }),
    });
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#state = "stopping";
    this.#handle = undefined;
    const isClosed = await settlesWithin(
      this.#tree.owner.ports.timers,
      this.spec.shutdownMs,
      handle.close(),
    );
    this.#state = isClosed ? "stopped" : "abandoned";
    if (!isClosed) this.#tree.owner.logEvent("error", "pool-abandoned", { name: this.name });
  }
}
