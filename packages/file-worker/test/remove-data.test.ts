import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { nodeDisk } from "../../actor-runtime/src/io/disk/node-disk.ts";
import { MemoryDisk } from "./support/memory-disk.ts";
import { pattern, startRig, storedFiles } from "./support/file-rig.ts";

function root(t: ExecutionContext, ...paths: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "troupe-remove-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of paths) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), "x");
  }
  return folder;
}

const files = storedFiles({ "t/a": 1, "t/sub/b": 1, "t/sub/deep/c": 1 });

test("case 29: only files of the torrent are removed, and folders that are then empty", async (t) => {
  const folder = root(t, "t/a", "t/sub/b", "t/sub/deep/c", "t/mine", "other", ".parts");
  const rig = startRig(nodeDisk);
  t.deepEqual(await rig.remove({ root: folder, files, partFile: ".parts" }), {
    removed: 4,
    left: [],
  });
  t.deepEqual(readdirSync(folder).toSorted(), ["other", "t"]);
  t.deepEqual(readdirSync(join(folder, "t")), ["mine"]);
});

test("case 29: no file is removed through a link, and a link with a file's name stays", async (t) => {
  const outside = root(t, "sub/b", "a");
  const folder = root(t, "t/sub2/x");
  symlinkSync(join(outside, "sub"), join(folder, "t/sub"));
  symlinkSync(join(outside, "a"), join(folder, "t/a"));
  const rig = startRig(nodeDisk);
  const answer = await rig.remove({ root: folder, files });
  t.like(answer, { removed: 0 });
  t.deepEqual("left" in answer && answer.left.map(({ refused }) => refused), [
    "not-a-file",
    "path-outside-root",
    "path-outside-root",
  ]);
  t.deepEqual(readdirSync(join(outside, "sub")), ["b"]);
  t.deepEqual(readdirSync(join(folder, "t")).toSorted(), ["a", "sub", "sub2"]);
});

test("case 29: a path that leads out of the folder refuses the removal", async (t) => {
  const folder = root(t, "keep");
  const rig = startRig(nodeDisk);
  const hostile = [{ path: ["..", "keep"], lengthBytes: 1 }, ...files];
  t.like(await rig.remove({ root: folder, files: hostile }), { refused: "path-outside-root" });
  t.deepEqual(readdirSync(folder), ["keep"]);
});

test("files of a torrent that is open stay", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(1));
  const rig = startRig(disk);
  await rig.open({ files: { a: 1 }, pieceLengthBytes: 1 });
  t.like(await rig.remove({ root: "/data", files: storedFiles({ a: 1 }) }), {
    refused: "still-open",
  });
  t.true(disk.entries.has("/data/a"));
});

test("missing files do not fail a removal", async (t) => {
  const rig = startRig(nodeDisk);
  t.deepEqual(await rig.remove({ root: root(t), files }), { removed: 0, left: [] });
});

test("a removal of a closing torrent waits for the close", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { a: 1, b: 1 }, pieceLengthBytes: 1 });
  rig.write({ piece: 0, lengthBytes: 1 });
  const closing = rig.close();
  const answer = await rig.remove({ root: "/data", files: storedFiles({ a: 1, b: 1 }) });
  t.deepEqual(answer, { removed: 1, left: [] });
  t.deepEqual(await closing, {});
  t.deepEqual(rig.notices, [{ written: 0 }]);
});
