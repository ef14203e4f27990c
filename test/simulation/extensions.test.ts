// plugin extensions in whole engines: they talk over the connections of a download, and a broken one costs
// connections, or its own torrent.

import test from "ava";
import type { ExtensionPeer, PeerExtension } from "@troupe/coordinator";
import type { TorrentEvent } from "@troupe/messages";
import type { SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { DiskView, rightSha256 } from "../support/simulated/engine/invariants.ts";
import { stopAndLook } from "../support/simulated/runs/download.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const chatUrl = "file:///chat.mjs";
const modules = { extensions: [chatUrl] };
const [seederHost, leecherHost] = ["45.10.0.1", "45.10.0.2"];
const plan = { fileLengths: [1_500_000], pieceLengthBytes: 16_384 };
const withinMs = 300_000;

/** Notes what the extensions of an engine hear; each greets its peers. */
class Chat {
  readonly heard: string[] = [];
  starts = 0;
  ends = 0;

  /** @param parts Replace handlers. */
  constructor({ machine }: SimulatedEngine, greeting: string, parts: Partial<PeerExtension> = {}) {
    machine.modules.register(chatUrl, (): PeerExtension => {
      this.starts++;
      return {
        name: "x_chat",
        connected: (peer) => void peer.send(Buffer.from(greeting)),
        message: (peer, payload) =>
          void this.heard.push(`${peer.host} ${Buffer.from(payload).toString()}`),
        close: () => void this.ends++,
        ...parts,
      };
    });
  }
}

/** A seeding engine with the extension, and a download that has not been added. */
async function twoEngines(peerWorkers: number) {
  const swarm = new SimulatedSwarm(calmScenario(7, plan));
  const { torrent, world } = swarm;
  const seeder = await swarm.addEngine(seederHost, { peerWorkers });
  swarm.fillDisk(seeder.machine);
  const leecher = await swarm.addEngine(leecherHost, { peerWorkers });
  const seed = () => world.settle(seeder.add(torrent, "seed-only", undefined, { modules }));
  const download = () => world.settle(leecher.add(torrent, "download", undefined, { modules }));
  const isDone = () => leecher.jobOf(torrent)?.isComplete === true;
  return { download, isDone, leecher, seed, seeder, swarm, torrent, world };
}

function reasonsOf({ events }: SimulatedEngine): (string | undefined)[] {
  return events.flatMap((event) =>
    event.event === "peer" && !event.connected ? [event.reason] : [],
  );
}

function codesOf({ events }: SimulatedEngine, name: "warning" | "error"): string[] {
  type Coded = Extract<TorrentEvent, { readonly event: "warning" | "error" }>;
  return events.filter((event): event is Coded => event.event === name).map(({ code }) => code);
}

for (const peerWorkers of [1, 3]) {
  test(`AE27: two engines talk by an extension while one downloads, peer-workers: ${peerWorkers}`, async (t) => {
    const { download, isDone, leecher, seed, seeder, swarm, torrent, world } =
      await twoEngines(peerWorkers);
    const [server, client] = [new Chat(seeder, "have fun"), new Chat(leecher, "hello")];
    await seed();
    await download();
    await world.runUntil(isDone, withinMs);
    await swarm.settle();
    t.deepEqual(server.heard, [`${leecherHost} hello`]);
    t.deepEqual(client.heard, [`${seederHost} have fun`]);
    t.is(server.starts, peerWorkers, "the module runs in each peer-worker");
    t.deepEqual(new DiskView(leecher, torrent).sha256(), rightSha256(torrent));
    t.deepEqual([...codesOf(leecher, "warning"), ...codesOf(seeder, "warning")], []);
    t.deepEqual(await stopAndLook(swarm, leecher), []);
    t.deepEqual(await stopAndLook(swarm, seeder), []);
    t.is(server.ends, peerWorkers);
    t.is(client.ends, peerWorkers);
  });
}

test("AE27: an extension that throws costs the connection to that peer, and the download completes by others", async (t) => {
  const { download, isDone, leecher, seed, seeder, swarm, torrent, world } = await twoEngines(1);
  const server = new Chat(seeder, "have fun");
  let thrown = 0;
  const client = new Chat(leecher, "hello", {
    message() {
      thrown++;
      throw new Error("no fun today");
    },
  });
  await seed();
  await swarm.addPeer(honestSeeder);
  await download();
  await world.runUntil(isDone, withinMs);
  t.true(thrown >= 1);
  t.true(server.heard.length >= 1);
  t.is(client.starts, 1);
  t.is(reasonsOf(leecher).filter((reason) => reason === "extension-failed").length, thrown);
  t.deepEqual(codesOf(leecher, "warning"), ["extension-failed"]);
  const warning = leecher.events.find(({ event }) => event === "warning");
  t.like(warning, {
    message: `the handler message of the extension ${chatUrl} threw Error: no fun today`,
  });
  t.deepEqual(codesOf(leecher, "error"), []);
  t.deepEqual(leecher.crashes, []);
  t.deepEqual(new DiskView(leecher, torrent).sha256(), rightSha256(torrent));
  t.deepEqual(await stopAndLook(swarm, leecher), []);
});

test("AE27: a module that cannot be used ends its own torrent, and the other one is downloaded", async (t) => {
  const first = new SimulatedSwarm(calmScenario(7, plan));
  const second = new SimulatedSwarm(calmScenario(7, plan), { within: first });
  for (const swarm of [first, second]) await swarm.addPeer(honestSeeder);
  const { world } = first;
  const engine = await first.addEngine(leecherHost, { peerWorkers: 2 });
  engine.machine.modules.register(chatUrl, () => ({ name: "ut_pex", message() {} }));
  await world.settle(engine.add(first.torrent, "download", undefined, { modules }));
  await world.settle(engine.add(second.torrent));
  await world.runUntil(() => engine.jobOf(second.torrent)?.isComplete === true, withinMs);
  const broken = engine.jobOf(first.torrent);
  t.is(broken?.state, "error");
  t.deepEqual(broken?.fault, {
    code: "strategy-failed",
    message: `cannot use the extension ${chatUrl} of ${broken?.name}: the torrent has another extension "ut_pex"`,
  });
  t.deepEqual(engine.crashes, []);
  const right = new Chat(engine, "hello");
  engine.resume();
  await world.runUntil(() => engine.jobOf(first.torrent)?.isComplete === true, withinMs);
  t.is(right.starts, 2);
  t.is(engine.jobOf(first.torrent)?.fault, undefined);
});

test("AE27: extensions are added and replaced while peers are connected, and a new peer-worker gets them again", async (t) => {
  const swarm = new SimulatedSwarm(calmScenario(7, plan));
  const { torrent, world } = swarm;
  const seeder = await swarm.addEngine(seederHost);
  swarm.fillDisk(seeder.machine);
  const leecher = await swarm.addEngine(leecherHost);
  const [server, client] = [new Chat(seeder, "have fun"), new Chat(leecher, "hello")];
  await world.settle(seeder.add(torrent, "seed-only"));
  const slow = { settings: { "limits.down": 10_000 } };
  await world.settle(leecher.add(torrent, "download", undefined, slow));
  const connected = () => leecher.jobOf(torrent)?.peers.size === 1;
  await world.runUntil(connected, withinMs);
  seeder.setModules(modules);
  await world.run(2_000);
  t.deepEqual([...server.heard, ...client.heard], []);
  leecher.setModules(modules);
  await world.run(2_000);
  t.deepEqual(server.heard, [`${leecherHost} hello`], "its offer reached a running extension");
  t.deepEqual(client.heard, [`${seederHost} have fun`]);
  const parted: ExtensionPeer[] = [];
  const again = new Chat(leecher, "hello again", {
    disconnected: (peer) => void parted.push(peer),
  });
  leecher.setModules({});
  await world.run(1_000);
  t.is(client.ends, 1);
  leecher.setModules(modules);
  await world.run(2_000);
  t.deepEqual(server.heard, [`${leecherHost} hello`, `${leecherHost} hello again`]);
  t.deepEqual(reasonsOf(leecher), [], "the connection has stayed");
  leecher.kill("peer-0");
  await world.runUntil(() => server.heard.length === 3, withinMs);
  t.is(server.heard[2], `${leecherHost} hello again`);
  t.is(again.starts, 2);
  t.deepEqual(parted, [], "a crash calls no handler");
  t.deepEqual(await stopAndLook(swarm, seeder), []);
});
