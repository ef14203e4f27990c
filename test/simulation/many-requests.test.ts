// Peers that send 30,000 requests at once, far more than we keep.

import test from "ava";
import { stopAndLook, untilWhole } from "../support/simulated/runs/download.ts";
import type { SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { SimulatedGreedyPeer, type GreedyPlan } from "../support/simulated/swarm/greedy-peer.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

/** Requests for the first file, which the engine has from the start. */
const plan: GreedyPlan = { requests: 30_000, stretchBytes: 32, serves: false };

interface Scene {
  readonly swarm: SimulatedSwarm;
  readonly engine: SimulatedEngine;
  readonly peers: readonly SimulatedGreedyPeer[];
}

async function scene(
  count: number,
  plan: GreedyPlan,
  bytesPerSecond = 100_000_000,
): Promise<Scene> {
  const swarm = new SimulatedSwarm(calmScenario(1, { conditions: { bytesPerSecond } }));
  const { world, torrent } = swarm;
  const engine = await swarm.addEngine(engineHost);
  swarm.fillDisk(engine.machine, torrent.files.slice(0, 1));
  await world.settle(engine.add(torrent));
  await world.runUntil(() => engine.jobs[0]?.state === "active");
  const peers = Array.from({ length: count }, (_, peer) => {
    const machine = world.machine({ addresses: [`45.20.0.${peer + 1}`] });
    return new SimulatedGreedyPeer(machine, torrent, plan);
  });
  for (const peer of peers) peer.start();
  return { swarm, engine, peers };
}

test("a peer that sends 30,000 requests at once gets every block, over one connection", async (t) => {
  const { swarm, engine, peers } = await scene(1, plan);
  await swarm.world.runUntil(() => peers.every(({ isSatisfied }) => isSatisfied), 600_000);
  t.is(peers[0]?.connections, 1);
  t.deepEqual(await stopAndLook(swarm, engine), []);
});

test("two peers that send 30,000 requests each and serve us get theirs, and we get ours", async (t) => {
  const { swarm, engine, peers } = await scene(2, { ...plan, serves: true }, 300_000);
  const areSatisfied = (): boolean => peers.every(({ isSatisfied }) => isSatisfied);
  await untilWhole([swarm], [engine], { seed: 1, kills: [] }, areSatisfied);
  // They owe us blocks when they ask: that is too much once, and no offence. From then on we serve them first.
  t.deepEqual(partings(engine), ["too-many-requests", "too-many-requests"]);
  t.true(peers.every(({ connections }) => connections === 2));
  t.deepEqual(await stopAndLook(swarm, engine), []);
});

test("a peer that is choked while it is not read keeps its connection, and gets every block in the end", async (t) => {
  const { swarm, engine, peers } = await scene(1, plan, 100_000);
  const { world } = swarm;
  await world.runUntil(() => isHeld(engine), 60_000);
  engine.pause();
  await world.runUntil(() => !isHeld(engine), 1_000);
  t.is(peers[0]?.chokes, 0, "the choke is still behind blocks");
  await world.run(5_000);
  t.is(peers[0]?.chokes, 1);
  engine.resume();
  await world.runUntil(() => peers.every(({ isSatisfied }) => isSatisfied), 600_000);
  t.is(peers[0]?.connections, 1);
  t.deepEqual(partings(engine), []);
  t.deepEqual(await stopAndLook(swarm, engine), []);
});

/** Why peers were closed so far. */
function partings({ events }: SimulatedEngine): readonly string[] {
  return events.flatMap((said) =>
    said.event === "peer" && !said.connected ? [said.reason ?? "none"] : [],
  );
}

/** Whether a peer is not read for its requests. */
function isHeld({ workers }: SimulatedEngine): boolean {
  return workers.some(({ torrents }) =>
    [...torrents.values()].some(({ sessions }) =>
      [...sessions].some((peer) => peer.wire.isReadingPaused),
    ),
  );
}
