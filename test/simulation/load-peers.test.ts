// The light peers of load tests at the production engine, in virtual time.

import test from "ava";
import { openPeers, type PeerGroupSettings } from "@troupe/load-peers";
import { Recorded } from "../../packages/load-peers/test/support/recorded.ts";
import { isLong } from "../support/lanes.ts";
import { enginePort, type SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const peers = isLong ? 30 : 8;

/** Peers of a group, each from an address of its own. */
function startPeers(swarm: SimulatedSwarm, changes: Partial<PeerGroupSettings>) {
  const { metainfo } = swarm.torrent;
  const content = Buffer.from(swarm.torrent.content);
  const hosts = Array.from({ length: peers }, (_, peer) => `45.50.0.${peer + 1}`);
  const recorded = new Recorded();
  const group = openPeers({
    ports: swarm.world.machine({ addresses: hosts }).ports("peers"),
    target: { host: engineHost, port: enginePort },
    torrent: {
      metainfo,
      content: {
        equals: (position, chunk, start, end) =>
          content.compare(chunk, start, end, position, position + end - start) === 0,
        copyTo: (position, lengthBytes, target, at) =>
          target.set(content.subarray(position, position + lengthBytes), at),
        close() {},
      },
    },
    behaviour: "leecher",
    take: { pieces: 4 },
    has: 0,
    pace: { kind: "depth", depth: 4 },
    downBytesPerSecond: undefined,
    upBytesPerSecond: undefined,
    delayMs: 0,
    extensions: ["fast", "extended"],
    transport: "tcp",
    encryption: "none",
    dials: "out",
    retryAfterMs: undefined,
    requestTimeoutMs: 30_000,
    handshakeTimeoutMs: 15_000,
    countsVisits: true,
    recorder: recorded,
    mayDial: () => true,
    ...changes,
  });
  for (const [peer, localHost] of hosts.entries()) {
    const stay = { kind: "end" } as const;
    group.arrive({ peer, visit: 0, seed: peer, stayMs: Infinity, localHost, stay });
  }
  return { group, recorded };
}

async function open(hasContent: boolean): Promise<[SimulatedSwarm, SimulatedEngine]> {
  const swarm = new SimulatedSwarm(calmScenario(1));
  const engine = await swarm.addEngine(engineHost, { maxPeers: 300 });
  if (hasContent) swarm.fillDisk(engine.machine);
  await swarm.world.settle(engine.add(swarm.torrent, hasContent ? "seed-only" : "download"));
  await swarm.world.runUntil(() => engine.jobs[0]?.state === "active");
  return [swarm, engine];
}

for (const extensions of [["fast", "extended"], []] as const) {
  test(`${peers} leechers take four pieces each of our seed, with the extensions [${extensions}]`, async (t) => {
    const [swarm, engine] = await open(true);
    const { group, recorded } = startPeers(swarm, { extensions });
    await swarm.world.runUntil(() => recorded.of("completed") === peers, 600_000);
    t.deepEqual(recorded.now, { complete: peers });
    t.is(recorded.of("wrong_blocks"), 0);
    t.deepEqual(recorded.labels("broken_rules"), []);
    t.is(recorded.of("closed_by_target"), 0);
    t.is(engine.jobs[0]?.peers.connectedCount, peers);
    await swarm.world.settle(group.end("cut"));
  });
}

test(`${peers} leechers over uTP take four pieces each of our seed`, async (t) => {
  const [swarm, engine] = await open(true);
  const { group, recorded } = startPeers(swarm, { transport: "utp" });
  await swarm.world.runUntil(() => recorded.of("completed") === peers, 600_000);
  t.is(recorded.latencies("utp_connect").length, peers);
  t.is(recorded.of("wrong_blocks"), 0);
  t.deepEqual(recorded.labels("broken_rules"), []);
  t.is(recorded.of("closed_by_target"), 0);
  t.is(engine.jobs[0]?.peers.connectedCount, peers);
  await swarm.world.settle(group.end("cut"));
});

test(`${peers} partial peers give our engine what they have, within the rules`, async (t) => {
  const [swarm, engine] = await open(false);
  const { group, recorded } = startPeers(swarm, {
    behaviour: "partial",
    has: 0.4,
    take: undefined,
    pace: { kind: "rate" },
    upBytesPerSecond: 100_000,
  });
  await swarm.world.runUntil(() => engine.jobs[0]?.isComplete === true, 600_000);
  t.true(recorded.of("bytes_up") >= swarm.torrent.content.length);
  t.deepEqual(recorded.labels("broken_rules"), []);
  t.is(recorded.of("closed_by_target"), 0);
  await swarm.world.settle(group.end("cut"));
});
