// The end of an engine, and questions to it, while one of its threads is gone.

import test from "ava";
import { endActor } from "@troupe/coordinator/testing";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Relay } from "../support/swarm/relay.ts";
import { Swarm, type Member } from "../support/swarm/swarm.ts";
import { isLong } from "../support/lanes.ts";

const totalBytes = 4 * 1024 * 1024;
const shape = { pieceLengthBytes: 64 * 1024, files: totalBytes };

/** A leecher in the middle of its download; the door to its seeder lets half of the payload pass. */
async function halfWay(swarm: Swarm): Promise<{ leecher: Member; relay: Relay }> {
  const alone = { useTrackers: false };
  const seeder = await swarm.seed({ engine: { host: "inline" }, torrent: alone });
  const target = { host: "127.0.0.1", port: seeder.coordinator.port };
  const relay = swarm.use(await Relay.open({ target, gated: "target" }));
  relay.allow(totalBytes / 2);
  const leecher = await swarm.join({ torrent: { ...alone, peers: [relay] } });
  await leecher.record.until("some pieces", () => leecher.record.pieces.length >= 8);
  return { leecher, relay };
}

const names = isLong ? ["file-0", "hash", "check", "peer-0", "engine"] : ["engine"];
for (const name of names) {
  test.serial(`close() succeeds right after the end of ${name}`, async (t) => {
    await using swarm = await Swarm.open(shape, { host: "threads" });
    const { leecher } = await halfWay(swarm);
    const { coordinator, record } = leecher;
    endActor(coordinator, name);
    await t.notThrowsAsync(coordinator.close());
    t.is(record.torrent.state, "stopped");
    await t.throwsAsync(record.torrent.completed, { code: "torrent-stopped" });
    t.deepEqual(record.errors, []);
  });
}

test.serial("calls to an engine that is down are answered by the next engine", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const { leecher, relay } = await halfWay(swarm);
  const { coordinator, record, folder } = leecher;
  endActor(coordinator, "engine");
  await record.until("the end", () => record.crashesOf("engine") === 1);
  await using other = await Swarm.open({ ...shape, files: 100_000 }, { host: "threads" });
  const [status, added] = await Promise.all([
    record.torrent.status(),
    coordinator.add(other.metainfo, { directory: swarm.folder("other").path }),
  ]);
  t.not(status.state, "error");
  t.like((await coordinator.actors()).children?.[0], { name: "engine", epoch: 2, restarts: 1 });
  t.is(added.infoHash, other.infoHash);
  await added.stop();
  t.is(added.state, "stopped");

  relay.allow(Infinity);
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
});

test.serial("actors() answers while the engine is down, with its workers as unknown", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const { leecher } = await halfWay(swarm);
  const { coordinator, record } = leecher;
  endActor(coordinator, "engine");
  await record.until("the end", () => record.crashesOf("engine") === 1);
  const tree = await coordinator.actors();
  t.like(tree, { name: "troupe", state: "running" });
  t.like(tree.children?.[0], { name: "engine", state: "restarting" });
  t.like(tree.children?.[0]?.children, [{ name: "workers", state: "unknown" }]);
  await record.until("the restart", () => record.restartsOf("engine") === 1);
  t.like((await coordinator.actors()).children?.[0]?.children?.[0], { state: "running" });
});

test.serial("a torrent that is stopped while the engine is down stays stopped", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const { leecher } = await halfWay(swarm);
  const { coordinator, record } = leecher;
  endActor(coordinator, "engine");
  await record.until("the end", () => record.crashesOf("engine") === 1);
  await record.torrent.stop();
  t.is(record.torrent.state, "stopped");
  await record.until("the restart", () => record.restartsOf("engine") === 1);
  t.is((await record.torrent.status()).state, "stopped");
});
