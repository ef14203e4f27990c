import test from "ava";
import type { PeerAddress } from "@troupe/protocol/address";
import { isWithin, mixBits } from "../../src/requests/mix-bits.ts";
import { TrackerScene, type TrackerSceneOptions } from "../support/tracker-scene.ts";
import type { TrackerFaults } from "../support/scripted-tracker.ts";

/** Clients that have all announced themselves, and are at rest. */
async function atRest(options: Partial<TrackerSceneOptions> = {}): Promise<TrackerScene> {
  const clients = options.clients ?? 8;
  const scene = await TrackerScene.open({ clients, ...options });
  for (let member = 0; member < clients; member++) scene.act(member);
  await scene.world.run(500);
  return scene;
}

/** @returns The rules that a faulty tracker breaks with one announce of client 0. */
async function brokenBy(scene: TrackerScene, faults: TrackerFaults): Promise<string[]> {
  scene.tracker.faults = faults;
  scene.act(0);
  await scene.world.run(500);
  return scene.recorder.labels("broken_rules");
}

test("a tracker that keeps the rules breaks none", async (t) => {
  const scene = await atRest({ clients: 30, spec: { swarms: 3, scrapes: 0.2, seeds: 0.3 } });
  for (let i = 0; i < 600; i++) {
    scene.act(i % 30, { seed: i });
    await scene.world.run(7);
  }
  await scene.world.run(500);
  t.is(scene.recorder.countOf("announces") + scene.recorder.countOf("scrapes"), 630);
  t.deepEqual(scene.recorder.labels("broken_rules"), []);
});

const own = { host: "10.77.0.2", port: 1 };
const named: readonly [string, (peers: readonly PeerAddress[]) => readonly PeerAddress[]][] = [
  ["a port that no client has", (peers) => [...peers, own]],
  ["port 0", (peers) => [...peers, { ...own, port: 0 }]],
  [
    "a client at another address",
    (peers) => peers.map(({ port }) => ({ host: "10.77.9.9", port })),
  ],
];

for (const [title, peers] of named) {
  test(`a tracker that names ${title} names a stranger`, async (t) => {
    const broken = await brokenBy(await atRest(), { peers });
    t.true(broken.includes("names a stranger"));
  });
}

test("a tracker that names a client of another swarm names a stranger", async (t) => {
  const scene = await atRest({ spec: { swarms: 2 } });
  const all = [...scene.tracker.swarms.values()].flatMap((swarm) => [...swarm.values()]);
  t.is(all.length, 8);
  t.deepEqual(await brokenBy(scene, { peers: () => all }), ["names a stranger"]);
});

test("a tracker that names a client that never announced names a stranger", async (t) => {
  const scene = await TrackerScene.open({ clients: 8 });
  for (let member = 0; member < 7; member++) scene.act(member);
  await scene.world.run(500);
  const [any] = [...scene.tracker.swarms.values()].flatMap((swarm) => [...swarm.values()]);
  // Ports of clients follow each other.
  const ports = scene.tracker.announces.map(({ query }) => query.port);
  const last = { host: "10.77.0.4", port: Math.max(...ports) + 1 };
  t.true(any !== undefined);
  const broken = await brokenBy(scene, { peers: (peers) => [...peers, last] });
  t.deepEqual(broken, ["names a stranger"]);
});

test("a tracker may name a client that stopped within the interval, and no longer", async (t) => {
  const scene = await TrackerScene.open({ clients: 3 });
  scene.tracker.intervalSeconds = 100;
  scene.arrive(1, { stayMs: 1_000 });
  for (const member of [0, 1, 2]) scene.act(member);
  await scene.world.run(500);
  const all = [...scene.tracker.swarms.values()].flatMap((swarm) => [...swarm.values()]);
  await scene.world.run(1_500);
  t.deepEqual(await brokenBy(scene, { peers: () => all }), []);
  await scene.world.run(95_000);
  t.deepEqual(await brokenBy(scene, { peers: () => all }), []);
  await scene.world.run(10_000);
  t.deepEqual(await brokenBy(scene, { peers: () => all }), ["names a stopped client"]);
});

test("a tracker that leaves out a peer of a small swarm at rest breaks a rule", async (t) => {
  const broken = await brokenBy(await atRest(), { peers: (peers) => peers.slice(1) });
  t.deepEqual(broken, ["leaves out peers"]);
});

