// A generator thread of an agent, as the leader of the run counts it.

import type { GeneratorEvents, PeersByGroup } from "../../generator/generators.ts";
import type { Window } from "../../measures/measures.ts";
import { presentPeers } from "../../measures/present-peers.ts";
import type { Share } from "../../plan/plan.ts";
import type { GeneratorFacts } from "../../results/result.ts";
import type { WindowBounds } from "./window-bounds.ts";

/** Parts of a thread. */
interface RemoteThreadParts {
  readonly name: string;
  /** Peers of its share. */
  readonly peers: number;
  readonly share: Share;
  readonly events: GeneratorEvents;
  readonly bounds: WindowBounds;
}

/** A thread of an agent. */
export class RemoteThread {
  readonly name: string;
  readonly share: Share;
  readonly #parts: RemoteThreadParts;
  /** Peers that had a connection, or were about to, at the end of the last window. */
  #present: PeersByGroup = {};
  #seconds = 0;
  /** Windows by second. */
  readonly #windows = new Map<number, number>();
  #missing = 0;
  #lostAt: number | undefined;

  constructor(parts: RemoteThreadParts) {
    this.name = parts.name;
    this.share = parts.share;
    this.#parts = parts;
  }

  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  get facts(): GeneratorFacts {
    const { name, peers } = this.#parts;
    const facts = { name, threads: 1, peers, lostAt: this.#lostAt };
    if (this.#missing === 0) return facts;
    const remark = `${this.#missing} messages of its agent are missing in the result: the server was away for too long, or the leader could not read them`;
    return { ...facts, remarks: [remark] };
  }

  /**
   * Counts a window. Late windows of a lost agent count too: the load was there.
   *
   * @throws ShapeError, or what the owner throws; then nothing of the window counts.
   */
  take(window: Window): void {
    const { bounds, events } = this.#parts;
    const parts = this.#windows.get(window.second) ?? 0;
    bounds.check(window, parts);
    this.#windows.set(window.second, parts + 1);
    this.#seconds = Math.max(this.#seconds, window.second + 1);
    // A part of a window has no gauges.
    if (Object.keys(window.gauges).length > 0) this.#present = presentPeers(window.gauges);
    events.window(this.name, window);
  }

  /** @param messages Messages of the agent, which never came. */
  miss(messages: number): void {
    this.#missing = messages;
  }

  /** Tells of the loss, once. @param peers Peers that the agent counted itself. */
  lose(reason: string, peers: PeersByGroup = this.#present): void {
    if (this.#lostAt !== undefined) return;
    this.#lostAt = this.#seconds;
    const { bounds, events } = this.#parts;
    events.lost(this.name, bounds.peers(peers), reason);
  }
}
