// Who may download from us: four unchoke slots, each given for 30 s and then passed on, in turn, to interested
// peers that wait. A slot that is free is given at once.

/** Peers that may download at once, in one torrent. */
export const unchokeSlots = 4;
const turnMs = 30_000;

/** A connected peer as the choker sees it. */
export interface ChokerPeer {
  /** Stands for this connection alone: one that comes later is another, also at the same place. */
  readonly key: object;
  readonly isInterested: boolean;
}

/** The slots of one torrent. */
export class Choker {
  /** Unchoked peers with the time at which their turn began. */
  readonly #unchoked = new Map<object, number>();
  /** When each peer was last unchoked; those never unchoked come first. */
  readonly #lastTurnMs = new Map<object, number>();

  /** Nobody is unchoked: without peers there is nothing to choose. */
  get isIdle(): boolean {
    return this.#unchoked.size === 0;
  }

  /**
   * @param peers All connected peers.
   * @returns The keys to be unchoked from now on, or undefined when nothing changed.
   */
  choose(peers: readonly ChokerPeer[], nowMs: number): ReadonlySet<object> | undefined {
    const here = new Map(peers.map((peer) => [peer.key, peer]));
    for (const key of this.#lastTurnMs.keys()) {
      if (!here.has(key)) this.#lastTurnMs.delete(key);
    }
    let changed = this.#release((key) => here.get(key)?.isInterested !== true);
    const waiting = peers
      .filter((peer) => peer.isInterested && !this.#unchoked.has(peer.key))
      .sort((a, b) => this.#lastTurn(a) - this.#lastTurn(b));
    let over = Math.max(0, waiting.length - (unchokeSlots - this.#unchoked.size));
    changed = this.#release((_key, sinceMs) => nowMs - sinceMs >= turnMs && over-- > 0) || changed;
    while (this.#unchoked.size < unchokeSlots) {
      const next = waiting.shift();
      if (next === undefined) break;
      this.#unchoked.set(next.key, nowMs);
      this.#lastTurnMs.set(next.key, nowMs);
      changed = true;
    }
    return changed ? new Set(this.#unchoked.keys()) : undefined;
  }

  #lastTurn(peer: ChokerPeer): number {
    return this.#lastTurnMs.get(peer.key) ?? -Infinity;
  }

  #release(isOver: (key: object, sinceMs: number) => boolean): boolean {
    let released = false;
    for (const [key, sinceMs] of this.#unchoked) {
      if (!isOver(key, sinceMs)) continue;
      this.#unchoked.delete(key);
      released = true;
    }
    return released;
  }
}