test("a peer that is named twice does not stand in for another", async (t) => {
  const scene = await atRest();
  const broken = await brokenBy(scene, { peers: ([, ...rest]) => [...rest, ...rest.slice(0, 1)] });
  t.deepEqual(broken, ["leaves out peers"]);
});

test("a swarm with as many peers as wanted need not be named whole", async (t) => {
  const broken = await brokenBy(await atRest({ spec: { wanted: 7 } }), {
    peers: (peers) => peers.slice(1),
  });
  t.deepEqual(broken, []);
});

test("a seed need not be told of seeds", async (t) => {
  const scene = await atRest({ spec: { seeds: 1 } });
  t.deepEqual(await brokenBy(scene, { peers: () => [] }), []);
});

test("a swarm with a change under way is not at rest", async (t) => {
  const scene = await TrackerScene.open({ clients: 3 });
  scene.act(0);
  scene.act(1);
  await scene.world.run(500);
  scene.act(2);
  const broken = await brokenBy(scene, { peers: (peers) => peers.slice(1) });
  t.deepEqual(broken, []);
});

test("a client whose announce got no answer keeps its swarm from rest until the next one", async (t) => {
  const scene = await TrackerScene.open({ clients: 3 });
  scene.act(0);
  scene.act(1);
  await scene.world.run(500);
  scene.tracker.faults = { reply: () => undefined };
  scene.act(2);
  await scene.world.run(6_000);
  t.deepEqual(await brokenBy(scene, { peers: (peers) => peers.slice(1) }), []);
  scene.tracker.faults = {};
  scene.act(2);
  await scene.world.run(500);
  t.deepEqual(await brokenBy(scene, { peers: (peers) => peers.slice(1) }), ["leaves out peers"]);
});

test("a tracker may forget a client that is silent for longer than the interval", async (t) => {
  const scene = await TrackerScene.open({ clients: 3, spec: { scrapes: 0 } });
  scene.tracker.intervalSeconds = 100;
  for (const member of [0, 1, 2]) scene.act(member);
  await scene.world.run(60_000);
  scene.act(1);
  await scene.world.run(60_000);
  const forget = (peers: readonly PeerAddress[]): readonly PeerAddress[] => peers.slice(0, 1);
  t.deepEqual(await brokenBy(scene, { peers: (peers) => forget(peers.toReversed()) }), []);
  t.deepEqual(await brokenBy(scene, { peers: () => [] }), ["leaves out peers"]);
});

for (const [title, by] of [
  ["as many clients as there are", 0],
  ["a client more", 1],
  ["a client less", -1],
] as const) {
  test(`a scrape of a swarm at rest that counts ${title} ${by === 0 ? "keeps the" : "breaks a"} rule`, async (t) => {
    const scene = await TrackerScene.open({ clients: 8, spec: { scrapes: 0.5, seeds: 0.5 } });
    const seedOf = (isScrape: boolean): number => {
      let seed = 0;
      while (isWithin(mixBits(seed), 0.5) !== isScrape) seed++;
      return seed;
    };
    for (let member = 0; member < 8; member++) scene.act(member, { seed: seedOf(false) });
    await scene.world.run(500);
    scene.tracker.faults = { counts: (right) => ({ ...right, complete: right.complete + by }) };
    scene.act(0, { seed: seedOf(true) });
    await scene.world.run(500);
    t.is(scene.recorder.countOf("scrapes"), 1);
    const broken = scene.recorder.labels("broken_rules");
    t.deepEqual(broken, by === 0 ? [] : ["scrape counts other clients"]);
  });
}

test("clients of other generators may be named, and whole swarms are checked only where no other has clients", async (t) => {
  const share = { index: 0, of: 2 };
  const scene = await TrackerScene.open({ clients: 8, share });
  for (const member of [0, 2, 4]) scene.act(member);
  await scene.world.run(500);
  const port = scene.tracker.announces[0]?.query.port ?? 0;
  const others = { peers: () => [{ host: "10.77.0.2", port: port + 1 }] };
  t.deepEqual(await brokenBy(scene, others), []);
  const elsewhere = { peers: () => [{ host: "10.77.0.3", port: port + 1 }] };
  t.deepEqual(await brokenBy(scene, elsewhere), ["names a stranger"]);
});
