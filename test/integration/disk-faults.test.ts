// Disks that are full or may not be written to, and files that are touched while they are shared: on a real system.

import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Coordinator } from "@troupe/coordinator";
import { EventRecord } from "../support/swarm/event-record.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { SmallDisk } from "../support/files/small-disk.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { makeFifos } from "../support/files/fifo.ts";

const mebibyte = 1 << 20;
const pieceLengthBytes = 64 * 1024;
const pieces = 48;
const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;
const shape = { pieceLengthBytes, files: pieces * pieceLengthBytes };

/** @returns Undefined where nothing can be mounted: the test has passed then, and in CI it has failed. */
async function smallDisk(
  t: ExecutionContext,
  swarm: Swarm,
  sizeBytes: number,
): Promise<SmallDisk | undefined> {
  const disk = await SmallDisk.mount(sizeBytes);
  if (disk === undefined) t.is(process.env["CI"], undefined, "CI must be able to mount a tmpfs");
  else swarm.use(disk);
  return disk;
}

test.serial(
  "F19: on a full disk a torrent waits, keeps serving, and continues when there is room, without fetching a byte twice",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const disk = await smallDisk(t, swarm, 2 * mebibyte);
    if (disk === undefined) return;
    const seeder = await swarm.pacedSeeder();
    const other = await swarm.join({ torrent: { useTrackers: false, peers: [seeder] } });
    const { record } = await swarm.join({
      folder: disk.path,
      torrent: { useTrackers: false, peers: [seeder] },
    });
    const { torrent } = record;
    await record.until("the disk is full", () => torrent.state === "error");
    t.is(torrent.fault?.code, "disk-full");
    t.deepEqual(record.errors, []);
    await other.record.torrent.completed;
    const givenBytes = seeder.givenBytes;
    await disk.remount(`size=${16 * mebibyte}`);
    await torrent.completed;
    t.is(torrent.fault, undefined);
    await assertSameFiles(t, swarm.payload, disk.path);
    t.is(torrent.progress.wastedBytes, 0);
    t.is(seeder.givenBytes, 2 * shape.files, `${givenBytes} before there was room`);
  },
);

test.serial(
  "F19, F26, E09: a full disk and a folder that is a file are errors of their torrents only",
  async (t) => {
    await using whole = await Swarm.open(shape);
    await using full = await Swarm.open({ ...shape, files: shape.files - 1 });
    await using refused = await Swarm.open({ ...shape, files: shape.files - 2 });
    const disk = await smallDisk(t, full, 2 * mebibyte);
    if (disk === undefined) return;
    const noFolder = join(refused.folder("place").path, "file");
    writeFileSync(noFolder, "mine");
    await using engine = await Coordinator.start(local);
    const begin = async (swarm: Swarm, directory: string): Promise<EventRecord> => {
      const peers = [await swarm.pacedSeeder()];
      const options = { directory, useTrackers: false, peers, start: false };
      const record = new EventRecord(engine, await engine.add(swarm.metainfo, options));
      record.torrent.start();
      return record;
    };
    const onFull = await begin(full, disk.path);
    const onFile = await begin(refused, noFolder);
    await onFull.until("the disk is full", () => onFull.torrent.fault?.code === "disk-full");
    await onFile.until("the refusal", () => onFile.torrent.fault?.code === "ENOTDIR");
    const directory = whole.folder("data").path;
    const onGood = await begin(whole, directory);
    await onGood.torrent.completed;
    await assertSameFiles(t, whole.payload, directory);
    t.is(onFull.torrent.state, "error");
    t.is(readFileSync(noFolder, "utf8"), "mine");
    rmSync(noFolder);
    await disk.remount(`size=${16 * mebibyte}`);
    // The user starts the torrents again: the test before has the retry by the engine.
    onFull.torrent.start();
    onFile.torrent.start();
    await onFull.until("all", () => onFull.torrent.isSeed);
    await onFile.until("all", () => onFile.torrent.isSeed);
    await assertSameFiles(t, full.payload, disk.path);
    await assertSameFiles(t, refused.payload, noFolder);
  },
);

test.serial(
  "F20: without room for the state a download continues with a warning, and the older state stays whole",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const disk = await smallDisk(t, swarm, mebibyte);
    if (disk === undefined) return;
    const seeder = await swarm.pacedSeeder();
    const stateDirectory = join(disk.path, "state");
    const directory = swarm.folder("data").path;
    const options = { ...local, stateDirectory };
    {
      await using engine = await Coordinator.start(options);
      const peers = [seeder];
      await (
        await engine.add(swarm.metainfo, { directory, useTrackers: false, peers })
      ).completed;
    }
    rmSync(join(directory, "payload"));
    const ballast = join(disk.path, "ballast");
    t.throws(() => writeFileSync(ballast, new Uint8Array(mebibyte)), { code: "ENOSPC" });
    {
      await using engine = await Coordinator.start(options);
      const [torrent] = (await engine.restore()).torrents;
      if (torrent === undefined) return t.fail("not restored");
      const record = new EventRecord(engine, torrent);
      torrent.addPeer(seeder);
      await record.until("all", () => torrent.isSeed);
      t.true(record.warnings.some(({ code }) => code === "state-not-kept"));
    }
    rmSync(ballast);
    await using engine = await Coordinator.start(options);
    const [torrent] = (await engine.restore()).torrents;
    t.like(await torrent?.checked, { passed: pieces, failed: 0 });
    await assertSameFiles(t, swarm.payload, directory);
  },
);

