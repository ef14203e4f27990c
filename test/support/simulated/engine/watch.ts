// The events of an engine, with their virtual times.

import type { TorrentEvent } from "@troupe/messages";
import { patienceMs } from "../runs/download.ts";
import type { SimulatedEngine } from "./engine.ts";
import { DiskView, HaveWatch } from "./invariants.ts";
import { engineHost, type Scenario } from "../runs/scenario.ts";
import { peerHost, SimulatedSwarm } from "../swarm/swarm.ts";

/** One event and when it came. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: TorrentEvent;
}

/** A download that a test interferes with. */
export class WatchedDownload {
  readonly swarm: SimulatedSwarm;
  readonly engine: SimulatedEngine;
  readonly events: TimedEvent[] = [];
  readonly #haves: HaveWatch;

  private constructor(swarm: SimulatedSwarm, engine: SimulatedEngine) {
    this.swarm = swarm;
    this.engine = engine;
    this.#haves = new HaveWatch(engine, swarm.torrent);
  }

  /** Starts a scenario's peers and its engine, which wants the torrent. */
  static async start(scenario: Scenario): Promise<WatchedDownload> {
    const swarm = new SimulatedSwarm(scenario);
    const engine = await swarm.addEngine(engineHost, scenario);
    for (const script of scenario.peers) await swarm.addPeer(script);
    await swarm.world.settle(engine.add(swarm.torrent));
    return new WatchedDownload(swarm, engine);
  }

  get nowMs(): number {
    return this.swarm.world.scheduler.nowMs;
  }

  get isWhole(): boolean {
    return this.engine.jobOf(this.swarm.torrent)?.content.ledger.isComplete === true;
  }

  /** Some seconds later the files on the disk are as they have to be. */
  async isRight(): Promise<boolean> {
    await this.run(5_000);
    return new DiskView(this.engine, this.swarm.torrent).differences().length === 0;
  }

  /** Addresses of the peers. */
  get hosts(): readonly string[] {
    return Array.from({ length: this.swarm.peerCount }, (_, peer) => peerHost(peer + 1));
  }

  /** Nothing arrives between the engine and these any more, or it does again. */
  setBlackHole(hosts: readonly string[], isBlackHole: boolean): void {
    for (const host of hosts) this.swarm.world.network.setBlackHole(engineHost, host, isBlackHole);
  }

  /** Runs until `holds`. @throws when a piece is claimed that is not there, and when it never does. */
  async until(holds: () => boolean): Promise<void> {
    let seen = this.events.length;
    await this.swarm.world.runUntil(() => {
      this.#haves.look();
      for (; seen < this.engine.events.length; seen++) {
        const event = this.engine.events[seen];
        if (event !== undefined) this.events.push({ atMs: this.nowMs, event });
      }
      return holds();
    }, patienceMs);
  }

  async run(forMs: number): Promise<void> {
    const untilMs = this.nowMs + forMs;
    this.swarm.world.scheduler.after(forMs, () => {});
    await this.until(() => this.nowMs >= untilMs);
  }

  /** When the peer at `host` was said to have come, or gone, for the first time since `sinceMs`. */
  saidAtMs(host: string, connected: boolean, sinceMs = 0): number | undefined {
    return this.events.find(
      ({ atMs, event }) =>
        atMs >= sinceMs &&
        event.event === "peer" &&
        event.connected === connected &&
        event.address.startsWith(`${host}:`),
    )?.atMs;
  }
}
