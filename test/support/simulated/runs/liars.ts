// Swarms in which some peers lie: who they are, how they do it, and who has been banned in the end.

import { SeededRandom } from "@troupe/actor-runtime/simulated";
import { stopAndLook, untilWhole } from "./download.ts";
import type { SimulatedEngine } from "../engine/engine.ts";
import { DiskView } from "../engine/invariants.ts";
import { honestSeeder, type PeerScript, type SimulatedPeer } from "../swarm/peer.ts";
import { engineHost, roughScenario, type Scenario } from "./scenario.ts";
import { SimulatedSwarm } from "../swarm/swarm.ts";

/** The script of a peer that sends wrong data. */
export interface Lie extends Partial<PeerScript> {
  readonly lieChance: number;
  /** It waits with its lies until the engine has this share of the pieces. */
  readonly fromShare?: number;
}

/** Ways to lie. */
export const lies = {
  always: { lieChance: 1 },
  oneOf16: { lieChance: 1 / 16 },
  /** Slow, so that it still owes blocks when the others have none left. */
  inTheEnd: { lieChance: 1, fromShare: 0.8, leastServeMs: 60 },
  andLeave: { lieChance: 0.5, leavesAfterLie: true },
} as const satisfies Record<string, Lie>;

/** The outcome of a run with liars. */
export interface LiarRun {
  readonly engine: SimulatedEngine;
  readonly downloadMs: number;
  /** Liars that have sent a wrong block. */
  readonly lied: readonly string[];
  /** Copies of pieces that failed their hash: wrong blocks that were taken. */
  readonly failures: number;
  /** Hosts that are banned when everything is had. */
  readonly banned: readonly string[];
  /** Hosts among them that never lied. */
  readonly innocent: readonly string[];
  /** Sentences about everything that should not be; empty when all is well. */
  readonly violations: readonly string[];
}

/** Twenty peers of which the last ones lie, over a network of any kind. */
export function liarScenario(
  seed: number,
  liars: readonly Lie[],
  changes: Partial<Scenario> = {},
): Scenario {
  const random = new SeededRandom(`liars ${seed}`);
  const peers = Array.from({ length: 20 }, (_, place): PeerScript => {
    const honest = {
      ...honestSeeder,
      unchokeAfterMs: random.integer(500),
      leastServeMs: 1 + random.integer(40),
      serveJitterMs: random.integer(20),
    };
    return { ...honest, ...liars[place - 20 + liars.length] };
  });
  const { conditions, memoryBytes, pieceLengthBytes, peerWorkers } = roughScenario(seed);
  const calm = { messageDelayMs: 1, trackerFailChance: 0, kills: [] };
  return {
    seed,
    peers,
    conditions,
    memoryBytes,
    pieceLengthBytes,
    peerWorkers,
    ...calm,
    ...changes,
  };
}

/** Downloads and looks at who was banned. */
export async function runWithLiars(scenario: Scenario): Promise<LiarRun> {
  const swarm = new SimulatedSwarm(scenario);
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost, scenario);
  const peers: SimulatedPeer[] = [];
  for (const script of scenario.peers) {
    const peer = await swarm.addPeer(script);
    const { fromShare = 0 } = script as Lie;
    peer.mayLie = () =>
      (engine.jobOf(torrent)?.content.ledger.hadCount ?? 0) >= fromShare * peer.has.length;
    peers.push(peer);
  }
  await world.settle(engine.add(torrent));
  const downloadMs = await untilWhole([swarm], [engine], scenario);
  await swarm.settle();
  const directory = engine.jobOf(torrent)?.directory;
  const nowMs = engine.engine?.context.clock.nowMs() ?? 0;
  const banned = peers.filter(
    ({ address: { host, port } }) => directory?.isBanned(host, port, nowMs) === true,
  );
  return {
    engine,
    downloadMs,
    failures: engine.events.filter((event) => event.event === "piece" && !event.verified).length,
    lied: hostsOf(peers.filter((peer) => peer.lies > 0)),
    banned: hostsOf(banned),
    innocent: hostsOf(banned.filter((peer) => peer.lies === 0)),
    violations: [
      ...new DiskView(engine, torrent).differences(),
      ...(await stopAndLook(swarm, engine)),
    ],
  };
}

function hostsOf(peers: readonly SimulatedPeer[]): readonly string[] {
  return peers.map(({ address }) => address.host);
}
