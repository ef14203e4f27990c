import test, { type ExecutionContext } from "ava";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { nodeDisk } from "../../../actor-runtime/src/io/disk/node-disk.ts";
import type { Symlink } from "@troupe/messages";
import { MemoryDisk } from "../support/memory-disk.ts";
import { FileRig, startRig, storedFiles, torrent } from "../support/file-rig.ts";

/** A folder with these files, whose content is their length in bytes of `x`. */
function folderWith(t: ExecutionContext, files: Readonly<Record<string, number>>): string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "troupe-links-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, length] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (length > 0) writeFileSync(join(root, path), "x".repeat(length));
  }
  return root;
}

/** Opens and completes a torrent whose links are made. */
async function complete(
  root: string,
  files: Readonly<Record<string, number>>,
  links: readonly Symlink[],
  options: { readonly isShared?: boolean; readonly unwanted?: readonly number[] } = {},
): Promise<{ readonly rig: FileRig; readonly answer: unknown }> {
  const rig = startRig(nodeDisk);
  const opened = { root, files, symlinks: links, pieceLengthBytes: 16, mayWrite: true, ...options };
  const opening = await rig.open(opened);
  if ("refused" in opening) throw new Error(opening.message);
  return { rig, answer: await rig.complete(true, { makesSymlinks: true }) };
}

const files = { "T/a": 10, "T/d/e/b": 6, "T/d/l": 0, "T/f": 0, "T/new/n": 0 };
/** `d/l` leads to `a`, `f` to the folder `d`, `new/n` to `d/e/b`. */
const links = [
  { file: 2, target: 0, levelsUp: 0 },
  { file: 3, target: 1, levelsUp: 2 },
  { file: 4, target: 1, levelsUp: 0 },
];

test("A18: links are made when the torrent is complete, by relative paths, and stay at the next completion", async (t) => {
  const root = folderWith(t, files);
  const { answer, rig } = await complete(root, files, links);
  t.deepEqual(answer, {});
  const seen = () => ["d/l", "f", "new/n"].map((path) => readlinkSync(join(root, "T", path)));
  t.deepEqual(seen(), ["../a", "d", "../d/e/b"]);
  t.is(readFileSync(join(root, "T/d/l"), "utf8"), "x".repeat(10));
  const { ino } = lstatSync(join(root, "T/f"));
  await rig.complete(true, { makesSymlinks: true });
  t.is(lstatSync(join(root, "T/f")).ino, ino);
  t.deepEqual(seen(), ["../a", "d", "../d/e/b"]);
});

test("A18: without the setting a link is an empty file, and a link is made again when it is gone", async (t) => {
  const root = folderWith(t, { "T/a": 10 });
  const rig = startRig(nodeDisk);
  const two = { "T/a": 10, "T/l": 0 };
  const link = { file: 1, target: 0, levelsUp: 0 };
  await rig.open({ root, files: two, symlinks: [link], pieceLengthBytes: 16, mayWrite: true });
  await rig.complete();
  t.true(lstatSync(join(root, "T/l")).isFile());
  await rig.complete(true, { makesSymlinks: true });
  t.true(lstatSync(join(root, "T/l")).isFile(), "what exists is not replaced");
  rmSync(join(root, "T/l"));
  await rig.complete(true, { makesSymlinks: true });
  t.is(readlinkSync(join(root, "T/l")), "a");
});

test("A18: where the system has no links they are empty files", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", new Uint8Array(10));
  const rig = startRig(disk);
  const two = { a: 10, l: 0 };
  const link = { file: 1, target: 0, levelsUp: 0 };
  await rig.open({ files: two, symlinks: [link], pieceLengthBytes: 16, mayWrite: true });
  t.deepEqual(await rig.complete(true, { makesSymlinks: true }), {});
  t.deepEqual(disk.bytesOf("/data/l"), new Uint8Array(0));
});

