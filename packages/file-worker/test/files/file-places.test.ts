import test from "ava";
import { parseTorrent, type NameRule } from "@troupe/protocol/metainfo";
import type { StoredFile } from "@troupe/messages";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig } from "../support/file-rig.ts";
import { folderWithPaths } from "../../../protocol/test/support/torrents.ts";

/** Files of a byte each, as a torrent names them; a file may have a length of its own. */
function filesOf(
  paths: readonly string[],
  rule: NameRule = "own",
  lengths: Readonly<Record<string, number>> = {},
): StoredFile[] {
  const { files } = parseTorrent(folderWithPaths([...paths], { name: "n" }), { names: rule });
  return files.map((file, index) => ({ ...file, lengthBytes: lengths[paths[index] ?? ""] ?? 1 }));
}

function filesOn(disk: MemoryDisk): string[] {
  return [...disk.entries].filter(([, { kind }]) => kind !== "folder").map(([path]) => path);
}

const writing = { pieceLengthBytes: 1, mayWrite: true } as const;

/** Opens, writes all pieces, and closes. */
async function writeAll(disk: MemoryDisk, files: readonly StoredFile[]) {
  const rig = startRig(disk);
  rig.memory.fill(7, 0, 16);
  const opened = await rig.open({ files, ...writing });
  for (const piece of files.keys()) rig.write({ piece, lengthBytes: 1 });
  rig.settle();
  await rig.complete();
  await rig.close();
  return opened;
}

test("a new file gets the path that the torrent gives it", async (t) => {
  const disk = new MemoryDisk();
  t.deepEqual(await writeAll(disk, filesOf(["a?", "sub. /b"])), { foundBytes: 0 });
  t.deepEqual(filesOn(disk), ["/data/n/a?", "/data/n/sub. /b"]);
});

for (const [rule, there, free] of [
  ["own", "/data/n/a_", "/data/n/a?"],
  ["portable", "/data/n/a?", "/data/n/a_"],
] as const) {
  test(`with ${rule} names a file at its other path is found, written and removed there`, async (t) => {
    const disk = new MemoryDisk();
    disk.put(there, pattern(1));
    const files = filesOf(["a?", "b:"], rule);
    t.deepEqual(await writeAll(disk, files), {
      foundBytes: 1,
      placed: [{ file: 0, path: there.slice("/data/".length) }],
    });
    t.deepEqual(disk.bytesOf(there), Uint8Array.of(7));
    t.is(disk.bytesOf(free), undefined);
    t.like(await startRig(disk).remove({ root: "/data", files }), { removed: 2, left: [] });
    t.deepEqual(filesOn(disk), []);
  });
}

test("of two files at the paths of one the file at the own path counts", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/n/a?", pattern(1));
  disk.put("/data/n/a_", pattern(1, 9));
  for (const rule of ["own", "portable"] as const) {
    const opened = await startRig(disk).open({ files: filesOf(["a?"], rule), ...writing });
    t.deepEqual(opened, { foundBytes: 1 });
  }
});

test("a file of another length at a portable path, or anything but a file, is no file of the torrent", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/n/a_", pattern(3));
  disk.putOther("/data/n/b_", "link");
  disk.makeFolder("/data/n/c_");
  const files = filesOf(["a?", "b?", "c?"], "own", { "a?": 4, "b?": 4, "c?": 4 });
  t.deepEqual(await startRig(disk).open({ files, ...writing }), { foundBytes: 0 });
});

test("an unfinished file at the torrent's own path is continued there with portable names", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/n/a?", pattern(3));
  disk.put("/data/n/b?", pattern(5));
  const files = filesOf(["a?", "b?"], "portable", { "a?": 4, "b?": 4 });
  t.deepEqual(await startRig(disk).open({ files, ...writing }), {
    foundBytes: 3,
    placed: [{ file: 0, path: "n/a?" }],
  });
});

test("an empty file at its other path is not made again", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/n/b_", pattern(0));
  await writeAll(disk, filesOf(["a", "b?"], "own", { "b?": 0 }));
  t.deepEqual(filesOn(disk).toSorted(), ["/data/n/a", "/data/n/b_"]);
});

test("a move takes each file from where it lies, under the name that it has", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/n/a_", pattern(1));
  disk.put("/data/n/b:", pattern(1));
  const files = filesOf(["a?", "b:"]);
  t.like(await startRig(disk).move({ root: "/data", files, to: "/other" }), { hasMoved: true });
  t.deepEqual(filesOn(disk).toSorted(), ["/other/n/a_", "/other/n/b:"]);
});

const twins = ["README", "readme", "plain"];

test("where case counts, files whose paths differ in case alone keep them", async (t) => {
  const disk = new MemoryDisk();
  t.deepEqual(await writeAll(disk, filesOf(twins)), { foundBytes: 0 });
  t.deepEqual(filesOn(disk), ["/data/n/README", "/data/n/readme", "/data/n/plain"]);
  t.is(disk.calls.get("remove"), 1, "the file that showed whether case counts");
});

test("where case is ignored, files whose paths differ in case alone get numbers, at every opening", async (t) => {
  const disk = new MemoryDisk(["/data"], true);
  const placed = [{ file: 1, path: "n/readme.1" }];
  t.deepEqual(await writeAll(disk, filesOf(twins)), { foundBytes: 0, placed });
  const paths = ["/data/n/README", "/data/n/readme.1", "/data/n/plain"];
  t.deepEqual(filesOn(disk), paths);
  // A check, which creates nothing.
  const made = disk.opened.length;
  const checked = await startRig(disk).open({ files: filesOf(twins), pieceLengthBytes: 1 });
  t.deepEqual(checked, { foundBytes: 3, placed });
  t.is(disk.opened.length, made);
  t.like(await startRig(disk).move({ root: "/data", files: filesOf(twins), to: "/other" }), {
    hasMoved: true,
  });
  t.deepEqual(
    filesOn(disk),
    paths.map((path) => path.replace("/data", "/other")),
  );
  const removed = await startRig(disk).remove({ root: "/other", files: filesOf(twins) });
  t.like(removed, { removed: 3, left: [] });
});

test("in a folder that takes no file, case counts as ignored unless the files show that it counts", async (t) => {
  const disk = new MemoryDisk();
  disk.fail("open", "EROFS");
  t.like(await startRig(disk).open({ files: filesOf(twins), ...writing }), {
    placed: [{ file: 1, path: "n/readme.1" }],
  });
  disk.put("/data/n/readme", pattern(1));
  disk.fail("open", "EROFS");
  t.deepEqual(await startRig(disk).open({ files: filesOf(twins), ...writing }), { foundBytes: 1 });
});
