// The supervision tree as a user of the library sees it.

import test from "ava";
import { join } from "node:path";
import type { ActorStatus } from "@troupe/coordinator";
import { endActor } from "@troupe/coordinator/testing";
import { writePayload } from "../support/files/payload.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

const shape = { pieceLengthBytes: 64 * 1024, files: 4 * 1024 * 1024 };

/** Every line of the tree, by name. */
function linesOf(status: ActorStatus): ReadonlyMap<string, ActorStatus> {
  const inner = (status.children ?? []).flatMap((child) => [...linesOf(child)]);
  return new Map([[status.name, status], ...inner]);
}

test("I04: every actor and pool is in the tree, with its figures", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const { coordinator, record } = await swarm.join({ engine: { peerWorkers: 2 } });
  await swarm.seed();
  await record.torrent.completed;
  const lines = linesOf(await coordinator.actors());
  t.deepEqual(
    [...lines.keys()],
    ["troupe", "engine", "workers", "hash", "check", "file-0", "peers", "peer-0", "peer-1"],
  );
  for (const line of lines.values()) t.like(line, { state: "running", epoch: 1, restarts: 0 });
  for (const name of ["engine", "file-0", "peer-0", "peer-1"]) {
    const { cpuSeconds, heapBytes, loopDelayMs, mailbox } = lines.get(name) ?? {};
    t.true(cpuSeconds !== undefined && cpuSeconds > 0 && cpuSeconds < 100, name);
    t.true(heapBytes !== undefined && heapBytes > 1e6 && heapBytes < 1e9, name);
    t.true(loopDelayMs !== undefined && loopDelayMs.max >= loopDelayMs.p999, name);
    t.true(mailbox !== undefined && mailbox >= 0, name);
  }
  t.true((lines.get("hash")?.threads ?? 0) >= 1);
  t.is(lines.get("check")?.threads, 0);
});

test("an engine without peer-workers does not listen, starts no hash thread, and accepts only checks", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const { folder } = swarm.payload;
  await using coordinator = await startEngine({
    host: "threads",
    directory: folder,
    peerWorkers: 0,
  });
  t.is(coordinator.port, 0);
  const metainfo = torrentBytes(swarm.payload);
  await t.throwsAsync(coordinator.add(metainfo), { code: "option-out-of-range" });
  await t.throwsAsync(coordinator.add(metainfo, { seedOnly: true }), {
    code: "option-out-of-range",
  });
  const torrent = await coordinator.add(metainfo, { checkOnly: true });
  t.like(await torrent.checked, { passed: 64, failed: 0 });
  const lines = linesOf(await coordinator.actors());
  t.deepEqual(lines.get("peers")?.children, []);
  t.is(lines.get("hash")?.threads, 0);
  await torrent.remove();
});

test("torrents of one device share a file-worker, whether its lock or the engine looked at the folder", async (t) => {
  using place = temporaryFolder("one-device");
  const [seeded, checked] = ["seeded", "checked"].map((name) =>
    writePayload({ ...shape, folder: join(place.path, name), name }),
  );
  if (seeded === undefined || checked === undefined) return t.fail();
  await using coordinator = await startEngine({ host: "threads", directory: place.path });
  const directory = seeded.folder;
  const first = await coordinator.add(torrentBytes(seeded), { seedOnly: true, directory });
  await first.completed;
  const inOther = { checkOnly: true, directory: checked.folder };
  const second = await coordinator.add(torrentBytes(checked), inOther);
  t.like(await second.checked, { passed: 64, failed: 0 });
  const names = [...linesOf(await coordinator.actors()).keys()];
  t.deepEqual(
    names.filter((name) => name.startsWith("file-")),
    ["file-0"],
  );
});

test("restarts of actors and pools are counted, and logged with their durations", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const log: { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  const { coordinator, record } = await swarm.join({ engine: { log: (entry) => log.push(entry) } });
  await record.until("the start", () => record.states.includes("active"));
  for (const name of ["file-0", "peer-0"]) {
    endActor(coordinator, name);
    await record.until(`the restart of ${name}`, () => record.restartsOf(name) === 1);
  }
  await swarm.seed();
  await record.torrent.completed;
  endActor(coordinator, "hash");
  await record.until("the end of a hash thread", () => record.crashesOf("hash") === 1);
  const lines = linesOf(await coordinator.actors());
  for (const name of ["file-0", "peer-0"]) t.like(lines.get(name), { epoch: 2, restarts: 1 }, name);
  t.is(lines.get("hash")?.restarts, 1);

  const said = (event: string, name: string) =>
    log.filter((entry) => entry.event === event && entry.fields["name"] === name);
  for (const name of ["file-0", "peer-0"]) {
    t.like(said("actor-crashed", name).at(0)?.fields, {
      epoch: 1,
      restarts: 0,
      error: { code: "actor-killed" },
    });
    const started = said("actor-started", name).map(({ fields }) => fields);
    t.like(started.at(0), { epoch: 1, restarts: 0 });
    t.like(started.at(1), { epoch: 2, restarts: 1 });
    t.is(typeof started.at(1)?.["restartMs"], "number");
  }
  t.like(said("pool-thread-started", "hash").at(0)?.fields, { thread: 1, restarts: 0 });
  t.like(said("pool-thread-lost", "hash").at(0)?.fields, { restarts: 1 });
});

test("actors() of a closed coordinator shows a stopped tree", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const { coordinator } = await swarm.join();
  await coordinator.close();
  t.like((await coordinator.actors()).children?.[0], { name: "engine", state: "stopped" });
});
