// A download in virtual time, and a machine that connects to the engine again and again meanwhile.

import type { StreamHandlers } from "@troupe/actor-runtime";
import { untilWhole } from "./download.ts";
import { enginePort } from "../engine/engine.ts";
import { honestSeeder } from "../swarm/peer.ts";
import { calmScenario, engineHost } from "./scenario.ts";
import { SimulatedSwarm } from "../swarm/swarm.ts";

/** The peers of a storm, and their behaviour. */
export interface Storm {
  /** Addresses of the internet that dial by turns. */
  readonly addresses: number;
  readonly connections: number;
  readonly handlers: StreamHandlers;
}

/** The outcome. */
export interface StormReport {
  readonly downloadMs: number;
  /** Connections that were dialled before the download was whole. */
  readonly dialled: number;
  /** Most connections of the engine, of all kinds, at any message. */
  readonly mostConnections: number;
}

/** Dials of the storm in a millisecond of virtual time. */
const dialsPerMs = 4;

/** Runs the storm from the start of the download on, which takes longer than they do. */
export async function runStorm({ addresses, connections, handlers }: Storm): Promise<StormReport> {
  const scenario = calmScenario(59);
  const swarm = new SimulatedSwarm(scenario);
  const { world } = swarm;
  await swarm.addPeer({ ...honestSeeder, leastServeMs: 20 });
  const engine = await swarm.addEngine(engineHost, { maxPeers: 200 });
  const hosts = Array.from({ length: addresses }, (_, n) => `45.50.${n >> 8}.${n & 255}`);
  const stranger = addresses === 0 ? undefined : world.machine({ addresses: hosts });
  const startedAtMs = world.scheduler.nowMs;
  let dialled = 0;
  const storm = world.scheduler.every(1, () => {
    const last = Math.min(connections, dialled + dialsPerMs);
    for (; stranger !== undefined && dialled < last; dialled++) {
      const localHost = hosts[dialled % hosts.length] ?? "";
      const to = { host: engineHost, port: enginePort };
      stranger.sockets.dial(to, handlers, { timeoutMs: 60_000, localHost });
    }
  });
  let mostConnections = 0;
  await world.settle(engine.add(swarm.torrent));
  await untilWhole([swarm], [engine], scenario, () => {
    const now = engine.workers.reduce((sum, worker) => sum + worker.connections.size, 0);
    mostConnections = Math.max(mostConnections, now);
    return true;
  });
  storm.cancel();
  return { downloadMs: world.scheduler.nowMs - startedAtMs, dialled, mostConnections };
}
