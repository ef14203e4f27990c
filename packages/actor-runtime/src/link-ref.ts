// A ref: the stable thing that an actor holds, whatever link is behind it at the moment.

import type { CallOptions, Protocol, Ref, Sender } from "./contract.ts";
import { goneError } from "./link.ts";
import type { LinkEnd } from "./link.ts";
import { linkCredits } from "./limits.ts";

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
