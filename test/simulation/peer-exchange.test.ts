// Peer exchange (BEP 11) of the production engine with scripted peers, in virtual time.

import test from "ava";
import { addressKey } from "@troupe/protocol/address";
import { PexFlag } from "@troupe/protocol/peer";
import { patienceMs } from "../support/simulated/runs/download.ts";
import { calmScenario, engineHost, type Scenario } from "../support/simulated/runs/scenario.ts";
import { DialWatch } from "../support/simulated/swarm/dial-watch.ts";
import {
  honestSeeder,
  peerPort,
  type PeerScript,
  type SimulatedPeer,
} from "../support/simulated/swarm/peer.ts";
import type { ExchangeScript } from "../support/simulated/swarm/scripted-extensions.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const minuteMs = 60_000;
/** Where peers of the first swarm are, in the order in which they are added. */
const hostOf = (number: number): string => `45.10.2.${number}`;
/** Delay of the network, more or less. */
const delayMs = 1_000;
const victim = "45.99.0.1";

const silent: ExchangeScript = { names: () => [] };
const idle: PeerScript = { ...honestSeeder, hasShare: 0, peerExchange: silent };
const hidden: PeerScript = { ...honestSeeder, peerExchange: silent, isUnannounced: true };

/** A leecher without pieces that names peers in each message. */
function teller(...hosts: readonly string[]): PeerScript {
  const named = hosts.map((host) => ({ host, port: peerPort, flags: 0 }));
  return { ...idle, peerExchange: { names: () => named } };
}

/** An engine that has joined a swarm of these peers. */
async function join(peers: readonly PeerScript[], changes: Partial<Scenario> = {}) {
  const scenario = calmScenario(1, changes);
  const swarm = new SimulatedSwarm(scenario);
  const { torrent, world } = swarm;
  const engine = await swarm.addEngine(engineHost);
  const watch = new DialWatch(engine.machine, () => world.scheduler.nowMs);
  const met: SimulatedPeer[] = [];
  // One after the other, for their addresses.
  // oxlint-disable-next-line no-await-in-loop
  for (const script of peers) met.push(await swarm.addPeer(script));
  const added = scenario.isMagnet === true ? engine.addLink(torrent) : engine.add(torrent);
  await world.settle(added);
  return {
    engine,
    peers: met,
    world,
    torrent,
    dialled: () => new Set(watch.dials.map(({ to }) => to.host)),
    isComplete: () => engine.jobOf(torrent)?.isComplete === true,
    end: () => world.settle(engine.stopTorrents()),
  };
}

/** All that a peer was told, as signs and addresses. */
function told({ toldPeers }: SimulatedPeer): string[] {
  return toldPeers.flatMap(({ added, dropped }) => [
    ...added.map(({ host, port }) => `+${addressKey(host, port)}`).toSorted(),
    ...dropped.map(({ host, port }) => `-${addressKey(host, port)}`).toSorted(),
  ]);
}

test("a peer that the tracker does not name is found through another peer", async (t) => {
  const { end, isComplete, world } = await join([teller(hostOf(2)), hidden]);
  await world.runUntil(isComplete, patienceMs);
  t.true(isComplete());
  await end();
});

test("connected peers are told of each other, and of the end of one a minute later", async (t) => {
  const away = { ...idle, away: { fromMs: 30_000, toMs: 60 * minuteMs } };
  const { end, peers, world } = await join([idle, idle, away]);
  await world.run(5 * minuteMs);
  const [first, second, third] = peers;
  if (first === undefined || second === undefined || third === undefined) return t.fail();
  const [a, b, c] = [1, 2, 3].map((number) => `${hostOf(number)}:${peerPort}`);
  t.deepEqual(told(first), [`+${b}`, `+${c}`, `-${c}`]);
  t.deepEqual(told(second), [`+${a}`, `+${c}`, `-${c}`]);
  t.deepEqual(told(third), [`+${a}`, `+${b}`]);
  for (const { toldPeers } of peers) {
    t.true(toldPeers[0]?.added.every(({ flags }) => flags === PexFlag.isReachable));
    for (const [place, { atMs }] of toldPeers.entries())
      t.true(place === 0 || atMs - (toldPeers[place - 1]?.atMs ?? 0) > minuteMs - delayMs);
  }
  await end();
});

