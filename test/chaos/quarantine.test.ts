// Torrents at which engines die: the third engine is not told of them, and the others continue.

import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import test from "ava";
import type { Coordinator } from "@troupe/coordinator";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import { EventRecord } from "../support/swarm/event-record.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { bundleEach } from "../../scripts/bundle-modules.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { bundledFiles } from "../../scripts/tests/bundled-threads.ts";

/** The engine with a weakness, joined into one file: eight threads load it. */
const weakEngine = temporaryFolder("weak-engine");

test.before(async () => {
  const source = fileURLToPath(new URL("./fixtures/crashing-engine.worker.ts", import.meta.url));
  await bundleEach({ "engine.worker": source }, weakEngine.path);
});

test.after.always(() => weakEngine[Symbol.dispose]());

/** A coordinator over the engine with a weakness. */
async function openWeak(swarm: Swarm): Promise<Coordinator> {
  const engine = pathToFileURL(join(weakEngine.path, "engine.worker.js"));
  const workerUrls = { ...bundledFiles(), "engine.worker": engine };
  return swarm.use(
    await startEngine({ host: "threads", port: 0, bind: ["127.0.0.1"], workerUrls }),
  );
}

/** A torrent of one byte without a seed. */
function torrentNamed(name: string): Uint8Array {
  const pieceHashes = new Uint8Array(20);
  return encodeTorrent({ name, pieceLengthBytes: 16_384, pieceHashes, lengthBytes: 1 });
}

test.serial("a torrent that crashed two engines is not added to the third", async (t) => {
  await using swarm = await Swarm.open(
    { pieceLengthBytes: 64 * 1024, files: 1 << 20 },
    { host: "inline" },
  );
  const coordinator = await openWeak(swarm);
  const directory = swarm.folder("weak").path;
  const good = await coordinator.add(swarm.metainfo, { directory, start: false });
  const bad = await coordinator.add(torrentNamed("poison"), { directory, start: false });
  const record = new EventRecord(coordinator, good);
  const badRecord = new EventRecord(coordinator, bad);
  good.start();
  bad.start();
  await t.throwsAsync(bad.completed, { code: "quarantined" });
  await swarm.seed();
  await good.completed;
  await assertSameFiles(t, swarm.payload, directory);

  t.is(record.crashesOf("engine"), 2);
  t.deepEqual(record.errors, []);
  t.like(badRecord.errors, [{ code: "quarantined" }]);
  t.like(await bad.status(), { state: "error", fault: { code: "quarantined" }, peers: [] });
  t.like(await bad.why(), { code: "failed" });

  // Its user may try again, as often as engines may die.
  bad.start();
  await badRecord.until("two more deaths", () => badRecord.crashesOf("engine") === 4);
  await badRecord.until("the second quarantine", () => badRecord.errors.length === 2);
  await record.until("the next engine", () => record.restartsOf("engine") >= 3);
  await bad.stop();
  t.is(bad.state, "stopped");
  await bad.remove();
  t.deepEqual(coordinator.torrents, [good]);
});

test.serial("a .torrent that crashed two engines while it was added is refused", async (t) => {
  await using swarm = await Swarm.open(
    { pieceLengthBytes: 64 * 1024, files: 64 * 1024 },
    { host: "inline" },
  );
  const coordinator = await openWeak(swarm);
  const directory = swarm.folder("weak").path;
  await t.throwsAsync(coordinator.add(torrentNamed("deadly"), { directory }), {
    code: "quarantined",
  });
  const torrent = await coordinator.add(swarm.metainfo, { directory });
  await swarm.seed();
  await torrent.completed;
  t.like((await coordinator.actors()).children?.[0], { name: "engine", restarts: 2 });
});
