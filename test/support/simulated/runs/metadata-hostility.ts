// One misbehaving peer against the production engine that has a magnet link alone, in virtual time. An honest seeder
// with the metadata comes later.

import { stopAndLook, untilWhole } from "./download.ts";
import { enginePort } from "../engine/engine.ts";
import { DiskView } from "../engine/invariants.ts";
import { reasonsOf, Visits, watchSessions, type HostileReport } from "./hostility.ts";
import { honestSeeder } from "../swarm/peer.ts";
import { calmScenario, engineHost } from "./scenario.ts";
import { SimulatedSwarm } from "../swarm/swarm.ts";
import type { HostilePeer } from "@troupe/load-peers/misbehaving";

/** The misbehaving peer has the engine for itself until then. */
const honestAfterMs = 15_000;
/** Long enough for the idle deadline of a peer that falls silent. */
const longestMs = 185_000;
const bytesPerSecond = 1_000_000;
/** The blocks of this metadata are twenty. */
const metadataPaddingBytes = 310_000;
const sampleMs = 100;

/**
 * The outcome. `heldBytes` has the blocks of metadata too; `downloadMs` begins with the honest seeder's connection.
 */
export type MetadataHostilityReport = Omit<HostileReport, "connections" | "dials" | "wastedBytes">;

/** Lets the peer misbehave for three minutes, while the download runs to its end. */
export async function meetWithoutMetadata(peer: HostilePeer): Promise<MetadataHostilityReport> {
  const scenario = calmScenario(1, { isMagnet: true, metadataPaddingBytes });
  const swarm = new SimulatedSwarm(scenario);
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost, scenario);
  await world.settle(engine.addLink(torrent));
  await world.runUntil(() => engine.allJobs[0]?.state === "metadata");
  const beganAtMs = world.scheduler.nowMs;
  const visits = new Visits(peer, swarm, bytesPerSecond);
  visits.begin();
  const held = watchSessions(engine, swarm);
  let metadataBytes = 0;
  const look = world.scheduler.every(sampleMs, () => {
    const bytes = engine.allJobs[0]?.magnet?.fetch?.heldBytes ?? 0;
    metadataBytes = Math.max(metadataBytes, bytes);
  });
  await world.run(honestAfterMs);
  const ownMetadataBytes = metadataBytes;
  const metadata = { answers: "rightly" } as const;
  const dials = [{ host: engineHost, port: enginePort }];
  await swarm.addPeer({ ...honestSeeder, metadata, dials });
  const wholeAtMs = await untilWhole([swarm], [engine], scenario);
  await world.run(Math.max(0, beganAtMs + longestMs - wholeAtMs));
  visits.end();
  await swarm.settle();
  held.stop();
  look.cancel();
  const violations = [
    ...(await stopAndLook(swarm, engine)),
    ...new DiskView(engine, torrent).differences(),
  ];
  return {
    reasons: reasonsOf(engine),
    closedAfterMs: Math.min(visits.firstClosedAtMs ?? Infinity, held.firstGoneAtMs) - beganAtMs,
    sentBytes: visits.lines.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
    heardBytes: visits.lines.reduce((sum, { heardBytes }) => sum + heardBytes, 0),
    heldBytes: held.mostBytes + ownMetadataBytes,
    downloadMs: wholeAtMs - beganAtMs - honestAfterMs,
    violations,
  };
}