test("after a crash of a peer-worker or of the engine, peers exchange anew over their new connections", async (t) => {
  const { end, engine, peers, world } = await join([idle, idle]);
  const [first] = peers;
  if (first === undefined) return t.fail();
  for (const actor of [undefined, "peer-0", "engine"]) {
    if (actor !== undefined) engine.kill(actor);
    const before = first.toldPeers.length;
    // One crash after the other.
    // oxlint-disable-next-line no-await-in-loop
    await world.runUntil(() => first.toldPeers.length > before, 2 * minuteMs);
    t.deepEqual(told(first).at(-1), `+${hostOf(2)}:${peerPort}`);
  }
  t.is(first.toldPeers.length, 3);
  await end();
});

test("a paused torrent goes on to exchange peers; after a stop its next run begins anew", async (t) => {
  const { end, engine, peers, world, torrent } = await join([idle, idle]);
  const [first] = peers;
  const job = engine.jobOf(torrent);
  if (first === undefined || job === undefined) return t.fail();
  job.life.pause();
  await world.run(minuteMs);
  t.deepEqual(told(first), [`+${hostOf(2)}:${peerPort}`]);
  await world.settle(job.life.stop());
  await world.run(5 * minuteMs);
  t.is(told(first).length, 1);
  job.life.start(undefined);
  await world.runUntil(() => told(first).length > 1, 2 * minuteMs);
  t.deepEqual(told(first).at(-1), `+${hostOf(2)}:${peerPort}`);
  await end();
});

for (const isPrivate of [true, false]) {
  const what = isPrivate ? "no message" : "messages";
  test(`${isPrivate ? "a private torrent" : "the same torrent without the flag"} exchanges ${what} with its peers`, async (t) => {
    const { dialled, end, peers, world } = await join([teller(victim), idle], { isPrivate });
    await world.run(5 * minuteMs);
    const messages = peers.flatMap(({ toldPeers }) => toldPeers).length;
    if (isPrivate) t.is(messages, 0);
    else t.true(messages > 0);
    t.is(dialled().has(victim), !isPrivate);
    await end();
  });
}

test("a magnet that turns out private ends its exchange, and closes the peers that it brought", async (t) => {
  const late = { ...honestSeeder, away: { fromMs: 0, toMs: 2 * minuteMs } };
  const staying = { ...late, hasShare: 0 };
  for (const isPrivate of [true, false]) {
    const peers: readonly PeerScript[] = [
      teller(hostOf(2), victim),
      { ...hidden, hasShare: 0 },
      { ...late, metadata: { answers: "rightly" } },
      staying,
    ];
    // One world after the other.
    // oxlint-disable-next-line no-await-in-loop
    const swarm = await join(peers, { isMagnet: true, isPrivate });
    const { engine, end, isComplete, peers: met, world } = swarm;
    // oxlint-disable-next-line no-await-in-loop
    await world.run(2 * minuteMs - 1_000);
    const [first] = met;
    if (first === undefined) return t.fail();
    const connected = (): string[] =>
      engine.allJobs.flatMap(({ peers }) => [...peers.connected()].map(({ host }) => host));
    t.deepEqual(told(first), [`+${hostOf(2)}:${peerPort}`]);
    t.true(connected().includes(hostOf(2)));
    // oxlint-disable-next-line no-await-in-loop
    await world.runUntil(isComplete, patienceMs);
    // oxlint-disable-next-line no-await-in-loop
    await world.run(5 * minuteMs);
    t.is(connected().includes(hostOf(2)), !isPrivate);
    t.is(told(first).length > 1, !isPrivate);
    t.true(swarm.dialled().has(victim));
    // oxlint-disable-next-line no-await-in-loop
    await end();
  }
});
