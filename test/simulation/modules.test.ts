// Pickers and chokers of the program in whole engines: a broken one costs its own torrent, and an engine that starts
// again loads them again.

import test from "ava";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import type { AddTorrent } from "@troupe/messages";
import type {
  PickQuestion,
  TorrentPicker,
} from "../../packages/coordinator/src/torrent/plugins/interfaces/picker-module.ts";
import type { SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const pickerUrl = "file:///picker.mjs";
const chokerUrl = "file:///choker.mjs";
const withinMs = 300_000;
const engineHost = "45.10.0.1";

/** Two torrents in one world, each with a seeder. */
async function twoTorrents() {
  const plan = { fileLengths: [1_500_000], pieceLengthBytes: 16_384 };
  const first = new SimulatedSwarm(calmScenario(7, plan));
  const second = new SimulatedSwarm(calmScenario(7, plan), { within: first });
  for (const swarm of [first, second]) await swarm.addPeer(honestSeeder);
  const engine = await first.addEngine(engineHost, { peerWorkers: 2 });
  const add = (changes: Partial<AddTorrent>, mode: AddTorrent["mode"] = "download") =>
    first.world.settle(
      (async () => {
        await engine.add(first.torrent, mode, undefined, changes);
        await engine.add(second.torrent, mode);
      })(),
    );
  return { add, engine, first, second, world: first.world };
}

function register({ modules }: SimulatedMachine, url: string, part: object): { starts: number } {
  const count = { starts: 0 };
  modules.register(url, () => {
    count.starts++;
    return part;
  });
  return count;
}

/** The last pieces first. It works for `most` questions. */
function lastFirst(most = Infinity): TorrentPicker & { readonly picked: number[] } {
  const picked: number[] = [];
  let asked = 0;
  return {
    picked,
    pick({ candidates, count }: PickQuestion) {
      asked++;
      if (asked > most) throw new RangeError("tired");
      const pieces = candidates().toReversed().slice(0, count);
      picked.push(...pieces);
      return pieces;
    },
  };
}

function isComplete(engine: SimulatedEngine, { torrent }: SimulatedSwarm): boolean {
  return engine.jobOf(torrent)?.isComplete === true;
}

test("AE27: a picker that throws ends its own torrent, and the other one is downloaded", async (t) => {
  const { add, engine, first, second, world } = await twoTorrents();
  register(engine.machine, pickerUrl, lastFirst(2));
  await add({ modules: { picker: pickerUrl } });
  await world.runUntil(() => isComplete(engine, second), withinMs);
  const broken = engine.jobOf(first.torrent);
  t.is(broken?.state, "error");
  t.is(
    broken?.fault?.message,
    `cannot pick pieces of ${broken?.name}: the picker ${pickerUrl} threw RangeError: tired`,
  );
  t.is(engine.jobOf(second.torrent)?.fault, undefined);
  t.deepEqual(engine.crashes, []);

  // A start loads the module again.
  register(engine.machine, pickerUrl, lastFirst());
  engine.resume();
  await world.runUntil(() => isComplete(engine, first), withinMs);
  t.is(broken?.fault, undefined);
});

test("AE27: a torrent whose picker threw continues without it", async (t) => {
  const { add, engine, first, world } = await twoTorrents();
  const picker = lastFirst(2);
  register(engine.machine, pickerUrl, picker);
  await add({ modules: { picker: pickerUrl } });
  await world.runUntil(() => engine.jobOf(first.torrent)?.state === "error", withinMs);
  const pickedCount = picker.picked.length;
  engine.setModules({});
  engine.resume();
  await world.runUntil(() => isComplete(engine, first), withinMs);
  t.is(engine.jobOf(first.torrent)?.fault, undefined);
  t.is(engine.jobOf(first.torrent)?.content.traffic.total("downloadedBytes"), 1_500_000);
  t.is(picker.picked.length, pickedCount);
});

test("AE27: a choker that throws ends its own torrent, and the other one is seeded", async (t) => {
  const { add, engine, first, second, world } = await twoTorrents();
  for (const swarm of [first, second]) swarm.fillDisk(engine.machine);
  const rank = () => {
    throw new RangeError("tired");
  };
  register(engine.machine, chokerUrl, { rank });
  await add({ modules: { choker: chokerUrl } }, "seed-only");
  await world.runUntil(() => engine.jobs.every(({ state }) => state === "active"));
  const leecher = await first.addEngine("45.40.0.1");
  const address = { host: engineHost, port: 6889 };
  await world.settle(leecher.add(second.torrent, "download", undefined, { peers: [address] }));
  await world.settle(leecher.add(first.torrent, "download", undefined, { peers: [address] }));
  await world.runUntil(() => isComplete(leecher, second), withinMs);
  await world.runUntil(() => engine.jobOf(first.torrent)?.state === "error", withinMs);
  const fault = engine.jobOf(first.torrent)?.fault;
  t.is(fault?.code, "strategy-failed");
  t.regex(fault?.message ?? "", /^cannot rank the peers of .* threw RangeError: tired$/);
  t.is(engine.jobOf(second.torrent)?.state, "active");
  t.deepEqual(engine.crashes, []);
});

test("AE27: a picker picks every piece, and a crash of the engine loads it again", async (t) => {
  const { add, engine, first, second, world } = await twoTorrents();
  const picker = lastFirst();
  const count = register(engine.machine, pickerUrl, picker);
  await add({ modules: { picker: pickerUrl } });
  const { pieceCount } = first.torrent.metainfo.geometry;
  await world.runUntil(() => (engine.jobOf(first.torrent)?.content.ledger.hadCount ?? 0) > 9);
  t.is(count.starts, 1);
  engine.kill("engine");
  await world.runUntil(() => isComplete(engine, first) && isComplete(engine, second), withinMs);
  t.is(count.starts, 2);
  t.is(engine.crashes.filter(({ actor }) => actor === "engine").length, 1);
  t.deepEqual(
    [...new Set(picker.picked)].toSorted((one, other) => other - one),
    Array.from({ length: pieceCount }, (_, piece) => pieceCount - 1 - piece),
  );
  t.is(picker.picked[0], pieceCount - 1);
});

test("AE27: a picker that takes no pieces from a peer does not slow other peers down", async (t) => {
  const takenMs = async (hasOther: boolean): Promise<number> => {
    const conditions = { latencyMs: 20, jitterMs: 0, bytesPerSecond: 4_000_000 };
    const plan = { fileLengths: [16_000_000], conditions, memoryBytes: 16 << 20 };
    const swarm = new SimulatedSwarm(calmScenario(7, plan));
    const { pieceCount } = swarm.torrent.metainfo.geometry;
    await swarm.addPeer(honestSeeder);
    if (hasOther) {
      const other = await swarm.addPeer({ ...honestSeeder, hasShare: 0 });
      for (let piece = 0; piece < pieceCount; piece += 4) other.has[piece] = true;
    }
    const engine = await swarm.addEngine(engineHost);
    register(engine.machine, pickerUrl, {
      pick: ({ candidates, count }: PickQuestion) =>
        candidates()
          .filter((piece) => piece % 4 !== 0)
          .slice(0, count),
    });
    const modules = { picker: pickerUrl };
    await swarm.world.settle(engine.add(swarm.torrent, "download", undefined, { modules }));
    const { scheduler } = swarm.world;
    const fromMs = scheduler.nowMs;
    const hadCount = () => engine.jobOf(swarm.torrent)?.content.ledger.hadCount ?? 0;
    await swarm.world.runUntil(() => hadCount() === Math.floor((pieceCount * 3) / 4), withinMs);
    return scheduler.nowMs - fromMs;
  };
  const aloneMs = await takenMs(false);
  const besideMs = await takenMs(true);
  t.true(besideMs < 1.1 * aloneMs, `${besideMs} ms, and ${aloneMs} ms without the peer`);
});
