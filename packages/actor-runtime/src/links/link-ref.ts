import type { CallOptions, Protocol, Ref, Sender } from "../contract.ts";
import type { LinkEnd } from "./link.ts";
import { linkCredits } from "../limits.ts";
import { goneError } from "./pending-calls.ts";

interface RoomListener {
  readonly atLeast: number;
  readonly listener: () => void;
}

/** A stable ref over changing links. Unlinked, it drops casts and rejects calls. */
export class LinkRef {
  readonly #label: string;
  readonly #soon: (task: () => void) => void;
  #link: LinkEnd | undefined;
  #listeners: RoomListener[] = [];

  /**
   * @param label For error messages.
   * @param soon The owner's: an error of a listener ends the owner's incarnation.
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
    if (this.#listeners.some((waiting) => waiting.listener === listener)) return;
    // An idle peer keeps up to half a window of credits: never wait for those.
    const reachable = Math.max(1, Math.min(atLeast, linkCredits / 2));
    this.#listeners.push({ atLeast: reachable, listener });
    if (this.credits >= reachable) this.#soon(() => this.checkRoom());
  }

  sendNow(): void {
    this.#link?.flush();
  }

  bind(link: LinkEnd): void {
    this.#link = link;
    if (this.#listeners.length > 0) this.#soon(() => this.checkRoom());
  }

  unbind(link: LinkEnd): void {
    if (this.#link === link) this.#link = undefined;
  }

  checkRoom(): void {
    if (this.#listeners.length === 0) return;
    const due = this.#listeners.filter(({ atLeast }) => this.credits >= atLeast);
    if (due.length === 0) return;
    this.#listeners = this.#listeners.filter((waiting) => !due.includes(waiting));
    for (const { listener } of due) listener();
  }

  as<P extends Protocol>(): Ref<P> {
    return this as unknown as Ref<P>;
  }
}

/** An actor's refs by role and by name of the peer. */
export class RefTable {
  readonly #soon: (task: () => void) => void;
  readonly #refs = new Map<string, LinkRef>();

  constructor(soon: (task: () => void) => void) {
    this.#soon = soon;
  }

  get(roleOrName: string): LinkRef {
    const known = this.#refs.get(roleOrName);
    if (known !== undefined) return known;
    const made = new LinkRef(roleOrName, this.#soon);
    this.#refs.set(roleOrName, made);
    return made;
  }

  bind(link: LinkEnd): void {
    for (const ref of this.#of(link)) ref.bind(link);
  }

  unbind(link: LinkEnd): void {
    for (const ref of this.#of(link)) ref.unbind(link);
  }

  checkRoom(link: LinkEnd): void {
    for (const ref of this.#of(link)) ref.checkRoom();
  }

  #of({ plan: { role, peer } }: LinkEnd): LinkRef[] {
    return role === peer.name ? [this.get(role)] : [this.get(role), this.get(peer.name)];
  }
}
