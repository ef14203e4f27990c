// The interface that everything of an engine is bound to, as its torrents see it. The sockets of each thread close, and open
// again, by themselves.

import type { BoundInterface, InterfaceState } from "@troupe/actor-runtime";

/** From one return to the next that is announced: an interface that comes and goes does not flood the trackers. */
const returnPauseMs = 4_000;

/**
 * `returned`: it is up, and requests of its last network may not have ended yet. `used`: everything of the engine knows of the
 * state with this key.
 */
type Phase =
  | { readonly kind: "down" }
  | { readonly kind: "returned"; readonly key: string }
  | { readonly kind: "used"; readonly key: string };

/** Follows the interface in the ticks of an engine. */
export class EngineInterface {
  readonly #bound: BoundInterface;
  #phase: Phase;
  #state: InterfaceState;
  #announcedAtMs = -Infinity;
  /** The answer since the last tick: it takes sockets of the system. Undefined: nothing has asked yet. */
  #canAskNames: boolean | undefined;

  constructor(bound: BoundInterface) {
    this.#bound = bound;
    this.#state = bound.look();
    this.#phase = this.#state.kind === "up" ? { kind: "used", key: this.#state.key } : down;
  }

  get name(): string {
    return this.#bound.name;
  }

  /** The state at the last tick. */
  get state(): InterfaceState["kind"] {
    return this.#state.kind;
  }

  /** False while no name server may be asked over the interface. */
  get canAskNames(): boolean {
    return this.#state.kind !== "up" || (this.#canAskNames ??= this.#bound.canAskNames());
  }

  /** @returns The change that the engine has to follow. */
  look(nowMs: number): "down" | "back" | undefined {
    this.#state = this.#bound.look();
    this.#canAskNames = undefined;
    if (this.#state.kind !== "up") {
      const isNews = this.#phase.kind !== "down";
      this.#phase = down;
      return isNews ? "down" : undefined;
    }
    const { key } = this.#state;
    const before = this.#phase;
    if (before.kind === "down" || before.key !== key) this.#phase = { kind: "returned", key };
    if (before.kind !== "returned" || before.key !== key) return undefined;
    if (nowMs - this.#announcedAtMs < returnPauseMs) return undefined;
    this.#announcedAtMs = nowMs;
    this.#phase = { kind: "used", key };
    return "back";
  }
}

const down: Phase = { kind: "down" };
