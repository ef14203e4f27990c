// Inputs that kill threads: after the second death in the same step the input is quarantined, and everything else continues.

import test from "ava";
import { ActorError, firstOwnStep } from "@troupe/actor-runtime";
import { FileStep, PeerStep, type Breadcrumb } from "@troupe/messages";
import { crashingEntry } from "../support/simulated/engine/crashing-actors.ts";
import { untilWhole } from "../support/simulated/runs/download.ts";
import type { SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { DiskView, rightSha256 } from "../support/simulated/engine/invariants.ts";
import { simulatedServices } from "../support/simulated/engine/pools.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

type Parts = typeof simulatedServices;

/** Two torrents with two seeders each, and an engine of these parts that downloads both. */
async function twoTorrents(services: Parts) {
  const scenario = calmScenario(1);
  const first = new SimulatedSwarm(scenario);
  const second = new SimulatedSwarm(scenario, { within: first });
  const engine = await first.addEngine(engineHost, { services });
  for (const swarm of [first, second]) {
    await swarm.addPeer(honestSeeder);
    await swarm.addPeer(honestSeeder);
    await first.world.settle(engine.add(swarm.torrent));
  }
  return { scenario, first, second, engine };
}

/** How often this actor died. */
function deathsOf(engine: SimulatedEngine, actor: string): number {
  return engine.crashes.filter((crash) => crash.actor === actor).length;
}

function isWhole(engine: SimulatedEngine, swarm: SimulatedSwarm): boolean {
  return engine.jobOf(swarm.torrent)?.content.ledger.isComplete === true;
}

test("a peer that crashes its worker twice is quarantined, and the download completes from the others", async (t) => {
  const poison = ({ step, peer }: Breadcrumb) =>
    step === PeerStep.messages && peer?.host === "45.10.2.1";
  const deadly = crashingEntry(simulatedServices.peerWorker, poison);
  const services = { ...simulatedServices, peerWorker: deadly };
  const { scenario, first, second, engine } = await twoTorrents(services);
  await untilWhole([first, second], [engine], { ...scenario, kills: [] });
  await first.settle();
  t.is(deathsOf(engine, "peer-0"), 2);
  for (const { torrent } of [first, second]) {
    t.deepEqual(new DiskView(engine, torrent).sha256(), rightSha256(torrent));
  }
  const warnings = engine.events.filter(({ event }) => event === "warning");
  t.like(warnings, [{ code: "peer-set-aside" }]);
  t.true(
    engine.log.some((line) => line.includes("peer-quarantined") && line.includes("45.10.2.1")),
  );
});

test("a peer that dials us again and again from other ports is quarantined too", async (t) => {
  const poison = ({ step, peer }: Breadcrumb) =>
    step === PeerStep.handshake && peer?.host === "45.10.2.3";
  const deadly = crashingEntry(simulatedServices.peerWorker, poison);
  const services = { ...simulatedServices, peerWorker: deadly };
  const { scenario, first, second, engine } = await twoTorrents(services);
  const dials = [{ host: engineHost, port: 6889 }];
  await first.addPeer({ ...honestSeeder, hasShare: 0, dials, away: { fromMs: 0, toMs: 1 } });
  await untilWhole([first, second], [engine], { ...scenario, kills: [] });
  // It dials every 20 s: long after its second try it has been turned away without a word.
  await first.world.runUntil(() => first.world.scheduler.nowMs > 300_000, 600_000);
  t.is(deathsOf(engine, "peer-0"), 2);
});

const { peerWorker, fileWorker } = simulatedServices;
const isMessage = ({ step, torrent }: Breadcrumb) => torrent === 1 && step < firstOwnStep;
const isWrite = ({ step, torrent }: Breadcrumb) => torrent === 1 && step === FileStep.write;

for (const [actor, services] of [
  ["peer-0", { ...simulatedServices, peerWorker: crashingEntry(peerWorker, isMessage) }],
  ["file-0", { ...simulatedServices, fileWorker: crashingEntry(fileWorker, isWrite) }],
] as const) {
  test(`a torrent that crashes ${actor} twice is quarantined, and the other continues`, async (t) => {
    const { first, second, engine } = await twoTorrents(services);
    const isAside = () => engine.jobOf(first.torrent)?.state === "error";
    await first.world.runUntil(() => isWhole(engine, second) && isAside(), 600_000);
    await first.settle();
    t.is(deathsOf(engine, actor), 2);
    t.like(engine.jobOf(first.torrent), { state: "error", fault: { code: "quarantined" } });
    t.is(engine.engine?.disks[0]?.pendingWrites.size, 0);
    t.deepEqual(new DiskView(engine, second.torrent).sha256(), rightSha256(second.torrent));
  });
}

test("a quarantined torrent is tried twice more when its user starts it again", async (t) => {
  let isPoisonous = true;
  const deadly = crashingEntry(fileWorker, (note) => isPoisonous && isWrite(note));
  const { first, second, engine } = await twoTorrents({ ...simulatedServices, fileWorker: deadly });
  const isAside = () => engine.jobOf(first.torrent)?.state === "error";
  await first.world.runUntil(() => isWhole(engine, second) && isAside(), 600_000);
  await first.settle();
  engine.resume();
  await first.world.runUntil(() => deathsOf(engine, "file-0") === 4 && isAside(), 600_000);
  await first.settle();
  isPoisonous = false;
  engine.resume();
  await first.world.runUntil(() => isWhole(engine, first), 600_000);
  await first.settle();
  t.is(deathsOf(engine, "file-0"), 4);
  t.deepEqual(new DiskView(engine, first.torrent).sha256(), rightSha256(first.torrent));
});

test("a torrent with a piece that kills hash threads is quarantined, and no engine crashes", async (t) => {
  const { openHashPool } = simulatedServices;
  let digests = 0;
  const { first, second, engine } = await twoTorrents({
    ...simulatedServices,
    openHashPool: (...parameters) => {
      const pool = openHashPool(...parameters);
      const digestAll = pool.digestAll.bind(pool);
      pool.digestAll = async (...request) => {
        const isFirst = digests++ === 0;
        const answer = await digestAll(...request);
        if (!isFirst) return answer;
        const message = "cannot finish a task of the hash pool: 2 threads died at it";
        return { ...answer, failures: new Map([[0, new ActorError("hash-failed", { message })]]) };
      };
      return pool;
    },
  });
  const aside = () => engine.jobs.filter(({ state }) => state === "error");
  const whole = () => [first, second].filter((swarm) => isWhole(engine, swarm));
  await first.world.runUntil(() => aside().length === 1 && whole().length === 1, 600_000);
  await first.settle();
  t.like(aside()[0], { fault: { code: "quarantined" } });
  t.deepEqual(engine.crashes, []);
});
