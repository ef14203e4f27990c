// Refs: the stable things that an actor holds, whatever links are behind them at the moment.

import type { CallOptions, Protocol, Ref, Sender } from "./contract.ts";
import type { LinkEnd } from "./link.ts";
import { linkCredits } from "./limits.ts";
import { goneError } from "./pending-calls.ts";

interface RoomListener {
  readonly atLeast: number;
  readonly listener: () => void;
}

/** Speaks over the link that is bound now; between links casts are dropped and calls reject. */
export class LinkRef {
  readonly #label: string;
  readonly #soon: (task: () => void) => void;
  #link: LinkEnd | undefined;
  #listeners: RoomListener[] = [];

  /**
   * @param label Role or name, for messages of errors.
   * @param soon The owner's, guarded: what a listener throws ends the owner's incarnation.
   */
  constructor(label: string, soon: (task: () => void) => void) {
    this.#label = label;
    this.#soon = soon;
  }

  get peer(): Sender | undefined {
    return this.#link?.plan.peer;
  }

  get credits(): number {
    return this.#link?.credits ?? 0;
  }

  call(name: string, message: unknown, options?: CallOptions): Promise<unknown> {
    if (this.#link === undefined) return Promise.reject(goneError(name, this.#label));
    return this.#link.call(name, message, options);
  }

  cast(name: string, message: unknown): void {
    this.#link?.cast(name, message);
  }

  whenRoom(listener: () => void, atLeast: number = linkCredits / 2): void {
    // Up to half a window of credits stays with an idle peer until there are more to return: never ask for those.
    const reachable = Math.max(1, Math.min(atLeast, linkCredits / 2));
    this.#listeners.push({ atLeast: reachable, listener });
    if (this.credits >= reachable) this.#soon(() => this.checkRoom());
  }

  /** Speaks over `link` from now on. */
  bind(link: LinkEnd): void {
    this.#link = link;
    if (this.#listeners.length > 0) this.#soon(() => this.checkRoom());
  }

  /** Speaks to nobody, if `link` was the one it spoke over. */
  unbind(link: LinkEnd): void {
    if (this.#link === link) this.#link = undefined;
  }

  /** Calls the listeners for whom there is room now. */
  checkRoom(): void {
    if (this.#listeners.length === 0) return;
    const due = this.#listeners.filter(({ atLeast }) => this.credits >= atLeast);
    if (due.length === 0) return;
    this.#listeners = this.#listeners.filter((waiting) => !due.includes(waiting));
    for (const { listener } of due) listener();
  }

  /** The same ref, typed for the protocol that the other side is known to speak. */
  as<P extends Protocol>(): Ref<P> {
    return this as unknown as Ref<P>;
  }
}

/** The refs of one actor. Each is found by the role of its peer and by the peer's name: several of one role differ by name. */
export class RefTable {
  readonly #soon: (task: () => void) => void;
  readonly #refs = new Map<string, LinkRef>();

  /** @param soon See {@link LinkRef}. */
  constructor(soon: (task: () => void) => void) {
    this.#soon = soon;
  }

  /** The ref under this role or name, the same one each time. */
  get(roleOrName: string): LinkRef {
    const known = this.#refs.get(roleOrName);
    if (known !== undefined) return known;
    const made = new LinkRef(roleOrName, this.#soon);
    this.#refs.set(roleOrName, made);
    return made;
  }

  /** Both refs to the peer of `link` speak over it from now on. */
  bind(link: LinkEnd): void {
    for (const ref of this.#of(link)) ref.bind(link);
  }

  /** Those that speak over `link` speak to nobody. */
  unbind(link: LinkEnd): void {
    for (const ref of this.#of(link)) ref.unbind(link);
  }

  /** There is more room on `link`. */
  checkRoom(link: LinkEnd): void {
    for (const ref of this.#of(link)) ref.checkRoom();
  }

  #of({ plan: { role, peer } }: LinkEnd): LinkRef[] {
    return role === peer.name ? [this.get(role)] : [this.get(role), this.get(peer.name)];
  }
}
