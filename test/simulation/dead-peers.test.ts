// Dead addresses by the thousand, and peers that leave: what is dialled, when, and what it costs the download.

import test from "ava";
import type { Address, Stream } from "@troupe/actor-runtime";
import { isLong } from "../support/lanes.ts";
import { DialWatch } from "../support/simulated/swarm/dial-watch.ts";
import { patienceMs, stopAndLook, untilWhole } from "../support/simulated/runs/download.ts";
import type { SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { honestSeeder, type PeerScript } from "../support/simulated/swarm/peer.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const second = 1_000;
/** Addresses that refuse a dial, and that do not answer it: the last ones take several lots of half-open places. */
const [refuserCount, silentCount] = isLong ? [8_999, 1_000] : [1_399, 600];
/** Three seconds for each lot of 200 silent ones. */
const firstPieceMs = (3 * second * silentCount) / 200;
/** A host of a network of its own for each `n`. */
function hostIn(block: number, n: number): string {
  return `${block}.${n >> 8}.${n & 255}.1`;
}

/** A swarm whose tracker names these first, and an engine that may connect to many. */
async function scene(dead: readonly Address[], good: readonly PeerScript[] = [honestSeeder]) {
  const scenario = calmScenario(10);
  const swarm = new SimulatedSwarm(scenario);
  const { world } = swarm;
  const refusers = dead.map(({ host }) => host).filter((host) => isRefusing(host));
  // A machine that is there and listens nowhere.
  if (refusers.length > 0) world.machine({ addresses: refusers });
  for (const address of dead) swarm.tracker.add(address);
  for (const script of good) await swarm.addPeer(script);
  const engine = await swarm.addEngine(engineHost, { maxPeers: 200 });
  const watch = new DialWatch(engine.machine, () => world.scheduler.nowMs);
  const addedAtMs = world.scheduler.nowMs;
  return {
    swarm,
    world,
    engine,
    watch,
    add: () => world.settle(engine.add(swarm.torrent)),
    sinceAddedMs: () => world.scheduler.nowMs - addedAtMs,
    untilWhole: () => untilWhole([swarm], [engine], scenario),
    /** @returns Virtual time from the start to the first piece. */
    untilFirstPiece: async (): Promise<number> => {
      await world.runUntil(() => haveBytes(engine, swarm) > 0, patienceMs);
      return world.scheduler.nowMs - addedAtMs;
    },
  };
}

function haveBytes(engine: SimulatedEngine, { torrent }: SimulatedSwarm): number {
  return engine.jobOf(torrent)?.content.ledger.haveBytes ?? 0;
}

function refusing(count: number): Address[] {
  return Array.from({ length: count }, (_, n) => ({ host: hostIn(46, n), port: 6881 }));
}

function isRefusing(host: string): boolean {
  return host.startsWith("46.");
}

/** Addresses without a machine: no packet comes back from there. */
function blackHoles(count: number): Address[] {
  return Array.from({ length: count }, (_, n) => ({
    host: hostIn(47, n),
    port: 6881,
  }));
}

function shuffled(addresses: readonly Address[]): Address[] {
  return addresses
    .map((address, n) => ({ address, key: (n * 7919) % 10_007 }))
    .sort((a, b) => a.key - b.key)
    .map(({ address }) => address);
}

const handshake = Buffer.from("\u0013BitTorrent protocol", "latin1");

const orders: readonly (readonly [string, (dead: readonly Address[]) => readonly Address[]])[] = [
  ["refusing ones first", (dead) => dead],
  ["black holes first", (dead) => dead.toReversed()],
  ["mixed", shuffled],
];

for (const [name, order] of orders) {
  test(`PI10: a download starts although all but one of ${refuserCount + silentCount + 1} addresses are dead, ${name}`, async (t) => {
    const dead = order([...refusing(refuserCount), ...blackHoles(silentCount)]);
    const { engine, swarm, watch, add, untilFirstPiece, untilWhole: finish } = await scene(dead);
    await add();
    const tookMs = await untilFirstPiece();
    t.log(`${tookMs} ms`);
    t.true(tookMs < firstPieceMs, `${tookMs} ms`);
    const dialled = watch.dials.map(({ to }) => `${to.host}:${to.port}`);
    t.is(watch.dials.length, dead.length + 1, "each address once");
    t.deepEqual(
      dialled.slice(0, -1),
      dead.map(({ host, port }) => `${host}:${port}`),
      "in order",
    );
    t.is(dialled.at(-1), "45.10.2.1:6881", "the good one is the last");
    t.is(watch.mostHalfOpen, 200);
    await finish();
    t.is(watch.failures.get("ECONNREFUSED"), refuserCount);
    t.deepEqual(await stopAndLook(swarm, engine), []);
  });
}

test("PI10: peers that close at once, are silent or send a byte a second take no half-open place", async (t) => {
  const dead = Array.from({ length: 600 }, (_, n) => ({ host: hostIn(48, n), port: n + 1 }));
  const { world, watch, add, untilFirstPiece } = await scene(dead);
  const { sockets } = world.machine({ addresses: dead.map(({ host }) => host) });
  const sendSlowly = (stream: Stream): void => {
    let sent = 0;
    const beat = world.scheduler.every(second, () => {
      if (sent === handshake.length) beat.cancel();
      else stream.write(handshake.subarray(sent, ++sent));
    });
  };
  for (const { host, port } of dead) {
    await world.settle(
      sockets.listen({ host, port }, (stream) => {
        // A third closes, a third says nothing, a third begins a handshake that would take 68 seconds.
        if (port % 3 === 0) stream.end();
        if (port % 3 === 1) sendSlowly(stream);
        return { bytes: () => {}, closed: () => {} };
      }),
    );
  }
  await add();
  t.true((await untilFirstPiece()) < 45 * second, "two lots of silent ones for 10 s each");
  // Peers that close without a word are dialled once more, encrypted.
  t.is(watch.dials.length, 801);
});

test("PI10: a peer that chokes with requests open, again and again, does not end the download", async (t) => {
  const choking = { ...honestSeeder, chokeEveryMs: 700, chokeForMs: 300, leastServeMs: 20 };
  const { engine, swarm, add, untilWhole: finish } = await scene([], [choking]);
  await add();
  await finish();
  t.deepEqual(await stopAndLook(swarm, engine), []);
});

test("PI10: addresses that wait for a dial survive an announce reply without peers", async (t) => {
  const { engine, swarm, world, watch, add, untilFirstPiece } = await scene(blackHoles(1_000));
  await add();
  await world.runUntil(() => watch.dials.length >= 200, 10 * second);
  swarm.tracker.forgetAll();
  await world.settle(engine.stopTorrents());
  engine.resume();
  t.true((await untilFirstPiece()) < 20 * second);
  t.is(swarm.tracker.heard.filter((said) => said.startsWith("started")).length, 2);
});

test("failed addresses are dialled at most 30 times a second, untried addresses before them", async (t) => {
  const lastSecond = isLong ? 320 : 140;
  const { watch, world, swarm, add } = await scene(refusing(2_000), []);
  await add();
  await world.run(29 * second);
  t.is(watch.dials.length, 2_000);
  const late = blackHoles(100);
  for (const address of late) swarm.tracker.add(address);
  await world.run((lastSecond - 20) * second);
  const firstLate = watch.dials.findIndex(({ to }) => to.host === late[0]?.host);
  t.deepEqual(
    watch.dials.slice(firstLate, firstLate + 100).map(({ to }) => to.host),
    late.map(({ host }) => host),
    "all at once, as soon as they are known",
  );
  const retries = watch.dials.slice(2_000).filter((_, n) => {
    const at = n + 2_000;
    return at < firstLate || at >= firstLate + 100;
  });
  t.true(retries.length > 10 * (lastSecond - 20));
  for (let from = 30; from < lastSecond; from += 10) {
    const inTen = retries.filter(
      ({ atMs }) => atMs >= from * second && atMs < (from + 10) * second,
    );
    // The engine's seconds are not the clock's: an eleventh may lie within ten.
    t.true(inTen.length <= 30 * 11, `${inTen.length} from ${from} s on`);
  }
});

test("the only seeder is connected again within seconds after a short absence", async (t) => {
  const away = { fromMs: 500, toMs: 4_500 };
  const slow = { ...honestSeeder, leastServeMs: 20, away };
  const { watch, add, untilWhole: finish } = await scene([], [slow]);
  await add();
  await finish();
  const [, ...again] = watch.dials.map(({ atMs }) => atMs);
  t.true(again.length >= 2 && again.length <= 5, `${again.length} dials more`);
  t.true((again.at(-1) ?? 0) < 15 * second);
});

test("the only peer, which closes in the handshake, is dialled again after 1, 3 and 7 seconds, and rarely after that", async (t) => {
  const host = hostIn(48, 0);
  const { world, watch, add } = await scene([{ host, port: 6881 }], []);
  const { sockets } = world.machine({ addresses: [host] });
  await world.settle(
    sockets.listen({ host, port: 6881 }, (stream) => {
      stream.end();
      return { bytes: () => {}, closed: () => {} };
    }),
  );
  await add();
  await world.runUntil(() => watch.dials.length === 10, patienceMs);
  // Each time it is dialled plain, and at once encrypted.
  const plain = watch.dials.filter((_, index) => index % 2 === 0);
  const [first = 0, ...again] = plain.map(({ atMs }) => atMs);
  const [one, two, three, last = 0] = again.map((atMs) => Math.floor((atMs - first) / second));
  t.deepEqual([one, two, three], [1, 3, 7]);
  t.true(last >= 37);
});
