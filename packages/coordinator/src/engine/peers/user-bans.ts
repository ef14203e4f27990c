// The bans of the user: in force at once, and shared with the other programs on the state folder within seconds.
//
// A change waits until the database has it. What the database says then is in force, with the changes that still wait.

import { packPrefixes } from "@troupe/api-base";
import { mostBans, type BanChanges, type BannedPrefix } from "@troupe/messages";

/** Changes that wait, while the database cannot be written. */
const mostWaiting: number = 2 * mostBans;

/** The bans in force. */
export class UserBans {
  #bans: ReadonlyMap<string, BannedPrefix> = new Map();
  /** By prefix, not in the database yet; undefined: lifted. */
  readonly #waiting = new Map<string, BannedPrefix | undefined>();

  get list(): readonly BannedPrefix[] {
    return [...this.#bans.values()];
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The changes that the database does not have. */
  get waiting(): BanChanges {
    const entries = [...this.#waiting];
    return {
      added: entries.flatMap(([, ban]) => ban ?? []),
      lifted: entries.flatMap(([prefix, ban]) => (ban === undefined ? prefix : [])),
    };
  }

  /** Whether there would be neither too many bans nor too many changes that wait. */
  hasRoomFor({ added, lifted }: BanChanges): boolean {
    const names = added.map(({ prefix }) => prefix);
    const bans = new Set([...this.#bans.keys(), ...names]);
    const waiting = new Set([...this.#waiting.keys(), ...names, ...lifted]);
    return bans.size <= mostBans && waiting.size <= mostWaiting;
  }

  change({ added, lifted }: BanChanges): void {
    for (const prefix of lifted) this.#waiting.set(prefix, undefined);
    for (const ban of added) if (!this.#bans.has(ban.prefix)) this.#waiting.set(ban.prefix, ban);
    this.#bans = this.#withWaiting(this.list);
  }

  /** The database has these changes, and these bans. @returns Whether other bans are in force than before. */
  settle({ added, lifted }: BanChanges, found: readonly BannedPrefix[]): boolean {
    for (const ban of added)
      if (this.#waiting.get(ban.prefix) === ban) this.#waiting.delete(ban.prefix);
    for (const prefix of lifted)
      if (this.#waiting.has(prefix) && this.#waiting.get(prefix) === undefined)
        this.#waiting.delete(prefix);
    const before = this.#bans;
    this.#bans = this.#withWaiting(found);
    const isSame =
      before.size === this.#bans.size &&
      [...before.keys()].every((prefix) => this.#bans.has(prefix));
    return !isSame;
  }

  /** The bans for all threads; undefined: none. */
  pack(): SharedArrayBuffer | undefined {
    if (this.#bans.size === 0) return undefined;
    return packPrefixes(this.#bans.keys());
  }

  #withWaiting(bans: readonly BannedPrefix[]): ReadonlyMap<string, BannedPrefix> {
    const all = new Map(bans.map((ban) => [ban.prefix, ban]));
    for (const [prefix, ban] of this.#waiting) {
      if (ban === undefined) all.delete(prefix);
      else all.set(prefix, ban);
    }
    return all;
  }
}
