// A generator thread of an agent, as the leader of the run counts it.

import type { GeneratorEvents } from "../../generator/generators.ts";
import type { Window } from "../../measures/measures.ts";
import type { GeneratorFacts } from "../../results/result.ts";

/** A thread of an agent. */
export class RemoteThread {
  readonly #name: string;
  readonly #peers: number;
  readonly #events: GeneratorEvents;
  /** Peers that had a connection, or were about to, at the end of the last window. */
  #present = 0;
  #seconds = 0;
  #lostAt: number | undefined;

  /** @param peers Of its share. */
  constructor(name: string, peers: number, events: GeneratorEvents) {
    this.#name = name;
    this.#peers = peers;
    this.#events = events;
  }

  get facts(): GeneratorFacts {
    return { name: this.#name, threads: 1, peers: this.#peers, lostAt: this.#lostAt };
  }

  /** Counts a window. Late windows of a lost agent count too: the load was there. */
  take(window: Window): void {
    this.#seconds = Math.max(this.#seconds, window.second + 1);
    const groups = Object.values(window.gauges);
    // A part of a window has no gauges.
    if (groups.length > 0) {
      this.#present = groups.reduce(
        (sum, { connecting, open, unchoked, complete }) =>
          sum + connecting + open + unchoked + complete,
        0,
      );
    }
    this.#events.window(this.#name, window);
  }

  /** Tells of the loss, once. @param peers As far as the agent counted them itself. */
  lose(reason: string, peers: number = this.#present): void {
    if (this.#lostAt !== undefined) return;
    this.#lostAt = this.#seconds;
    this.#events.lost(this.#name, peers, reason);
  }
}