test("case 15: a link is never made over a name, through a link, or to a target that is a link or is not there", async (t) => {
  const outside = folderWith(t, { secret: 7 });
  const root = folderWith(t, { "T/a": 10, "T/kept": 3 });
  symlinkSync(outside, join(root, "T/way"));
  symlinkSync(join(outside, "secret"), join(root, "T/aim"));
  const hostile = {
    "T/a": 10,
    "T/kept": 0,
    "T/way/l": 0,
    "T/aim": 0,
    "T/to-aim": 0,
    "T/to-way": 0,
    "T/way/x": 1,
    "T/absent": 5,
    "T/to-absent": 0,
  };
  const rig = startRig(nodeDisk);
  await rig.open({
    ...{ root, files: { "T/a": 10 }, pieceLengthBytes: 16, mayWrite: true },
  });
  await rig.close();
  const { answer } = await complete(root, omit(hostile, "T/way/x"), [
    { file: 1, target: 0, levelsUp: 0 },
    { file: 2, target: 0, levelsUp: 0 },
    { file: 3, target: 0, levelsUp: 0 },
    { file: 4, target: 3, levelsUp: 0 },
    { file: 5, target: 2, levelsUp: 1 },
    { file: 7, target: 6, levelsUp: 0 },
  ]);
  t.deepEqual(answer, {});
  t.deepEqual(readdirSync(join(root, "T")).toSorted(), ["a", "aim", "kept", "way"]);
  t.is(readFileSync(join(root, "T/kept"), "utf8"), "xxx");
  t.is(readlinkSync(join(root, "T/aim")), join(outside, "secret"));
  t.deepEqual(readdirSync(outside), ["secret"]);
  t.is(readFileSync(join(outside, "secret"), "utf8"), "x".repeat(7));
});

test("case 15: a link to its own place, to a folder above it or to the data folder is not made", async (t) => {
  const root = folderWith(t, { "T/a": 10, "T/d/b": 6 });
  const sketch = { "T/a": 10, "T/d/b": 6, "T/d/l": 0, "T/d/m": 0, "T/n": 0 };
  const { answer } = await complete(root, sketch, [
    { file: 2, target: 1, levelsUp: 1 },
    { file: 3, target: 1, levelsUp: 2 },
    { file: 4, target: 0, levelsUp: 2 },
    { file: 4, target: 0, levelsUp: 9 },
    { file: 4, target: 4, levelsUp: 0 },
    { file: 9, target: 0, levelsUp: 0 },
  ]);
  t.deepEqual(answer, {});
  t.deepEqual(readdirSync(join(root, "T")).toSorted(), ["a", "d"]);
  t.deepEqual(readdirSync(join(root, "T/d")), ["b"]);
});

test("case 15: nothing is written through a link that stands where a file of the torrent belongs", async (t) => {
  const outside = folderWith(t, { secret: 10 });
  const root = folderWith(t, { "T/a": 10 });
  const sketch = { "T/a": 10, "T/l": 0 };
  const { rig } = await complete(root, sketch, [{ file: 1, target: 0, levelsUp: 0 }]);
  await rig.close();
  rmSync(join(root, "T/a"));
  symlinkSync(join(outside, "secret"), join(root, "T/a"));
  const again = startRig(nodeDisk);
  const opened = await again.open({ root, files: sketch, pieceLengthBytes: 16, mayWrite: true });
  t.like(opened, { refused: "not-a-file" });
  t.is(readFileSync(join(outside, "secret"), "utf8"), "x".repeat(10));
});

test("an unwanted link is not made, nor is a link of a torrent that is on its way to another folder", async (t) => {
  const root = folderWith(t, { "T/a": 10 });
  const sketch = { "T/a": 10, "T/l": 0 };
  const link = [{ file: 1, target: 0, levelsUp: 0 }];
  const { rig } = await complete(root, sketch, link, { unwanted: [1] });
  t.false(existsSync(join(root, "T/l")));
  await rig.close();
  const other = startRig(nodeDisk);
  await other.open({ root, files: sketch, symlinks: link, pieceLengthBytes: 16, mayWrite: true });
  await other.complete(false, { makesSymlinks: true });
  t.false(existsSync(join(root, "T/l")));
});

