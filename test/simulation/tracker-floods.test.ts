// Trackers that name thousands of ports of a victim, and every address of its network, to the production engine, in
// virtual time.

import test from "ava";
import type { Address } from "@troupe/actor-runtime";
import { isLong } from "../support/lanes.ts";
import { DialWatch, type WatchedDial } from "../support/simulated/swarm/dial-watch.ts";
import { patienceMs } from "../support/simulated/runs/download.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const second = 1_000;
const minute = 60 * second;
const network = "45.99.0.";
const victim = `${network}1`;

/** Addresses before the honest one. A reply has room for 10,000. */
const liesCount = isLong ? 9_999 : 3_999;
/** Ports of each neighbour of the victim. */
const portsEach = isLong ? 20 : 8;
const attackMs = (isLong ? 10 : 5) * minute;
const manyPorts: readonly Address[] = Array.from({ length: liesCount }, (_, n) => ({
  host: victim,
  port: 1 + n,
}));
const wholeNetwork: readonly Address[] = Array.from({ length: 253 * portsEach }, (_, n) => ({
  host: `${network}${2 + (n % 253)}`,
  port: 2_000 + Math.floor(n / 253),
}));

/** The most dials that begin within a minute. */
function mostInMinute(dials: readonly WatchedDial[]): number {
  const counts = dials.map(
    ({ atMs }) => dials.filter((other) => other.atMs >= atMs && other.atMs < atMs + minute).length,
  );
  return Math.max(0, ...counts);
}

/** An engine with torrents whose trackers all name these addresses, before an honest seeder. */
async function attack(lies: readonly Address[], refuses: boolean, torrents = 1) {
  const first = new SimulatedSwarm(calmScenario(1));
  const { world } = first;
  const swarms = [first];
  for (let n = 1; n < torrents; n++)
    swarms.push(new SimulatedSwarm(calmScenario(1), { within: swarms.at(-1) ?? first }));
  const addresses = [...new Set(lies.map(({ host }) => host))];
  // No packet comes back from an address without a machine.
  if (refuses) world.machine({ addresses });
  for (const swarm of swarms) {
    for (const address of lies) swarm.tracker.add(address);
    // The peers of one torrent after those of the others.
    // oxlint-disable-next-line no-await-in-loop
    await swarm.addPeer(honestSeeder);
  }
  const engine = await first.addEngine(engineHost, { maxPeers: 200 });
  const watch = new DialWatch(engine.machine, () => world.scheduler.nowMs);
  const startMs = world.scheduler.nowMs;
  await world.settle(Promise.all(swarms.map(({ torrent }) => engine.add(torrent))));
  const isWhole = () =>
    swarms.every(({ torrent }) => engine.jobOf(torrent)?.content.ledger.isComplete === true);
  await world.runUntil(isWhole, patienceMs);
  const wholeAfterMs = world.scheduler.nowMs - startMs;
  await world.run(attackMs);
  await world.settle(engine.stopTorrents());
  return { wholeAfterMs, dials: watch.dials };
}

for (const [behaviour, refuses] of [
  ["refuses", true],
  ["is silent", false],
] as const) {
  test(`a host that ${behaviour} and whose ${liesCount} ports a tracker names is dialled 8 times a minute at most`, async (t) => {
    const { dials, wholeAfterMs } = await attack(manyPorts, refuses);
    const attacked = dials.filter(({ to }) => to.host === victim);
    t.true(mostInMinute(attacked) <= 8, `${mostInMinute(attacked)} dials`);
    t.true(attacked.length >= 4);
    t.true(wholeAfterMs < 30 * second, `whole after ${wholeAfterMs} ms`);
  });

  test(`a network that ${behaviour} and that trackers of five torrents name is dialled 60 times a minute at most`, async (t) => {
    const lies = [...manyPorts.slice(wholeNetwork.length), ...wholeNetwork];
    const { dials, wholeAfterMs } = await attack(lies, refuses, 5);
    const attacked = dials.filter(({ to }) => to.host.startsWith(network));
    t.true(mostInMinute(attacked) <= 60, `${mostInMinute(attacked)} dials`);
    t.true(attacked.length >= 30);
    const atVictim = attacked.filter(({ to }) => to.host === victim);
    t.true(mostInMinute(atVictim) <= 8, `${mostInMinute(atVictim)} dials at the victim`);
    t.true(wholeAfterMs < 30 * second, `whole after ${wholeAfterMs} ms`);
  });
}
