// Searches of both families, in turns.

import type { Search, SearchQuery } from "./search.ts";

/** Searches of which a bounded number runs. The others wait in order. */
export class SearchQueue {
  readonly #most: number;
  readonly #running: Search[] = [];
  readonly #urgent = new Set<Search>();
  readonly #waiting = new Set<Search>();
  /** Index of the search whose turn it is. */
  #turn = 0;

  /** @param most Searches that run at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Searches that run. */
  get active(): number {
    return this.#running.length;
  }

  get waiting(): number {
    return this.#urgent.size + this.#waiting.size;
  }

  /** @param isUrgent Goes before all others, in order: the routing table needs it. */
  add(search: Search, { isUrgent }: { readonly isUrgent: boolean }): void {
    (isUrgent ? this.#urgent : this.#waiting).add(search);
    this.#fill();
  }

  /** A search has ended, or is cancelled. */
  remove(search: Search): void {
    this.#urgent.delete(search);
    this.#waiting.delete(search);
    const at = this.#running.indexOf(search);
    if (at < 0) return;
    this.#running.splice(at, 1);
    if (at < this.#turn) this.#turn--;
    this.#fill();
  }

  /**
   * @returns A query to send now, which is under way from then on: of each search in turn. Searches may end meanwhile.
   *   Undefined: none until the next event.
   */
  next(nowMs: number): SearchQuery | undefined {
    let idle = 0;
    while (idle < this.#running.length) {
      if (this.#turn >= this.#running.length) this.#turn = 0;
      const search = this.#running[this.#turn];
      this.#turn++;
      const query = search?.next(nowMs);
      if (query !== undefined) return query;
      if (search?.isEnded === true) this.remove(search);
      else idle++;
    }
    return undefined;
  }

  #fill(): void {
    for (const waiting of [this.#urgent, this.#waiting]) {
      for (const search of waiting) {
        if (this.#running.length >= this.#most) return;
        waiting.delete(search);
        this.#running.push(search);
      }
    }
  }
}
