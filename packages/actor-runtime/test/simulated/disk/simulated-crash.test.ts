import test from "ava";
import { SimulatedDisk } from "../../../src/simulated/disk/simulated-disk.ts";
import { SeededRandom } from "../../../src/simulated/seeded-random.ts";

const clock = { nowMs: () => 0, epochMs: () => 1_000, utcOffsetMinutes: () => 0 };
const sector = 512;

/** A file of sixteen sectors of `1`, synced, of which the second half has been overwritten with `2`. */
function halfSynced() {
  const disk = new SimulatedDisk({ clock });
  disk.makeFolder("/d");
  const file = disk.open("/d/a", "create");
  disk.write(file, [new Uint8Array(16 * sector).fill(1)], 0);
  disk.sync(file);
  disk.write(file, [new Uint8Array(8 * sector).fill(2)], 8 * sector);
  return { disk, file };
}

const crashed = (seed: number): Uint8Array => {
  const { disk } = halfSynced();
  disk.crash(new SeededRandom(`${seed}`));
  return disk.readFile("/d/a");
};

test("a crash keeps synced bytes, and each other sector in its old or new state", (t) => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 50; seed++) {
    const bytes = crashed(seed);
    const sectors = Array.from({ length: 16 }, (_, at) =>
      bytes.subarray(at * sector, (at + 1) * sector),
    );
    for (const part of sectors) t.true(part.every((byte) => byte === part[0]));
    const picture = sectors.map((part) => part[0]).join("");
    t.regex(picture, /^1{8}[12]{8}$/);
    seen.add(picture);
  }
  t.true(seen.has("1".repeat(16)));
  t.true(seen.has("1".repeat(8) + "2".repeat(8)));
  t.true(seen.size > 10);
});

test("a crash closes open files, and the same seed leaves the same disk", (t) => {
  const { disk, file } = halfSynced();
  disk.crash(new SeededRandom("7"));
  t.throws(() => disk.sync(file), { code: "EBADF" });
  t.deepEqual(crashed(7), crashed(7));
});

test("a file that was never synced may be lost, a file that was replaced atomically may not", (t) => {
  let gone = 0;
  for (let seed = 0; seed < 50; seed++) {
    const disk = new SimulatedDisk({ clock });
    disk.open("/a", "create");
    disk.writeFileAtomically("/b", Uint8Array.of(1, 2, 3));
    disk.crash(new SeededRandom(`${seed}`));
    if (disk.stat("/a") === undefined) gone += 1;
    t.deepEqual(disk.readFile("/b"), Uint8Array.of(1, 2, 3));
  }
  t.true(gone > 5 && gone < 45);
});

test("committed rows survive every crash", (t) => {
  const disk = new SimulatedDisk({ clock });
  disk.openDatabase("/state.db").commit(new Map([["a", Uint8Array.of(1)]]));
  disk.crash(new SeededRandom("1"));
  t.deepEqual(disk.openDatabase("/state.db").get("a"), Uint8Array.of(1));
});

test("a sync covers the writes before it began", async (t) => {
  const disk = new SimulatedDisk({ clock });
  const file = disk.open("/a", "create");
  disk.write(file, [new Uint8Array(sector).fill(1)], 0);
  const synced = new Promise((resolve) => disk.syncLater("/a", resolve));
  disk.write(file, [new Uint8Array(sector).fill(2)], 0);
  t.is(await synced, undefined);
  const left = new Set<number | undefined>();
  for (let seed = 0; seed < 20; seed++) {
    disk.crash(new SeededRandom(`${seed}`));
    left.add(disk.readFile("/a")[0]);
  }
  t.false(left.has(0));
});

test("after a failed sync no other sync saves the writes before it", async (t) => {
  const disk = new SimulatedDisk({ clock });
  const file = disk.open("/a", "create");
  disk.write(file, [new Uint8Array(sector).fill(1)], 0);
  disk.sync(file);
  disk.write(file, [new Uint8Array(sector).fill(2)], 0);
  disk.fault = () => "EIO";
  const failed = new Promise((resolve) => disk.syncLater("/a", resolve));
  disk.fault = undefined;
  t.like(await failed, { code: "EIO" });
  disk.sync(file);
  const lost = Array.from({ length: 20 }, (_, seed) => {
    const copy = new SeededRandom(`${seed}`);
    return copy.next() * 1.5 - 0.25 <= 0;
  }).indexOf(true);
  disk.crash(new SeededRandom(`${lost}`));
  t.is(disk.readFile("/a")[0], 1);
});