test.serial(
  "F26: a read-only disk is an error at the start, before a block is requested",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const disk = await smallDisk(t, swarm, 16 * mebibyte);
    if (disk === undefined) return;
    await disk.remount("ro");
    const seeder = await swarm.pacedSeeder();
    const { record } = await swarm.join({
      folder: disk.path,
      torrent: { useTrackers: false, peers: [seeder] },
    });
    await t.throwsAsync(record.torrent.completed, { code: "EROFS" });
    t.is(seeder.connections, 0);
    await disk.remount("rw");
    // The user starts the torrent again: the next test has the retry by the engine.
    record.torrent.start();
    await record.until("all", () => record.torrent.isSeed);
    t.is(record.errors.length, 1);
  },
);

test.serial(
  "F26: a torrent that is restored while its volume is away starts when the volume is back, and fetches nothing before",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const disk = await smallDisk(t, swarm, 16 * mebibyte);
    if (disk === undefined) return;
    const seeder = await swarm.pacedSeeder();
    const stateDirectory = swarm.folder("state").path;
    {
      await using engine = await Coordinator.start({ ...local, stateDirectory });
      const torrent = await engine.add(swarm.metainfo, {
        directory: disk.path,
        useTrackers: false,
        peers: [seeder],
      });
      await torrent.completed;
    }
    await using away = await disk.takeAway();
    await using engine = await Coordinator.start({ ...local, stateDirectory });
    const { torrents } = await engine.restore();
    const [torrent] = torrents;
    if (torrent === undefined) return t.fail("not restored");
    const record = new EventRecord(engine, torrent);
    await record.until("the refusal", () => torrent.state === "error");
    t.like(torrent.fault, { code: "ENOENT" });
    t.regex(torrent.fault?.message ?? "", /its volume may be away/);
    t.deepEqual(readdirSync(disk.path), []);
    await away.bringBack();
    await record.until("all", () => torrent.isSeed);
    t.is(seeder.givenBytes, shape.files, "no byte twice");
  },
);

const filePieces = 8;
const fileBytes = filePieces * pieceLengthBytes;
/** What happens to files while they are seeded; the pieces of each that are not as they were. */
const touches: Readonly<Record<string, (path: string) => void | Promise<void>>> = {
  cut: (path) => truncateSync(path, fileBytes / 2),
  removed: (path) => unlinkSync(path),
  replaced: (path) => {
    unlinkSync(path);
    writeFileSync(path, new Uint8Array(fileBytes));
  },
  fifo: async (path) => {
    unlinkSync(path);
    await makeFifos(path);
  },
  link: (path) => {
    unlinkSync(path);
    symlinkSync("/etc/passwd", path);
  },
  folder: (path) => {
    unlinkSync(path);
    mkdirSync(path);
  },
};
const names = Object.keys(touches);

/** Pieces whose bytes are gone: all but the first half of the file that is cut. */
const gonePieces = names.flatMap((name, file) =>
  Array.from({ length: filePieces }, (_, piece) => file * filePieces + piece).slice(
    name === "cut" ? filePieces / 2 : 0,
  ),
);

test.serial(
  "F27, F28: nothing is sent of files that are cut, removed or replaced, or become a FIFO, a link or a folder, while they are seeded",
  async (t) => {
    await using swarm = await Swarm.open({
      pieceLengthBytes,
      files: names.map((name) => ({ path: [name], lengthBytes: fileBytes })),
    });
    const copy = swarm.folder("copy").path;
    cpSync(swarm.payload.folder, copy, { recursive: true });
    const { record, folder, coordinator } = await swarm.seed({
      folder: copy,
      torrent: { seedOnly: false },
    });
    const peers = [{ host: "127.0.0.1", port: coordinator.port }];
    const first = await swarm.join({ torrent: { useTrackers: false, peers } });
    await first.record.torrent.completed;
    const failed = new Set<number>();
    record.torrent.on("piece", ({ index, verified }) => verified || failed.add(index));
    for (const [name, touch] of Object.entries(touches)) await touch(join(folder, "payload", name));
    // A file that is open is compared with what has its name once a second; until then the old one is read, which is right.
    const since = record.seconds;
    await record.until("two seconds more", () => record.seconds >= since + 2);
    // A peer that wants all files pauses after each refused file. Six peers that want one file each need no pause.
    const wishes = names.map((_, wanted) => names.map((_name, file) => Number(file === wanted)));
    const next = await Promise.all(
      wishes.map((priorities) =>
        swarm.join({ torrent: { useTrackers: false, peers, priorities } }),
      ),
    );
    await record.until("the changes are seen", () =>
      gonePieces.every((piece) => failed.has(piece)),
    );
    for (const { record: ofPeer } of next) {
      t.is(ofPeer.failedPieces, 0, "no peer got a wrong byte");
      t.is(ofPeer.torrent.progress.wastedBytes, 0);
    }
    t.false(record.torrent.isSeed);
  },
);

test.serial("F27, E16: bytes that are lost during a download are fetched again", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder();
  const { record, folder } = await swarm.join({
    torrent: { useTrackers: false, peers: [seeder] },
  });
  const { torrent } = record;
  await torrent.completed;
  rmSync(join(folder, "payload"));
  t.like(await torrent.hashcheck(), { passed: 0, failed: pieces });
  // Two seeds have parted: they meet again.
  torrent.addPeer(seeder);
  await record.until("all again", () => torrent.isSeed);
  await assertSameFiles(t, swarm.payload, folder);
});