test("a removal removes the torrent's links, and no link that leads elsewhere", async (t) => {
  const root = folderWith(t, files);
  const { rig } = await complete(root, files, links);
  await rig.close();
  rmSync(join(root, "T/f"));
  symlinkSync("../elsewhere", join(root, "T/f"));
  const removed = await rig.remove({
    root,
    files: storedFiles(files),
    symlinks: links,
    ownsEmptyFiles: true,
  });
  t.like(removed, { removed: 4, left: [] });
  t.deepEqual(readdirSync(join(root, "T")), ["f"]);
});

test("a moved torrent leaves no link behind, and gets its links in the new folder", async (t) => {
  const root = folderWith(t, files);
  const to = join(folderWith(t, {}), "to");
  const { rig } = await complete(root, files, links);
  await rig.close();
  const moved = await rig.move({
    root,
    to,
    files: storedFiles(files),
    symlinks: links,
    ownsEmptyFiles: true,
  });
  t.like(moved, { directory: to, hasMoved: true });
  t.deepEqual(readdirSync(root), []);
  await rig.open({
    root: to,
    files,
    symlinks: links,
    torrent,
    pieceLengthBytes: 16,
    mayWrite: true,
  });
  await rig.complete(true, { makesSymlinks: true });
  t.is(readFileSync(join(to, "T/d/l"), "utf8"), "x".repeat(10));
});

test("case 15: whatever links a torrent has, none leads out of the data folder or to a folder above it", async (t) => {
  const names = fc.constantFrom("a", "b", "c");
  const path = fc
    .array(names, { minLength: 1, maxLength: 4 })
    .map((parts) => ["T", ...parts].join("/"));
  const link = fc.record({
    file: fc.integer({ min: 0, max: 12 }),
    target: fc.integer({ min: 0, max: 12 }),
    levelsUp: fc.integer({ min: 0, max: 4 }),
  });
  let made = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(path, { maxLength: 8 }),
      fc.uniqueArray(path, { maxLength: 4 }),
      fc.array(link, { maxLength: 6 }),
      async (filePaths, linkPaths, list) => {
        const root = mkdtempSync(join(realpathSync(tmpdir()), "troupe-links-"));
        try {
          const whole = filePaths.filter((one) => !isBeside(one, filePaths));
          for (const one of whole) {
            mkdirSync(dirname(join(root, one)), { recursive: true });
            writeFileSync(join(root, one), "x");
          }
          const sketch = Object.fromEntries([
            ...linkPaths.map((one) => [one, 0] as const),
            ...whole.map((one) => [one, 1] as const),
          ]);
          const places = Object.keys(sketch);
          const links = list
            .map(({ file, target, levelsUp }) => ({
              file: file % Math.max(1, linkPaths.length),
              target: target % Math.max(1, places.length),
              levelsUp,
            }))
            .filter(({ file }) => sketch[places[file] ?? ""] === 0);
          await complete(root, sketch, links);
          for (const at of linksBelow(root)) {
            made += 1;
            const end = realpathSync(at);
            t.true(end.startsWith(`${root}/`), `${at} leads to ${end}`);
            t.false(`${at}/`.startsWith(`${end}/`), `${at} leads to ${end}`);
          }
        } finally {
          rmSync(root, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 150 },
  );
  t.true(made > 20, `${made} links`);
});

/** Links in a folder and the folders below it. Links to folders are not followed: two of them may lead into each other. */
function linksBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return [path];
    return entry.isDirectory() ? linksBelow(path) : [];
  });
}

/** Whether a file has the path of a folder of another file. */
function isBeside(path: string, others: readonly string[]): boolean {
  return others.some((other) => other.startsWith(`${path}/`));
}

function omit(from: Readonly<Record<string, number>>, name: string): Record<string, number> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key !== name));
}
