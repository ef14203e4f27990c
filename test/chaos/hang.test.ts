// One thread of a downloading engine runs an endless loop: the supervisor notices and replaces it, and the payload is
// complete. If an engine is only busy for a while, the workers continue with their leases, and no thread is replaced.

import { BroadcastChannel } from "node:worker_threads";
import test from "ava";
import type { LogEntry } from "@troupe/actor-runtime";
import { hangActor } from "@troupe/coordinator/testing";
import { GatedSeeders, gatedSeedersOnly } from "../support/swarm/gated-seeders.ts";
import { EventRecord } from "../support/swarm/event-record.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { bundledFiles } from "../../scripts/tests/bundled-threads.ts";
import { until } from "../support/time/until.ts";
import { isLong } from "../support/lanes.ts";

const shape = { pieceLengthBytes: 64 * 1024, files: 8 * 1024 * 1024 };
const pieces = 128;
const seeders = 3;

const survives = test.macro<[name: string]>({
  title: (_, name) => `a leecher survives that its ${name} thread hangs`,
  async exec(t, name) {
    await using swarm = await Swarm.open(shape, { host: "threads" });
    const gatedSeeders = await GatedSeeders.open(swarm, seeders);
    gatedSeeders.allow(1 / 4);
    const { coordinator, record, folder } = await swarm.join({ engine: gatedSeedersOnly });
    await record.until("an eighth of the pieces", () => record.pieces.length >= pieces / 8);
    hangActor(coordinator, name);
    gatedSeeders.allow(1 / 2);
    await record.until("the restart", () => record.restartsOf(name) === 1);
    t.false(record.torrent.isComplete);
    gatedSeeders.allow(1);
    await record.torrent.completed;

    await assertSameFiles(t, swarm.payload, folder);
    t.is(record.crashesOf(name), 1);
    t.deepEqual(record.errors, []);
    t.is(record.failedPieces, 0);
    const isPeers = name === "peer-0" || name === "engine";
    t.is(gatedSeeders.connections, isPeers ? 2 * seeders : seeders);
  },
});

for (const name of isLong ? ["peer-0", "file-0", "hash", "engine"] : ["engine"])
  test.serial(survives, name);

test.serial("while the engine is busy its workers continue their leases", async (t) => {
  const url = new URL("./fixtures/crashing-engine.worker.ts", import.meta.url);
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const gatedSeeders = await GatedSeeders.open(swarm, seeders);
  gatedSeeders.allow(1 / 4);
  // A message of the engine's thread right before it is busy.
  const stalling = Promise.withResolvers<void>();
  const log = ({ event }: LogEntry): void => {
    if (event === "stalling") stalling.resolve();
  };
  const workerUrls = { ...bundledFiles(), "engine.worker": url };
  const options = { ...gatedSeedersOnly, host: "threads", port: 0, log, workerUrls } as const;
  const coordinator = swarm.use(await startEngine(options));
  const directory = swarm.folder("busy").path;
  const torrent = await coordinator.add(swarm.metainfo, { directory, start: false });
  const record = new EventRecord(coordinator, torrent);
  torrent.start();
  await record.until("an eighth of the pieces", () => record.pieces.length >= pieces / 8);

  const engineThread = new BroadcastChannel("stall.invalid");
  t.teardown(() => engineThread.close());
  torrent.addPeer({ host: "stall.invalid", port: 1 });
  await stalling.promise;
  const passedBytes = gatedSeeders.passedBytes;
  gatedSeeders.allow(1 / 2);
  const isPassed = (): boolean => gatedSeeders.passedBytes - passedBytes >= shape.pieceLengthBytes;
  await until("a piece passes", () => isPassed() || record.crashesOf("engine") > 0);
  engineThread.postMessage("go on");
  gatedSeeders.allow(1);
  await torrent.completed;

  await assertSameFiles(t, swarm.payload, directory);
  t.is(record.crashesOf("engine"), 0);
  t.is(gatedSeeders.connections, seeders);
  t.is(record.failedPieces, 0);
});
