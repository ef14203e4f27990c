// Engines behind routers, and an engine of the internet that brings them together (BEP 55), in virtual time.

import test from "ava";
import type { NatOptions } from "@troupe/actor-runtime/simulated";
import {
  downloadFolder,
  enginePort,
  startSimulatedEngine,
  type SimulatedEngine,
} from "../support/simulated/engine/engine.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { calmScenario, engineHost, type Scenario } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const minuteMs = 60_000;
const pairs = isLong ? 10 : 2;
const routers = ["45.20.1.1", "45.21.1.1"] as const;

/** The four kinds of routers. */
const kinds = {
  "full cone": { letsIn: "any" },
  "address-restricted": { letsIn: "hosts" },
  "port-restricted": { letsIn: "addresses" },
  symmetric: { letsIn: "addresses", isSymmetric: true },
} as const satisfies Readonly<Record<string, Partial<NatOptions>>>;

type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];

/** Neither side knows the port that the other's router will let the datagrams leave from. */
const hopeless: readonly string[] = ["symmetric symmetric", "port-restricted symmetric"];

/** Two leechers behind routers, and one of the internet, whose address alone a tracker names. */
async function meeting(seed: number, pair: readonly [Kind, Kind], changes: Partial<Scenario> = {}) {
  const swarm = new SimulatedSwarm(calmScenario(seed, { fileLengths: [65_536], ...changes }));
  const { torrent, world } = swarm;
  const relay = await swarm.addEngine(engineHost);
  swarm.tracker.add({ host: engineHost, port: enginePort });
  const behind: SimulatedEngine[] = [];
  for (const [place, kind] of pair.entries()) {
    const nat = { host: routers[place] ?? "", ...kinds[kind] };
    const addresses = [`192.168.${place}.9`];
    const machine = world.machine({ addresses, nat, name: `behind ${nat.host}` });
    machine.disk.makeFolder(downloadFolder);
    // One after the other, for the same trace each time.
    // oxlint-disable-next-line no-await-in-loop
    const engine = await world.settle(startSimulatedEngine({ machine }));
    engine.set({ transport: "utp" });
    behind.push(engine);
  }
  const engines = [relay, ...behind];
  // oxlint-disable-next-line no-await-in-loop
  for (const engine of engines) await world.settle(engine.add(torrent));
  return {
    engines,
    relay,
    behind,
    world,
    /** An engine behind a router is connected to the other. */
    haveMet: () => behind.every((engine, place) => isConnectedTo(engine, routers[1 - place])),
    event: (engine: SimulatedEngine, name: string) => eventsOf(engine).get(name) ?? 0,
  };

  function isConnectedTo(engine: SimulatedEngine, host: string | undefined): boolean {
    const peers = [...(engine.jobOf(torrent)?.peers.connected() ?? [])];
    return peers.some((peer) => peer.host === host);
  }
}

/** The steps of holepunching that an engine has counted. */
function eventsOf({ engine }: SimulatedEngine): ReadonlyMap<string, number> {
  const series = engine?.metrics.holepunches.read() ?? [];
  return new Map(series.map(({ labels, value }) => [labels["event"] ?? "", value]));
}

for (const [place, first] of names.entries()) {
  for (const second of names.slice(place)) {
    const isHopeless = hopeless.includes(`${first} ${second}`);
    const end = isHopeless ? "do not meet" : "meet through a relay";
    test(`B07: ${pairs} pairs of engines behind routers, ${first} and ${second}, ${end}`, async (t) => {
      for (const seed of seedsFor(pairs)) {
        const pair = seed % 2 === 0 ? ([first, second] as const) : ([second, first] as const);
        // One world after the other.
        // oxlint-disable-next-line no-await-in-loop
        const { behind, engines, event, haveMet, relay, world } = await meeting(seed, pair);
        // oxlint-disable-next-line no-await-in-loop
        await world.runUntil(haveMet, 3 * minuteMs).catch(() => undefined);
        t.is(haveMet(), !isHopeless, `${seed}`);
        t.true(event(relay, "relayed") > 0, `${seed}`);
        t.true(
          behind.some((engine) => event(engine, "begun") > 0),
          `${seed}`,
        );
        t.deepEqual(
          engines.flatMap(({ crashes }) => crashes),
          [],
        );
      }
    });
  }
}

test("B07: engines with a private torrent send no message of holepunching", async (t) => {
  const pair = ["full cone", "full cone"] as const;
  const { engines, haveMet, world } = await meeting(1, pair, { isPrivate: true });
  await world.run(5 * minuteMs);
  t.false(haveMet());
  for (const engine of engines)
    t.deepEqual(
      [...eventsOf(engine).values()].filter((count) => count > 0),
      [],
    );
});
