import { presentPeers } from "../measures/present-peers.ts";
import type { ThreadWindow } from "../measures/measures.ts";
import type { Share } from "../plan/plan.ts";
import type { PeersByGroup } from "./generators.ts";
import type { GeneratorAnswer } from "./generator.messages.ts";
import type { GeneratorFacts } from "../results/result.ts";
import type { Scenario } from "../scenario/scenario.ts";

type ThreadLife = "idle" | "preparing" | "ready" | "running" | "ended" | "lost";

/** The owner's view of a generator's thread. */
export class LocalThread {
  readonly name: string;
  /** Resolves when no further window comes: after its run, or its crash. */
  readonly ended: Promise<void>;
  #life: ThreadLife = "idle";
  #peers = 0;
  #remarks: readonly string[] = [];
  #lostAt: number | undefined;
  #lastWindow: ThreadWindow | undefined;
  #share: Share | undefined;
  readonly #resolveEnded: () => void;

  constructor(name: string) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.name = name;
    this.ended = promise;
    this.#resolveEnded = resolve;
  }

  get facts(): GeneratorFacts {
    const facts = { name: this.name, threads: 1, peers: this.#peers, lostAt: this.#lostAt };
    return this.#remarks.length === 0 ? facts : { ...facts, remarks: this.#remarks };
  }

  get isAlive(): boolean {
    return this.#life !== "lost";
  }

  /** Neither its run has ended nor the thread: its windows are still needed. */
  get awaitsWindows(): boolean {
    return this.#life !== "lost" && this.#life !== "ended";
  }

  /** It draws its plan, during which it may be silent. */
  get isPreparing(): boolean {
    return this.#life === "preparing";
  }

  /** Peers that had a connection, or were about to, at the end of its last window. */
  get connected(): PeersByGroup {
    return presentPeers(this.#lastWindow?.gauges ?? {});
  }

  /** Share of a lost thread: its windows did not all come. */
  get unheard(): Share | undefined {
    return this.#life === "lost" ? this.#share : undefined;
  }

  expectPeers({ groups }: Scenario, share: Share): void {
    const { index, of } = share;
    this.#share = share;
    const counts = Object.values(groups).map(({ count }) => membersOf(count, index, of));
    this.#peers = counts.reduce((sum, count) => sum + count, 0);
  }

  async prepared(asked: Promise<GeneratorAnswer>): Promise<GeneratorAnswer> {
    this.#life = "preparing";
    const answer = await asked;
    if (this.#life === "preparing" && answer.kind === "ready") {
      this.#life = "ready";
      this.#remarks = answer.remarks;
    }
    return answer;
  }

  begun(): void {
    if (this.#life === "ready") this.#life = "running";
  }

  windowEnded(window: ThreadWindow): void {
    this.#lastWindow = window;
  }

  runEnded(): void {
    if (this.#life !== "lost") this.#life = "ended";
    this.#resolveEnded();
  }

  lost(): void {
    this.#life = "lost";
    this.#lostAt = (this.#lastWindow?.second ?? -1) + 1;
    this.#resolveEnded();
  }
}

/** Members of a group whose number leaves the rest `index`. */
function membersOf(count: number, index: number, of: number): number {
  return Math.max(0, Math.ceil((count - index) / of));
}
