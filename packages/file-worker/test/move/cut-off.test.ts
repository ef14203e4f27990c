// A move that is cut off at each of its disk calls, on a simulated disk: the next move or start finishes or undoes it.

import { hash } from "node:crypto";
import test from "ava";
import { SimulatedDisk, type DiskCall } from "@troupe/actor-runtime/simulated";
import { startRig, storedFiles, pattern, type FileRig } from "../support/file-rig.ts";

const home = { kind: "database", path: "/state/state.db" } as const;
const lengths = { "t/a": 40_000, "t/sub/b": 20_000, "t/sub/empty": 0 };
const otherPath = { use: "full-length", path: ["t", "sub", "b"] } as const;
/** One of them lies at another of its paths. */
const files = storedFiles(lengths).map((file) =>
  file.path.at(-1) === "b" ? { ...file, path: ["t", "sub", "b?"], otherPaths: [otherPath] } : file,
);
const places = { files, partFile: ".parts", home };
const names = [...Object.keys(lengths), ".parts"];

/** Where the two folders are, and how files get a second name. */
interface Volumes {
  readonly isOther: boolean;
  readonly hasLinks: boolean;
}

/** Said by every disk call from the kill on. */
const killedWords = "the program is killed";

class Machine {
  nowMs = 1_000_000;
  readonly disk: SimulatedDisk;
  readonly calls: DiskCall[] = [];
  readonly #volumes: Volumes;
  #killAt = Infinity;

  constructor(volumes: Volumes) {
    this.#volumes = volumes;
    this.disk = new SimulatedDisk({
      // Each call comes later than the one before.
      clock: {
        nowMs: () => this.nowMs,
        epochMs: () => (this.nowMs += 1),
        utcOffsetMinutes: () => 0,
      },
      log: (call) => {
        this.calls.push(call);
        if (this.calls.length >= this.#killAt) throw new Error(killedWords);
      },
    });
    if (volumes.isOther) this.disk.mounts.add("/other", 9n);
    for (const folder of ["/data/t/sub", "/other", "/state"]) this.disk.makeFolder(folder);
    for (const [name, bytes] of contents) this.put(`/data/${name}`, bytes);
    this.boot();
  }

  put(path: string, bytes: Uint8Array): void {
    const file = this.disk.open(path, "create");
    this.disk.write(file, [bytes], 0);
    this.disk.close(file);
  }

  /** A new program on the same disk. */
  boot(killAt = Infinity): FileRig {
    this.calls.length = 0;
    this.#killAt = killAt;
    this.disk.fault = ({ operation }) =>
      operation === "link" && !this.#volumes.hasLinks ? "EPERM" : undefined;
    // The memory of pieces, which a move does not use.
    return startRig(this.disk, { slabBytes: 1_024 });
  }

  /** Digests of the files by name. */
  filesIn(folder: string): Record<string, string> {
    const found: [string, string][] = [];
    for (const name of names) {
      const path = `${folder}/${name}`;
      if (this.disk.stat(path) !== undefined) found.push([name, digest(this.disk.readFile(path))]);
    }
    return Object.fromEntries(found);
  }
}

function content(index: number): Uint8Array {
  return pattern([40_000, 20_000, 0, 300][index] ?? 0, index);
}

/** Ava compares arrays of bytes property by property, which takes most of the time of these tests. */
function digest(bytes: Uint8Array): string {
  return hash("sha1", bytes);
}

const contents = names.map((name, index) => [name, content(index)] as const);
const whole = Object.fromEntries(contents.map(([name, bytes]) => [name, digest(bytes)]));
const move = { ...places, root: "/data", to: "/other" };
const moved = { directory: "/other", hasMoved: true };

async function killed(volumes: Volumes, at: number): Promise<Machine | undefined> {
  const machine = new Machine(volumes);
  const rig = machine.boot(at);
  try {
    await rig.move(move);
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.message === killedWords) return machine;
    throw error;
  }
}

/** `CRASHES=all` cuts off at each disk call; else at every fifth, from another one on in each test. */
const step = process.env["CRASHES"] === "all" ? 1 : 5;

