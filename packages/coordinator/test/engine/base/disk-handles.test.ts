import test from "ava";
import { ActorError } from "@troupe/actor-runtime";
import { settle } from "@troupe/actor-runtime/testing";
import {
  checkPoolsOf,
  diskEnded,
  diskOfFolder,
  diskOfStore,
  idleAfterMs,
  mostFileWorkers,
  mostStores,
} from "../../../src/engine/base/disk-handles.ts";
import { tick, tickMs } from "../../../src/engine/tick.ts";
import { makeScene, putIn } from "../../support/engine-scene.ts";

/** An engine whose folders `/N/…` lie on device N. Nothing of it runs yet. */
function scene() {
  const made = makeScene();
  const { engine, disk, folders, time } = made;
  disk.isWanted = false;
  disk.devices.clear();
  folders.look = (folder) => Promise.resolve({ device: BigInt(folder.split("/")[1] ?? "") });
  return {
    ...made,
    numberOf: async (folder: string) => (await diskOfFolder(engine, folder)).index,
    storeOf: async (url: string) => (await diskOfStore(engine, url)).index,
    pass(ms: number) {
      for (let passedMs = 0; passedMs < ms; passedMs += tickMs) {
        time.advance(tickMs);
        tick(engine);
      }
    },
  };
}

test("each device has a file-worker of its own, started with its first folder", async (t) => {
  const { numberOf, started } = scene();
  t.deepEqual(
    [
      await numberOf("/1/a"),
      await numberOf("/2/a"),
      await numberOf("/1/b"),
      await numberOf("/2/b"),
    ],
    [0, 1, 0, 1],
  );
  t.deepEqual([...new Set(started)], ["start file-0", "start file-1"]);
});

test("the first file-worker starts while the first folder is looked at", async (t) => {
  const { engine, folders, started } = scene();
  const look = Promise.withResolvers<{ device: bigint }>();
  folders.look = () => look.promise;
  const found = diskOfFolder(engine, "/1/a");
  await settle();
  t.deepEqual(started, ["start file-0"]);
  look.resolve({ device: 1n });
  t.is((await found).index, 0);
});

test("a folder whose device was seen a moment ago is not looked at", async (t) => {
  const { engine, folders, started } = scene();
  const looks: string[] = [];
  folders.look = (folder) => {
    looks.push(folder);
    return Promise.resolve({ device: 1n });
  };
  t.is((await diskOfFolder(engine, "/1/a", 1n)).index, 0);
  t.is((await diskOfFolder(engine, "/2/a", 2n)).index, 1);
  t.deepEqual(looks, []);
  t.is(
    (await diskOfFolder(engine, "/1/b")).index,
    0,
    "the look knows the device by the same number",
  );
  t.deepEqual(looks, ["/1/b"]);
  t.deepEqual([...new Set(started)], ["start file-0", "start file-1"]);
});

test("the ninth device and further ones share the last file-worker", async (t) => {
  const { numberOf } = scene();
  for (let device = 1; device <= mostFileWorkers; device++) {
    t.is(await numberOf(`/${device}/a`), device - 1);
  }
  t.deepEqual([await numberOf("/9/a"), await numberOf("/10/a"), await numberOf("/8/a")], [7, 7, 7]);
});

test("file-workers share the files that may be open", async (t) => {
  const { numberOf, files } = scene();
  for (const file of files) file.peer ??= { name: "file", epoch: 1 };
  await numberOf("/1/a");
  await numberOf("/2/a");
  const limits = (index: number) => files[index]?.casts("limit-files").at(-1);
  t.deepEqual([limits(0), limits(1)], [{ maxOpenFiles: 27 }, { maxOpenFiles: 27 }]);
});

test("a file-worker without torrents is ended after a while, and another device can use it", async (t) => {
  const { engine, numberOf, pass, started, addJob } = scene();
  const job = addJob({});
  job.request = { ...job.request, home: { kind: "file", path: "/1/a/record" } };
  job.disk = await diskOfFolder(engine, "/1/a");
  await numberOf("/2/a");
  pass(idleAfterMs + 1_000);
  t.deepEqual(started.slice(-1), ["stop file-1"], "the other one has a torrent that runs");
  t.is(await numberOf("/2/a"), 1, "until its thread has ended the place is kept");
  pass(idleAfterMs + 1_000);
  diskEnded(engine, "file-1");
  t.is(await numberOf("/3/a"), 1);
  putIn(job, "stopped");
  pass(idleAfterMs + 1_000);
  t.true(started.includes("stop file-0"));
});

