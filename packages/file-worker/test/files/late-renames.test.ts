// Renames of a torrent that did not run, which its next start carries out. No start takes the file of another program, or
// another file of the torrent, for a file that lies elsewhere.

import test from "ava";
import type { StoredFile, StoredJob } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { pictureOf } from "@troupe/protocol/testing";
import { someFacts, startRig, storedFiles, type FileRig } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const home = { kind: "database", path: "/state/state.db" } as const;
const job: StoredJob = { key: "a".repeat(40) as TorrentKey, home, verify: "sample" };
const rules = { pieceLengthBytes: 4, mayWrite: true, job };
const orderly = { job: { facts: someFacts, isOrderly: true } };
/** Bytes of another program. */
const other = Uint8Array.of(9, 9);

/** Torrents whose files are of one piece each; a run has written these pieces, each of its number and 1. */
async function scene(names: readonly string[], pieces: readonly number[], partSuffix?: string) {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const lengths = Object.fromEntries(names.map((name) => [name, partSuffix === undefined ? 4 : 8]));
  const suffix = partSuffix !== undefined && { partSuffix };
  await rig.open({ files: lengths, ...rules, ...suffix });
  rig.saveJob(".".repeat(8));
  for (const piece of pieces) {
    rig.memory.fill(1 + piece, piece * 4, piece * 4 + 4);
    rig.write({ piece, offset: piece * 4, lengthBytes: 4 });
  }
  await rig.time.pass(0);
  await rig.time.pass(0);
  return { disk, rig, lengths };
}

/** The files with new paths. */
function renamed(
  lengths: Readonly<Record<string, number>>,
  paths: Readonly<Record<string, string>>,
): StoredFile[] {
  return storedFiles(lengths).map((file) => {
    const to = paths[file.path.join("/")];
    if (to === undefined) return file;
    return { ...file, path: to.split("/"), otherPaths: [{ use: "earlier", path: file.path }] };
  });
}

function filesOn(disk: MemoryDisk, folder = "/data/"): Record<string, string> {
  return Object.fromEntries(
    [...disk.entries]
      .filter(([path, { kind }]) => kind !== "folder" && path.startsWith(folder))
      .map(([path]): [string, string] => [
        path.slice(folder.length),
        (disk.bytesOf(path) ?? []).join(""),
      ])
      .toSorted(),
  );
}

/** The pieces that the opening takes from the record. */
function trusted(opened: Awaited<ReturnType<FileRig["open"]>>): string {
  if (!("known" in opened) || opened.known === undefined) throw new Error("nothing is known");
  return pictureOf(opened.known.trusted, 3);
}

test("E11: a start leaves the file of another program at a new path, and the renamed file where it lies", async (t) => {
  const { disk, rig, lengths } = await scene(["a", "b", "c"], [0, 1, 2]);
  await rig.close(orderly);
  disk.put("/data/notes", other);
  const files = renamed(lengths, { a: "notes" });
  const next = startRig(disk);
  const opened = await next.open({ files, ...rules });
  t.like(opened, { placed: [{ file: 0, path: "a" }] });
  t.is(trusted(opened), "###");
  await next.close(orderly);
  t.deepEqual(filesOn(disk), { a: "1111", b: "2222", c: "3333", notes: "99" });
  disk.remove("/data/notes");
  await startRig(disk).open({ files, ...rules });
  t.deepEqual(filesOn(disk), { b: "2222", c: "3333", notes: "1111" });
});

test("E11: a removal and a move leave the file of another program at a new path, and take the renamed file", async (t) => {
  for (const act of ["remove", "move"] as const) {
    const { disk, rig, lengths } = await scene(["a"], [0]);
    await rig.close(orderly);
    disk.put("/data/notes", other);
    const files = renamed(lengths, { a: "notes" });
    if (act === "remove") await rig.remove({ root: "/data", files, job });
    else t.like(await rig.move({ root: "/data", to: "/other", files, home }), { hasMoved: true });
    t.deepEqual(filesOn(disk), { notes: "99" }, act);
    t.deepEqual(filesOn(disk, "/other/"), act === "move" ? { a: "1111" } : {});
  }
});

for (const end of ["in order", "by a crash"]) {
  test(`E11: after an end ${end} a start shifts files by one name, in whatever order they are`, async (t) => {
    const { disk, rig, lengths } = await scene(["1", "2", "3"], [0, 1, 2]);
    if (end === "in order") await rig.close(orderly);
    else rig.saveJob("###.....");
    const next = startRig(disk);
    const files = renamed(lengths, { 1: "2", 2: "3", 3: "4" });
    const opened = await next.open({ files, ...rules });
    t.deepEqual(filesOn(disk), { 2: "1111", 3: "2222", 4: "3333" });
    if (end === "in order") t.is(trusted(opened), "###");
  });
}

test("E11: a start and a move take no file of the torrent for one that was never made", async (t) => {
  const { disk, rig, lengths } = await scene(["1", "2", "3"], [1, 2]);
  await rig.close(orderly);
  disk.put("/data/4", other);
  const files = renamed(lengths, { 1: "2", 2: "4" });
  t.like(await startRig(disk).open({ files, ...rules }), {
    refused: "rename-taken",
    path: "/data/2",
  });
  const place = { root: "/data", to: "/other", files, home };
  t.like(await rig.move(place), { refused: "rename-taken", path: "/data/2" });
  t.deepEqual(filesOn(disk), { 2: "2222", 3: "3333", 4: "99" });
  disk.remove("/data/4");
  await startRig(disk).open({ files, ...rules });
  t.deepEqual(filesOn(disk), { 3: "3333", 4: "2222" });
});

test("E11: two files that exchange their paths stay where they are", async (t) => {
  const { disk, rig, lengths } = await scene(["1", "2"], [0, 1]);
  await rig.close(orderly);
  const opened = await startRig(disk).open({
    files: renamed(lengths, { 1: "2", 2: "1" }),
    ...rules,
  });
  t.like(opened, {
    placed: [
      { file: 0, path: "1" },
      { file: 1, path: "2" },
    ],
  });
  t.deepEqual(filesOn(disk), { 1: "1111", 2: "2222" });
});

test("E10: a start finds an unfinished file with its suffix beside a file of another program", async (t) => {
  const { disk, rig, lengths } = await scene(["a"], [0], ".part");
  await rig.close(orderly);
  disk.put("/data/a", other);
  const next = startRig(disk);
  const opened = await next.open({ files: lengths, ...rules, partSuffix: ".part" });
  t.like(opened, { placed: [{ file: 0, path: "a.part" }] });
  t.is(trusted(opened)[0], "#");
  t.deepEqual(filesOn(disk), { a: "99", "a.part": "11110000" });
});

test("E10: a removal takes an unfinished file, and leaves a file of another program without the suffix", async (t) => {
  const { disk, rig, lengths } = await scene(["a"], [0], ".part");
  await rig.close(orderly);
  disk.put("/data/a", other);
  const files = storedFiles(lengths);
  t.like(await rig.remove({ root: "/data", files, job, partSuffix: ".part" }), { removed: 1 });
  t.deepEqual(filesOn(disk), { a: "99" });
});
