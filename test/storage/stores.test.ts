// The promise of a store, by calls of its module and in whole engines.

import { randomBytes, randomInt } from "node:crypto";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { StoreModule, TorrentStore } from "@troupe/coordinator";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { Command } from "../support/programs/command.ts";
import {
  exampleStore,
  freshShape,
  triedStores,
  userModule,
  userTorrent,
} from "../support/programs/tried-stores.ts";
import { isLong } from "../support/lanes.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { FileServer } from "../support/web/file-server.ts";

const mostCallBytes = 1024 * 1024;

/** Makes the store of a torrent with one file of no engine. */
async function made(module: string, totalBytes: number): Promise<TorrentStore> {
  const { default: make } = (await import(module)) as { readonly default: StoreModule };
  const pieceLengthBytes = 64 * 1024;
  return await make({
    infoHash: randomBytes(20).toString("hex"),
    name: "tried",
    pieceCount: Math.ceil(totalBytes / pieceLengthBytes),
    pieceLengthBytes,
    totalBytes,
    isPrivate: false,
    files: [{ path: "tried", lengthBytes: totalBytes }],
    directory: "/tried",
  });
}

/** Reads all bytes, in calls of random lengths. */
async function readAll(store: TorrentStore, totalBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < totalBytes; at += parts.at(-1)?.length ?? 1) {
    const bytes = new Uint8Array(randomInt(1, Math.min(mostCallBytes, totalBytes - at) + 1));
    const count = await store.read(at, bytes);
    if (count !== bytes.length) throw new Error(`${count} of ${bytes.length} bytes at ${at}`);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function modulesOf(module: string | undefined) {
  return module === undefined ? {} : { modules: { store: module } };
}

/** A swarm with a seeder, and what a torrent needs to fetch from it. */
async function seeded(t: ExecutionContext, pieces: number) {
  const swarm = await Swarm.open(freshShape(pieces), { hashThreads: 1 });
  t.teardown(async () => await swarm[Symbol.asyncDispose]());
  const { host, port } = await swarm.pacedSeeder();
  return { swarm, torrent: { useTrackers: false, peers: [{ host, port }] } };
}

/** An engine without data fetches all of the torrent from the one at a port. */
async function fetchedFrom(swarm: Swarm, port: number): Promise<Buffer> {
  const peers = [{ host: "127.0.0.1", port }];
  const { folder, record } = await swarm.join({ torrent: { useTrackers: false, peers } });
  await record.torrent.completed;
  return Buffer.concat(swarm.payload.paths.map((path) => readFileSync(join(folder, path))));
}

for (const { title, module } of triedStores) {
  if (module !== undefined) {
    test(`E12: ${title} gives back what was written, in calls of any length, and later writes win`, async (t) => {
      const totalBytes = 3_000_001;
      const [store, other] = [await made(module, totalBytes), await made(module, totalBytes)];
      const content = randomBytes(totalBytes);
      for (let at = 0; at < totalBytes; at += mostCallBytes) {
        const bytes = Uint8Array.from(content.subarray(at, at + mostCallBytes));
        t.is(await store.write?.(at, bytes), bytes.length);
      }
      await other.write?.(0, new Uint8Array(1_000));
      for (let write = 0; write < 20; write += 1) {
        const at = randomInt(totalBytes);
        const bytes = Uint8Array.from(
          randomBytes(randomInt(1, 100_000)).subarray(0, totalBytes - at),
        );
        content.set(bytes, at);
        t.is(await store.write?.(at, bytes), bytes.length);
      }
      t.is(Buffer.compare(await readAll(store, totalBytes), content), 0);
      const ranges = Array.from({ length: 8 }, () => randomInt(totalBytes - 1_000));
      const reads = ranges.map(async (at) => {
        const bytes = new Uint8Array(1_000);
        t.is(await store.read(at, bytes), bytes.length);
        t.is(Buffer.compare(bytes, content.subarray(at, at + bytes.length)), 0);
      });
      await Promise.all(reads);
      await Promise.all([store.close?.(), other.close?.()]);
    });

    test(`E12: ${title} answers a read of bytes that were never written with a count`, async (t) => {
      const store = await made(module, 1_000);
      const count = await store.read(0, new Uint8Array(1_000));
      t.true(Number.isInteger(count) && count >= 0 && count <= 1_000, `${count}`);
      await store.close?.();
    });
  }

  test(`E12: a torrent is downloaded into ${title}, started again, read, and uploaded`, async (t) => {
    const { swarm, torrent } = await seeded(t, isLong ? 40 : 20);
    const { coordinator, record } = await swarm.join({
      engine: { host: "threads" },
      torrent: { ...torrent, ...modulesOf(module) },
    });
    await record.torrent.completed;
    await record.torrent.stop();
    record.torrent.start();
    await record.torrent.completed;
    t.is(record.torrent.fault, undefined);
    const parts: Uint8Array[] = [];
    for await (const part of record.torrent.createReadStream(0)) parts.push(part);
    t.is(Buffer.compare(Buffer.concat(parts), swarm.content), 0);
    t.is(Buffer.compare(await fetchedFrom(swarm, coordinator.port), swarm.content), 0);
  });

  // The gate has the folder in test/crash/kill.test.ts.
  if (module === undefined && !isLong) continue;
  test(`E12: after kill -9 during a download into ${title} the same command completes it`, async (t) => {
    const swarm = await Swarm.open(freshShape(isLong ? 60 : 30));
    t.teardown(async () => await swarm[Symbol.asyncDispose]());
    const slow = await swarm.pacedSeeder({ isShut: true });
    slow.allow(swarm.payload.totalBytes / 2);
    const fast = await swarm.pacedSeeder();
    const folder = swarm.folder("killed").path;
    writeFileSync(join(folder, "job.torrent"), swarm.metainfo);
    const words = ["job.torrent", "--dir", "data", "--no-trackers", "--json", "--port", "0"];
    const store = module === undefined ? [] : ["--store", module];
    const run = (port: number) =>
      new Command(
        [...words, "--bind", "127.0.0.1", "--peer", `127.0.0.1:${port}`, ...store],
        folder,
      );
    using first = run(slow.port);
    await first.until("ten pieces", () => first.count("piece") >= 10);
    first.signal("SIGKILL");
    await first.ended;
    using second = run(fast.port);
    const { status, stderr } = await second.ended;
    t.is(status, 0, stderr);
  });
}

/** A read-only store, and a torrent whose data it has. */
async function readOnly(t: ExecutionContext) {
  if (userModule !== undefined && userTorrent !== undefined)
    return { bytes: readFileSync(userTorrent), module: userModule, shorten() {} };
  const swarm = await Swarm.open(freshShape(40));
  t.teardown(async () => await swarm[Symbol.asyncDispose]());
  const server = swarm.use(await FileServer.start(swarm.payload.folder));
  const [path = ""] = swarm.payload.paths;
  return {
    bytes: swarm.metainfo,
    module: `${exampleStore("http-store")}?from=${server.url}${path}`,
    shorten: () => truncateSync(join(swarm.payload.folder, path), 100_000),
  };
}

async function engineFor(t: ExecutionContext) {
  const coordinator = await startEngine({ port: 0, bind: ["127.0.0.1"] });
  t.teardown(async () => await coordinator.close());
  return coordinator;
}

function folderFor(t: ExecutionContext): { readonly directory: string } {
  const folder = temporaryFolder("store");
  t.teardown(() => folder[Symbol.dispose]());
  return { directory: folder.path };
}

if (userModule === undefined || userTorrent !== undefined) {
  test("E12: a read-only store is checked and seeds all of its torrent", async (t) => {
    const { bytes, module } = await readOnly(t);
    const [seeder, leecher] = [await engineFor(t), await engineFor(t)];
    const [seeding, copying] = [folderFor(t), folderFor(t)];
    const options = { useTrackers: false, seedOnly: true };
    const seed = await seeder.add(bytes, { ...options, ...seeding, modules: { store: module } });
    await seed.completed;
    const peers = [{ host: "127.0.0.1", port: seeder.port }];
    const modules = { store: exampleStore("memory-store") };
    const copy = await leecher.add(bytes, { useTrackers: false, ...copying, modules, peers });
    await copy.completed;
    t.is(seed.fault, undefined);
    t.is(copy.fault, undefined);
  });
}

if (userModule === undefined) {
  test("E12: a read-only store without all of its torrent is not downloaded into", async (t) => {
    const { bytes, module, shorten } = await readOnly(t);
    shorten();
    const engine = await engineFor(t);
    const options = { useTrackers: false, modules: { store: module } };
    const torrent = await engine.add(bytes, { ...options, ...folderFor(t) });
    await t.throwsAsync(torrent.completed, { code: "store-read-only" });
  });
}
