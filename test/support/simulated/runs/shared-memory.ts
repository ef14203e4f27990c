// Many downloads of one engine that share its memory, looked at ten times a second of virtual time.

import { Total } from "@troupe/messages";
import type { TorrentContent } from "../../../../packages/peer-worker/src/torrent.ts";
import type { SimulatedEngine } from "../engine/engine.ts";
import { stopAndLook } from "./download.ts";
import { engineHost, type Scenario } from "./scenario.ts";
import { SimulatedSwarm } from "../swarm/swarm.ts";

const lookEveryMs = 100;

/** One torrent and the way to each of its peers. */
export interface SharedDownload {
  readonly scenario: Scenario;
  readonly bytesPerSecond: number;
}

/** How one torrent has fared. */
export interface Fare {
  readonly swarm: SimulatedSwarm;
  /** The longest time without an open piece while a peer was ready to send. */
  longestWaitMs: number;
  /** The longest time between two pieces that were had. */
  longestGapMs: number;
  /** When it was first seen complete. */
  wholeAtMs: number | undefined;
  waitsSinceMs: number | undefined;
  hadCount: number;
  hadAtMs: number;
}

/** Downloads several torrents with one engine and keeps account of each. */
export class SharedMemoryRun {
  readonly engine: SimulatedEngine;
  readonly fares: readonly Fare[];
  /** When all torrents had been added. */
  readonly startMs: number;

  private constructor(engine: SimulatedEngine, fares: readonly Fare[]) {
    this.engine = engine;
    this.fares = fares;
    this.startMs = this.nowMs;
  }

  /** Starts all peers and the engine, and adds the torrents in this order. The first scenario decides the engine. */
  static async start(downloads: readonly SharedDownload[]): Promise<SharedMemoryRun> {
    const swarms: SimulatedSwarm[] = [];
    for (const { scenario } of downloads) {
      const within = swarms.at(-1);
      swarms.push(new SimulatedSwarm(scenario, within === undefined ? {} : { within }));
    }
    const [first] = swarms;
    const [download] = downloads;
    if (first === undefined || download === undefined) throw new Error("bug: no torrent is given");
    const engine = await first.addEngine(engineHost, { ...download.scenario, maxPeers: 40 });
    for (const [at, swarm] of swarms.entries()) {
      const { scenario, bytesPerSecond } = downloads[at] ?? download;
      for (const script of scenario.peers) {
        const peer = await swarm.addPeer(script);
        swarm.world.network.setConditions(engineHost, peer.address.host, { bytesPerSecond });
      }
    }
    for (const swarm of swarms) await first.world.settle(engine.add(swarm.torrent));
    const hadAtMs = first.world.scheduler.nowMs;
    const fares = swarms.map((swarm) => ({
      swarm,
      longestWaitMs: 0,
      longestGapMs: 0,
      wholeAtMs: undefined,
      waitsSinceMs: undefined,
      hadCount: 0,
      hadAtMs,
    }));
    return new SharedMemoryRun(engine, fares);
  }

  get nowMs(): number {
    return this.#world.scheduler.nowMs;
  }

  /** Runs until `isOver`, `withinMs` at most. @returns Whether it came to that. */
  async run(withinMs: number, isOver: () => boolean): Promise<boolean> {
    const untilMs = this.nowMs + withinMs;
    while (this.nowMs < untilMs) {
      if (isOver()) return true;
      await this.#world.run(lookEveryMs);
      for (const fare of this.fares) this.#look(fare);
    }
    return isOver();
  }

  /** Stops the engine, which frees the memory of the run. @returns Anything that is left, one line each. */
  end(): Promise<readonly string[]> {
    const [{ swarm }] = this.fares as readonly [Fare];
    return stopAndLook(swarm, this.engine);
  }

  /** Bytes that came for nothing, of all torrents or of one. */
  wastedBytes(of?: Fare): number {
    const jobs = of === undefined ? this.engine.jobs : [this.engine.jobOf(of.swarm.torrent)];
    const tables = jobs.flatMap((job) => job?.content.traffic.tables ?? []);
    return tables.reduce((sum, table) => sum + (table?.totals[Total.wastedBytes] ?? 0), 0);
  }

  /** The state of the run, printed when it fails. */
  picture(): string {
    const had = this.fares.map(({ hadCount, longestGapMs }) => `${hadCount} (${longestGapMs} ms)`);
    return `at ${this.nowMs} ms had, and longest gap: ${had.join(", ")}`;
  }

  get #world() {
    const [{ swarm }] = this.fares as readonly [Fare];
    return swarm.world;
  }

  #look(fare: Fare): void {
    const { nowMs } = this;
    const job = this.engine.jobOf(fare.swarm.torrent);
    if (job === undefined || fare.wholeAtMs !== undefined) return;
    const { hadCount, isComplete } = job.content.ledger;
    if (hadCount === fare.hadCount) {
      fare.longestGapMs = Math.max(fare.longestGapMs, nowMs - fare.hadAtMs);
    } else {
      fare.hadCount = hadCount;
      fare.hadAtMs = nowMs;
    }
    if (isComplete) fare.wholeAtMs = nowMs;
    const torrents = this.engine.workers.map(({ torrents: open }) => open.get(job.id)?.content);
    if (isComplete || !torrents.some(waits)) fare.waitsSinceMs = undefined;
    else fare.waitsSinceMs ??= nowMs;
    const waitsMs = nowMs - (fare.waitsSinceMs ?? nowMs);
    fare.longestWaitMs = Math.max(fare.longestWaitMs, waitsMs);
  }
}

/** A peer is ready to send, and no piece is open or on its way to the disk. */
function waits(content: TorrentContent | undefined): boolean {
  if (content === undefined || content.leases.open.size > 0 || content.leases.sealed.size > 0) {
    return false;
  }
  return [...content.torrent.sessions].some(
    ({ wire, amChokedByPeer, amInterested }) =>
      wire.phase === "open" && !amChokedByPeer && amInterested,
  );
}