test("a file-worker that has pieces to write, or is in a disk call, is not ended", async (t) => {
  const { numberOf, pass, started, engine } = scene();
  const disk = engine.disks[await numberOf("/1/a")];
  const counter = new Int32Array(disk?.watch.nextStamp() ?? new SharedArrayBuffer(4));
  counter[0] = 1;
  pass(2 * idleAfterMs);
  t.deepEqual(
    started.filter((what) => what.startsWith("stop")),
    [],
  );
  counter[0] = 2;
  pass(idleAfterMs + 1_000);
  t.deepEqual(started.slice(-1), ["stop file-0"]);
});

test("a file-worker is not ended while its move thread is in a disk call", async (t) => {
  const { numberOf, pass, started, engine } = scene();
  const disk = engine.disks[await numberOf("/1/a")];
  const counter = new Int32Array(disk?.watch.nextStamp() ?? new SharedArrayBuffer(12));
  counter[2] = 1;
  pass(2 * idleAfterMs);
  t.false(started.includes("stop file-0"));
  counter[2] = 0;
  pass(idleAfterMs + 1_000);
  t.true(started.includes("stop file-0"));
});

test("a file-worker stays for a torrent whose record is only in its memory", async (t) => {
  const { engine, pass, started, addJob } = scene();
  const job = addJob();
  job.disk = await diskOfFolder(engine, "/1/a");
  putIn(job, "stopped");
  pass(2 * idleAfterMs);
  t.false(started.includes("stop file-0"));
});

test("a folder that does not answer starts no file-worker and is the caller's error", async (t) => {
  const { engine, folders, numberOf } = scene();
  await numberOf("/1/a");
  folders.look = () => Promise.reject(new ActorError("disk-not-answering", { message: "late" }));
  await t.throwsAsync(diskOfFolder(engine, "/2/a"), { code: "disk-not-answering" });
  t.deepEqual(
    engine.disks.filter(({ isWanted }) => isWanted).map(({ index }) => index),
    [0],
  );
});

test("the tree shows the check pools of all devices as one line", async (t) => {
  const { disks } = scene().engine;
  const closed: number[] = [];
  for (const disk of disks.slice(0, 2)) {
    Object.assign(disk.checkPool, {
      threads: 2,
      queued: 1,
      restarts: 0,
      close: () => Promise.resolve(void closed.push(disk.index)),
    });
  }
  const pools = checkPoolsOf(disks);
  t.like(pools, { threads: 4, queued: 2, restarts: 0, abandoned: 0 });
  await pools.close();
  t.deepEqual(closed, [0, 1]);
});

test("E12: each module with a store has a file-worker, which it shares with no folder", async (t) => {
  const { numberOf, storeOf } = scene();
  t.deepEqual(
    [await storeOf("file:///a"), await numberOf("/1/a"), await storeOf("file:///b")],
    [0, 1, 2],
  );
  t.deepEqual([await storeOf("file:///a"), await numberOf("/1/b")], [0, 1]);
});

test("E12: the fifth module with a store is refused, and folders keep half of the file-workers", async (t) => {
  const { numberOf, storeOf } = scene();
  for (let store = 0; store < mostStores; store++) await storeOf(`file:///${store}`);
  await t.throwsAsync(storeOf("file:///more"), {
    code: "store-limit",
    message: /^cannot open the store file:\/\/\/more: 4 stores are open/,
  });
  const folders = mostFileWorkers - mostStores;
  const numbers: number[] = [];
  for (let device = 1; device <= folders + 1; device++)
    numbers.push(await numberOf(`/${device}/a`));
  t.deepEqual(numbers, [4, 5, 6, 7, 7]);
});

test("E12: a store that finds all file-workers with folders is refused", async (t) => {
  const { numberOf, storeOf } = scene();
  for (let device = 1; device <= mostFileWorkers; device++) await numberOf(`/${device}/a`);
  await t.throwsAsync(storeOf("file:///a"), { code: "store-limit", message: /all 8 threads/ });
});

test("E12: a file-worker that has ended is free of its store", async (t) => {
  const { engine, numberOf, pass, storeOf } = scene();
  await storeOf("file:///a");
  pass(idleAfterMs + 2 * tickMs);
  await settle();
  diskEnded(engine, "file-0");
  t.is(await numberOf("/1/a"), 0);
});
