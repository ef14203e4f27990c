// Seeders behind doors: a test sets how much of a payload arrives, at any load of the machine.

import { Relay } from "./relay.ts";
import type { Joining, Member, Swarm } from "./swarm.ts";

/**
 * For an engine that comes through doors only: seeders that miss it dial it where they believe it to be, at 127.0.0.1,
 * and there it is not. After ten seconds the peers would name each other.
 */
export const gatedSeedersOnly = { bind: ["127.0.0.2"], peerExchange: false };

/** Seeders of one swarm that are reached through relays only, and the doors of all of them. */
export class GatedSeeders {
  readonly seeders: readonly Member[];
  readonly relays: readonly Relay[];
  readonly #totalBytes: number;

  private constructor(seeders: readonly Member[], relays: readonly Relay[], totalBytes: number) {
    this.seeders = seeders;
    this.relays = relays;
    this.#totalBytes = totalBytes;
  }

  /** Starts `count` seeders, inline unless said otherwise; the tracker knows the way through their doors. Doors are closed. */
  static async open(swarm: Swarm, count: number, joining: Joining = {}): Promise<GatedSeeders> {
    const seeders: Member[] = [];
    const relays: Relay[] = [];
    for (let index = 0; index < count; index++) {
      const engine = { host: "inline" as const, peerExchange: false, ...joining.engine };
      const seeder = await swarm.seed({
        ...joining,
        engine,
        torrent: { useTrackers: false, ...joining.torrent },
      });
      const target = { host: "127.0.0.1", port: seeder.coordinator.port };
      const relay = swarm.use(await Relay.open({ target, gated: "target" }));
      await swarm.announce(relay.port);
      seeders.push(seeder);
      relays.push(relay);
    }
    return new GatedSeeders(seeders, relays, swarm.payload.totalBytes);
  }

  /** Lets this share of the payload pass in all, each door its part; 1 opens them for good. */
  allow(share: number): void {
    const each = (share * this.#totalBytes) / this.relays.length;
    for (const relay of this.relays) relay.allow(share === 1 ? Infinity : Math.ceil(each));
  }

  /** Connections that came through the doors so far. */
  get connections(): number {
    return this.relays.reduce((sum, relay) => sum + relay.connections, 0);
  }

  /** Bytes that came through the doors so far, messages other than blocks included. */
  get passedBytes(): number {
    return this.relays.reduce((sum, relay) => sum + relay.passedBytes, 0);
  }
}
