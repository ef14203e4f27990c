// Peers that name lies to the production engine by peer exchange (BEP 11), in virtual time.

import test from "ava";
import { DialWatch } from "../support/simulated/swarm/dial-watch.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { seedsFor } from "../support/seeds.ts";
import { honestSeeder, peerPort, type PeerScript } from "../support/simulated/swarm/peer.ts";
import type { ExchangeScript } from "../support/simulated/swarm/scripted-extensions.ts";
import { peerHost, SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const second = 1_000;
const hour = 3_600 * second;
const tellers = 10;
const liars = 3;
/** A machine that is there, and has nothing to do with the torrent. */
const victim = "45.99.0.1";
/**
 * Peers that the tracker does not name. Their addresses follow those of the tellers: with a wrong port of each they are few
 * enough for the thirty first dials a minute of their network.
 */
const hiddenHosts = Array.from({ length: 8 }, (_, n) => peerHost(tellers + 1 + n));
const tellerHosts = Array.from({ length: tellers }, (_, n) => peerHost(1 + n));
const peerHosts = new Set([...tellerHosts, ...hiddenHosts]);

type Names = ExchangeScript["names"];

function address(host: string, port = peerPort) {
  return { host, port, flags: 0 };
}

/** Tells the truth. */
const hiddenPeers: Names = () => hiddenHosts.map((host) => address(host));
const nothing: Names = () => [];
/** Other ports in each message, and addresses of the home network. */
const onlyVictim: Names = (message) => [
  ...Array.from({ length: 50 }, (_, n) => address(victim, 1_024 + ((message * 50 + n) % 64_512))),
  address("192.168.1.1", 80),
  address("127.0.0.1", 80),
];
/** Addresses that no machine has: their dials last until their time-out. */
const deadAddresses: Names = () => Array.from({ length: 200 }, (_, n) => address(`45.50.${n}.1`));
/** The hidden peers, at ports that they do not listen at. */
const wrongPorts: Names = () => hiddenHosts.map((host) => address(host, 2_001));

/** A leecher without pieces. */
function teller(names: Names, firstAfterMs = second): PeerScript {
  return { ...honestSeeder, hasShare: 0, peerExchange: { names, firstAfterMs } };
}

/** An engine that knows ten tellers; only they name the hidden peers, of which `there` are there. Liars speak first. */
async function join(seed: number, lies: Names, there = hiddenHosts.length) {
  const swarm = new SimulatedSwarm(calmScenario(seed));
  const { torrent, world } = swarm;
  world.machine({ addresses: [victim] });
  const engine = await swarm.addEngine(engineHost);
  const watch = new DialWatch(engine.machine, () => world.scheduler.nowMs);
  for (let n = 0; n < tellers; n++) {
    const script = n < liars ? teller(lies, second / 2) : teller(hiddenPeers);
    await swarm.addPeer(script);
  }
  const hides = { ...teller(nothing), isUnannounced: true };
  for (let n = 0; n < there; n++) await swarm.addPeer(hides);
  await world.settle(engine.add(torrent));
  const connected = (): string[] =>
    engine.allJobs.flatMap(({ peers }) => [...peers.connected()].map(({ host }) => host));
  const startMs = world.scheduler.nowMs;
  return {
    world,
    watch,
    connected,
    /** @returns Virtual time until all hidden peers that are there are connected. */
    untilFound: async (): Promise<number> => {
      await world.runUntil(() => connected().length === tellers + there, hour);
      return world.scheduler.nowMs - startMs;
    },
    end: () => world.settle(engine.stopTorrents()),
  };
}

test("case 62, case 88: a victim that 30 % of the tellers name on every port gets two dials an hour", async (t) => {
  const { end, watch, world } = await join(1, onlyVictim, 0);
  await world.run(hour + 5 * 60 * second);
  const dialled = watch.dials.filter(({ to }) => !peerHosts.has(to.host));
  t.deepEqual([...new Set(dialled.map(({ to }) => to.host))], [victim], "no local address");
  t.true(dialled.length > 0);
  for (const { atMs } of dialled) {
    const sinceThen = dialled.filter((dial) => dial.atMs >= atMs && dial.atMs < atMs + hour);
    t.true(sinceThen.length <= 2, `${sinceThen.length} dials in an hour`);
  }
  await end();
});

/** Unverified addresses are dialled once a second: honest ones wait for two such turns at most, and for their handshake. */
const mostLaterMs = 2 * second + 100;
const lies: readonly (readonly [string, Names])[] = [
  ["a victim on every port", onlyVictim],
  ["200 dead addresses each", deadAddresses],
  ["wrong ports of honest peers", wrongPorts],
];

for (const [name, names] of lies) {
  test(`case 62: peers are found as fast although 30 % of the tellers name ${name}`, async (t) => {
    for (const seed of seedsFor(1)) {
      const foundMs: number[] = [];
      for (const told of [nothing, names]) {
        // One world after the other.
        // oxlint-disable-next-line no-await-in-loop
        const swarm = await join(seed, told);
        // oxlint-disable-next-line no-await-in-loop
        foundMs.push(await swarm.untilFound());
        // oxlint-disable-next-line no-await-in-loop
        await swarm.end();
      }
      const [without = 0, beside = 0] = foundMs;
      t.log(`seed ${seed}: ${without} ms without lies, ${beside} ms beside them`);
      t.true(beside <= without + mostLaterMs, `seed ${seed}: ${without} ms, ${beside} ms`);
    }
  });
}
