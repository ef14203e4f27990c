// A program that is killed at each disk call of a rename, and of the end of an unfinished file: the next start finds every
// file, at its old or new path, and has every byte that was written.

import test from "ava";
import { SimulatedDisk, type DiskCall } from "@troupe/actor-runtime/simulated";
import type { FileRename } from "@troupe/control";
import type { StoredFile, StoredJob } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { pictureOf } from "@troupe/protocol/testing";
import { someFacts, startRig, type FileRig } from "../support/file-rig.ts";

const job: StoredJob = {
  key: "a".repeat(40) as TorrentKey,
  home: { kind: "database", path: "/state/state.db" },
  verify: "sample",
};
const pieceLengthBytes = 4;
const lengths = { "t/a": 8, "t/sub/b": 4, "t/sub/c": 4 };
const renamedPaths = ["x/a", "t/b", "t/c"];
const renames: FileRename[] = [
  { from: "t/a", to: "x/a" },
  { from: "t/sub", to: "t" },
];
/** The settings that the engine has before the first file is renamed. */
const facts = { ...someFacts, settings: { renames } };
/** The error of every disk call from the kill on. */
const killedWords = "the program is killed";

/** The files, as the engine of the next start has them. */
const files: StoredFile[] = Object.entries(lengths).map(([path, lengthBytes], index) => ({
  path: (renamedPaths[index] ?? "").split("/"),
  lengthBytes,
  otherPaths: [{ use: "earlier", path: path.split("/") }],
}));
const unrenamed: StoredFile[] = files.map((file) => ({
  path: file.otherPaths?.[0]?.path ?? [],
  lengthBytes: file.lengthBytes,
}));

class Machine {
  nowMs = 1_000_000;
  readonly calls: DiskCall[] = [];
  readonly disk: SimulatedDisk;
  #killAt = Infinity;

  constructor() {
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
    for (const folder of ["/data", "/state"]) this.disk.makeFolder(folder);
  }

  /** A new program on the same disk. */
  boot(): FileRig {
    this.killAfter(Infinity);
    return startRig(this.disk);
  }

  killAfter(calls: number): void {
    this.calls.length = 0;
    this.#killAt = calls;
  }

  /** The paths of the files that are there. */
  get paths(): string[] {
    const suffixes = ["", ".part"];
    const known = [...Object.keys(lengths), ...renamedPaths];
    return known
      .flatMap((path) => suffixes.map((suffix) => path + suffix))
      .filter((path) => this.disk.stat(`/data/${path}`) !== undefined)
      .toSorted();
  }
}

interface Scene {
  readonly machine: Machine;
  readonly rig: FileRig;
}

/** A run that has these pieces, each of bytes of its index. */
async function running(pieces: string, partSuffix?: string): Promise<Scene> {
  const machine = new Machine();
  const rig = machine.boot();
  const suffix = partSuffix !== undefined && { partSuffix };
  await rig.open({ files: unrenamed, pieceLengthBytes, mayWrite: true, job, ...suffix });
  rig.saveJob("....");
  for (const [piece, mark] of pieces.split("").entries()) if (mark === "#") await write(rig, piece);
  return { machine, rig };
}

async function write(rig: FileRig, piece: number): Promise<void> {
  rig.memory.fill(1 + piece, piece * 4, piece * 4 + 4);
  rig.write({ piece, offset: piece * 4, lengthBytes: 4 });
  for (let turn = 0; turn < 4; turn += 1) await rig.time.pass(0);
}

/** @returns False when the task came to its end before the kill. */
async function isKilled(task: () => Promise<unknown>): Promise<boolean> {
  try {
    await task();
    return false;
  } catch (error) {
    if (error instanceof Error && error.message === killedWords) return true;
    throw error;
  }
}

/** The next start. @returns The pieces that count as had, or are hashed first. */
async function start({ machine }: Scene, partSuffix?: string) {
  const rig = machine.boot();
  const suffix = partSuffix !== undefined && { partSuffix };
  const opened = await rig.open({ files, pieceLengthBytes, mayWrite: true, job, ...suffix });
  if (!("known" in opened) || opened.known === undefined) throw new Error("nothing is known");
  const { trusted, toHash, doubted } = opened.known;
  const known = trusted.map((byte, at) => byte | (toHash[at] ?? 0) | (doubted[at] ?? 0));
  rig.saveJob("####");
  return { rig, known: pictureOf(known, 4) };
}

/** The bytes of each piece, as an upload reads them. */
function bytesOf(rig: FileRig, pieces: readonly number[]): (number | string)[] {
  return pieces.map((piece) => {
    rig.memory.fill(0, 64, 68);
    const answer = rig.readBlocks({ position: piece * 4, lengthBytes: 4, offset: 64 });
    return "refused" in answer ? answer.refused : (rig.memory[64] ?? 0);
  });
}

for (const partSuffix of [undefined, ".part"]) {
  const pieces = partSuffix === undefined ? "####" : "#.##";
  const had = [...pieces.matchAll(/#/g)].map(({ index }) => index);

  test(`E11: a rename that is killed at any disk call loses no piece${partSuffix === undefined ? "" : " of an unfinished file"}`, async (t) => {
    let kills = 0;
    for (let at = 1; ; at += 1) {
      const scene = await running(pieces, partSuffix);
      scene.machine.killAfter(at);
      const paths = Object.fromEntries(renamedPaths.entries());
      if (!(await isKilled(() => scene.rig.rename(paths, facts)))) break;
      kills += 1;
      const call = `${at} ${JSON.stringify(scene.machine.calls.at(-1))}`;
      const { rig, known } = await start(scene, partSuffix);
      const final = renamedPaths.map((path, file) =>
        file === 0 && partSuffix !== undefined ? path + partSuffix : path,
      );
      t.deepEqual(scene.machine.paths, final.toSorted(), call);
      for (const piece of had) t.is(known[piece], "#", call);
      t.deepEqual(
        bytesOf(rig, had),
        had.map((piece) => piece + 1),
        call,
      );
    }
    t.log(`${kills} kill points`);
    t.true(kills > 10, `${kills}`);
  });
}

test("E10: the last write to a file that is killed at any disk call loses no other piece, and the file gets its name", async (t) => {
  let kills = 0;
  for (let at = 1; ; at += 1) {
    const scene = await running("#.##", ".part");
    t.deepEqual(scene.machine.paths, ["t/a.part", "t/sub/b", "t/sub/c"]);
    scene.machine.killAfter(at);
    if (!(await isKilled(() => write(scene.rig, 1)))) break;
    kills += 1;
    const call = `${at} ${JSON.stringify(scene.machine.calls.at(-1))}`;
    const again = scene.machine.boot();
    const place = { files: unrenamed, pieceLengthBytes, mayWrite: true, job };
    await again.open({ ...place, partSuffix: ".part" });
    again.saveJob("#.##");
    t.deepEqual(bytesOf(again, [0, 2, 3]), [1, 3, 4], call);
    again.saveJob("####");
    await again.complete();
    t.deepEqual(scene.machine.paths, ["t/a", "t/sub/b", "t/sub/c"], call);
  }
  t.log(`${kills} kill points`);
  t.true(kills > 3, `${kills}`);
});
