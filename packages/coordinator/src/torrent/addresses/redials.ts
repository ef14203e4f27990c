// The next redial of a torrent: of the addresses that are due, the one with the fewest failures.

import type { BanList } from "../smart-ban/ban-list.ts";
import { bestRanked } from "./address-rank.ts";
import type { DialBounds } from "./dial-bounds.ts";
import type { KnownAddress } from "./known-address.ts";
import type { KnownAddresses } from "./known-addresses.ts";
import type { OwnAddresses } from "./own-addresses.ts";

const lookAgainMs = 1_000;
/** Addresses that are compared by rank; ranks of thousands at once would stop the engine. */
const rankedAtOnce = 64;

/** The parts of a directory that redials follow. */
interface RedialServices {
  readonly known: KnownAddresses;
  readonly bans: BanList;
  readonly own: OwnAddresses;
  readonly dialBounds: DialBounds;
  /** Forgets an address that a newer IP filter names. @returns Whether it did. */
  readonly dropFiltered: (known: KnownAddress) => boolean;
}

/** Addresses that were tried before and wait. */
export class Redials {
  readonly #services: RedialServices;
  /** No address is due before this, unless we become a seed or stop being a seed. */
  #nothingDueUntilMs = 0;
  #wereSeed = false;

  constructor(services: RedialServices) {
    this.#services = services;
  }

  /** An address is due at this time. */
  due(atMs: number): void {
    this.#nothingDueUntilMs = Math.min(this.#nothingDueUntilMs, atMs);
  }

  /** The fewest failures go first; of equals the best rank. */
  best(nowMs: number, weAreSeed: boolean): KnownAddress | undefined {
    if (nowMs < this.#nothingDueUntilMs && weAreSeed === this.#wereSeed) return undefined;
    const { bans, dropFiltered, own } = this.#services;
    let equals: KnownAddress[] = [];
    let fewest = Infinity;
    let nextDueMs = nowMs + lookAgainMs;
    for (const known of this.#services.known.all()) {
      if (known.state !== "waiting" || known.failures > fewest) continue;
      if (weAreSeed && known.isSeed) continue;
      const dueMs = Math.max(known.nextTryMs, bans.endMs(known.host, known.port));
      if (dueMs > nowMs) nextDueMs = Math.min(nextDueMs, dueMs);
      else if (known.failures === fewest && equals.length === rankedAtOnce) continue;
      else if (dropFiltered(known)) continue;
      else if (this.#isBounded(known, nowMs)) nextDueMs = Math.min(nextDueMs, known.nextTryMs);
      else if (known.failures < fewest) [equals, fewest] = [[known], known.failures];
      else equals.push(known);
    }
    this.#nothingDueUntilMs = equals.length === 0 ? nextDueMs : 0;
    this.#wereSeed = weAreSeed;
    return bestRanked(equals, own);
  }

  /** A bound forbids the redial: the address is due when the bound allows it. */
  #isBounded(known: KnownAddress, nowMs: number): boolean {
    const redialsAtMs = this.#services.dialBounds.redialsAtMs(known, nowMs);
    if (redialsAtMs <= nowMs) return false;
    known.nextTryMs = Math.ceil(redialsAtMs);
    return true;
  }
}