for (const [index, volumes] of [
  { isOther: true, hasLinks: true },
  { isOther: true, hasLinks: false },
  { isOther: false, hasLinks: true },
  { isOther: false, hasLinks: false },
].entries()) {
  const first = step === 1 ? 1 : 1 + index;
  const where = `${volumes.isOther ? "to another volume" : "within a volume"}, ${volumes.hasLinks ? "with" : "without"} links`;

  test(`E11: cut off at any disk call, the same move finishes: ${where}`, async (t) => {
    let kills = 0;
    for (let at = first; ; at += step) {
      const machine = await killed(volumes, at);
      if (machine === undefined) break;
      kills += 1;
      const call = JSON.stringify(machine.calls.at(-1));
      const rig = machine.boot();
      const isOneWhole = ["/data", "/other"].some((folder) => isWhole(machine.filesIn(folder)));
      // Where files have one name only they are renamed one after the other.
      if (volumes.isOther || volumes.hasLinks) t.true(isOneWhole, `${at} ${call}`);
      t.deepEqual(await rig.move(move), moved, `${at} ${call}`);
      t.deepEqual([machine.filesIn("/other"), machine.filesIn("/data")], [whole, {}], call);
      t.deepEqual(leftovers(machine), [], call);
    }
    t.log(`${kills} kill points`);
    t.true(kills > 30 / step, `${kills}`);
  });

  test(`E11: cut off at any disk call, a start in either folder finds all files there: ${where}`, async (t) => {
    for (const root of ["/data", "/other"]) {
      for (let at = first; ; at += step) {
        const machine = await killed(volumes, at);
        if (machine === undefined) break;
        const call = `${root} ${at} ${JSON.stringify(machine.calls.at(-1))}`;
        const rig = machine.boot();
        const isOnRecord = hasIntent(machine);
        const settled = await rig.settleMove({ ...places, root });
        if ("refused" in settled) return t.fail(`${call}: ${settled.message}`);
        // Nothing is known of a move that has not begun: the files are where they were.
        const folder = isOnRecord ? settled.directory : "/data";
        if (root === "/other") t.is(settled.directory, "/other", call);
        t.deepEqual(machine.filesIn(folder), whole, call);
        t.deepEqual(machine.filesIn(folder === "/data" ? "/other" : "/data"), {}, call);
        t.deepEqual(leftovers(machine), [], call);
      }
    }
  });
}

test("E11: a move that is cut off is settled with the paths that it began with, whatever renames come before", async (t) => {
  const volumes = { isOther: false, hasLinks: true };
  const renamed = storedFiles({ "x/a": 40_000, "x/sub/b": 20_000, "x/sub/empty": 0 });
  for (let at = 1; ; at += step) {
    const machine = await killed(volumes, at);
    if (machine === undefined) break;
    const call = `${at} ${JSON.stringify(machine.calls.at(-1))}`;
    const rig = machine.boot();
    const settled = await rig.settleMove({ ...places, files: renamed, root: "/data" });
    if ("refused" in settled) return t.fail(`${call}: ${settled.message}`);
    const isMoved = settled.directory === "/other";
    t.deepEqual(machine.filesIn(settled.directory), whole, call);
    t.deepEqual(machine.filesIn(isMoved ? "/data" : "/other"), {}, call);
  }
});

function isWhole(found: Record<string, string>): boolean {
  return names.every((name) => found[name] === whole[name]);
}

function hasIntent({ disk }: Machine): boolean {
  return disk.openDatabase(home.path).get(`move ${"a".repeat(40)}`) !== undefined;
}

/** Temporary names that are still there. */
function leftovers(machine: Machine): string[] {
  const temporary = (folder: string, index: number) =>
    `${folder}/.troupe-0000000000000000-${index}`;
  return ["/other", "/other/t", "/other/t/sub"].flatMap((folder) =>
    names.map((_, index) => temporary(folder, index)).filter((path) => machine.disk.stat(path)),
  );
}
