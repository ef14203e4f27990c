// Files that are recorded links, on a real folder: a simulated disk follows no link.

import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { encodeLinkedFiles, type LinkedFile } from "@troupe/messages";
import { nodeDisk } from "../../../actor-runtime/src/io/disk/node-disk.ts";
import { pattern, startRig, storedFiles } from "../support/file-rig.ts";

const ways = ["hard", "symlink"] as const;
const links = [".troupe/x.links"];
const files = { "sub/a": 100, "sub/b": 50 };
/** Pieces of 40 bytes: the third has bytes of both files. */
const pieceLengthBytes = 40;

/** A folder whose file `sub/a` is a link to `theirs/film`, on record. */
function linkedFolder(t: ExecutionContext, way: (typeof ways)[number]) {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "troupe-links-")));
  t.teardown(() => rmSync(top, { recursive: true, force: true }));
  const [root, theirs] = [join(top, "ours"), join(top, "theirs")];
  for (const folder of [join(root, "sub"), join(root, ".troupe"), theirs])
    mkdirSync(folder, { recursive: true });
  const [original, path] = [join(theirs, "film"), join(root, "sub/a")];
  writeFileSync(original, pattern(100));
  if (way === "hard") linkSync(original, path);
  else symlinkSync(original, path);
  const { ino } = statSync(original, { bigint: true });
  const link: LinkedFile = way === "hard" ? { way, inode: ino } : { way, target: original };
  const record = join(root, links[0] ?? "");
  writeFileSync(record, encodeLinkedFiles(new Map([[0, link]])));
  return { root, theirs, original, path, record };
}

for (const way of ways) {
  test(`E15: a file that is linked (${way}) is read, and its place is named for checks`, async (t) => {
    const { root, original } = linkedFolder(t, way);
    const rig = startRig(nodeDisk);
    const opened = await rig.open({ root, files, pieceLengthBytes, links });
    const linked = way === "hard" ? [{ file: 0 }] : [{ file: 0, readAt: original }];
    t.deepEqual(opened, { foundBytes: 100, linked });
    t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 100 }), {});
    t.deepEqual(Uint8Array.from(rig.memory.subarray(0, 100)), pattern(100));
    await rig.close();
  });

  test(`E15: a piece with other bytes is not written to a linked file (${way}), which keeps its bytes and its length`, async (t) => {
    const { root, original } = linkedFolder(t, way);
    const rig = startRig(nodeDisk);
    await rig.open({ root, files, pieceLengthBytes, links, mayWrite: true });
    rig.memory.fill(7);
    rig.write({ piece: 1, lengthBytes: 40 });
    rig.settle();
    const path = join(root, "sub/a");
    t.deepEqual(rig.notices, [{ notWritten: 1, refused: "linked-file-wrong", path }]);
    await rig.close();
    t.deepEqual(Uint8Array.from(readFileSync(original)), pattern(100));
  });

  test(`E15: a linked file (${way}) that was cut is neither made longer nor allocated`, async (t) => {
    const { root, original } = linkedFolder(t, way);
    truncateSync(original, 30);
    const rig = startRig(nodeDisk);
    await rig.open({ root, files, pieceLengthBytes, links, mayWrite: true });
    t.like(await rig.prepare("full"), { refused: "linked-file-wrong" });
    rig.memory.set(pattern(40));
    rig.write({ piece: 0, lengthBytes: 40 });
    rig.settle();
    t.like(rig.notices.at(-1), { notWritten: 0, refused: "linked-file-wrong" });
    await rig.close();
    t.deepEqual(Uint8Array.from(readFileSync(original)), pattern(30));
  });

  test(`E15: a piece that ends in a linked file (${way}) and begins in a missing one is written to the missing one alone`, async (t) => {
    const { root, original } = linkedFolder(t, way);
    const { mtimeNs } = statSync(original, { bigint: true });
    const rig = startRig(nodeDisk);
    await rig.open({ root, files, pieceLengthBytes, links, mayWrite: true });
    rig.memory.set(pattern(40, 80));
    rig.write({ piece: 2, lengthBytes: 40 });
    rig.settle();
    t.deepEqual(rig.notices, [{ written: 2 }]);
    await rig.close();
    t.deepEqual(
      Uint8Array.from(readFileSync(join(root, "sub/b")).subarray(0, 20)),
      pattern(20, 100),
    );
    t.deepEqual(Uint8Array.from(readFileSync(original)), pattern(100));
    t.is(statSync(original, { bigint: true }).mtimeNs, mtimeNs);
  });

  test(`E15: a removal with data removes the name of a linked file (${way}) alone, and the record`, async (t) => {
    const { root, theirs, original } = linkedFolder(t, way);
    const rig = startRig(nodeDisk);
    const message = { root, files: storedFiles(files), pieceLengthBytes: 1, links };
    t.deepEqual(await rig.remove(message), { removed: 1, left: [] });
    t.deepEqual(readdirSync(root), []);
    t.deepEqual(readdirSync(theirs), ["film"]);
    t.deepEqual(Uint8Array.from(readFileSync(original)), pattern(100));
  });

  test(`E15: a removal from a shared folder removes a linked file (${way}), which no record of the job knows`, async (t) => {
    const { root, original } = linkedFolder(t, way);
    const rig = startRig(nodeDisk);
    const message = { root, files: storedFiles(files), isShared: true, links };
    t.deepEqual(await rig.remove(message), { removed: 1, left: [] });
    t.deepEqual(Uint8Array.from(readFileSync(original)), pattern(100));
  });

  test(`E15: a linked file (${way}) is renamed as it is, and stays read-only`, async (t) => {
    const { root, original } = linkedFolder(t, way);
    const rig = startRig(nodeDisk);
    await rig.open({ root, files, pieceLengthBytes, links, mayWrite: true });
    t.deepEqual(await rig.rename({ 0: "sub/c" }), { placed: [{ file: 0, path: "sub/c" }] });
    t.false(existsSync(join(root, "sub/a")));
    t.is(lstatSync(join(root, "sub/c")).isSymbolicLink(), way === "symlink");
    t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 100 }), {});
    rig.memory.fill(7);
    rig.write({ piece: 0, lengthBytes: 40 });
    rig.settle();
    t.like(rig.notices.at(-1), { notWritten: 0, refused: "linked-file-wrong" });
    await rig.close();
    const renamed = { root, files: storedFiles({ "sub/c": 100, "sub/b": 50 }), links };
    t.deepEqual(await rig.remove(renamed), { removed: 1, left: [] });
    t.deepEqual(Uint8Array.from(readFileSync(original)), pattern(100));
  });

  test(`E15: a copy in the place of a linked file (${way}) is the torrent's own`, async (t) => {
    const { root, original, path } = linkedFolder(t, way);
    rmSync(path);
    writeFileSync(path, pattern(100));
    const rig = startRig(nodeDisk);
    t.deepEqual(await rig.open({ root, files, pieceLengthBytes, links, mayWrite: true }), {
      foundBytes: 100,
    });
    rig.memory.fill(7);
    rig.write({ piece: 0, lengthBytes: 40 });
    rig.settle();
    t.deepEqual(rig.notices, [{ written: 0 }]);
    await rig.close();
    t.deepEqual(Uint8Array.from(readFileSync(path).subarray(0, 40)), new Uint8Array(40).fill(7));
    t.deepEqual(Uint8Array.from(readFileSync(original)), pattern(100));
  });
}

test("E15: nothing is made where a recorded symlink leads to nowhere", async (t) => {
  const { root, theirs, original } = linkedFolder(t, "symlink");
  rmSync(original);
  const rig = startRig(nodeDisk);
  await rig.open({ root, files, pieceLengthBytes, links, mayWrite: true });
  rig.write({ piece: 0, lengthBytes: 40 });
  rig.settle();
  t.like(rig.notices.at(-1), { notWritten: 0, refused: "linked-file-wrong" });
  await rig.close();
  t.deepEqual(readdirSync(theirs), []);
});

test("E15: a symlink that leads elsewhere than its record says is not followed", async (t) => {
  const { root, theirs, path } = linkedFolder(t, "symlink");
  writeFileSync(join(theirs, "secret"), pattern(100, 1));
  rmSync(path);
  symlinkSync(join(theirs, "secret"), path);
  const rig = startRig(nodeDisk);
  t.like(await rig.open({ root, files, pieceLengthBytes, links }), { refused: "not-a-file" });
  const left = await rig.remove({ root, files: storedFiles(files), links });
  t.like(left, { removed: 0, left: [{ refused: "not-a-file" }] });
  t.true(lstatSync(path).isSymbolicLink());
});

test("E15: a damaged record of linked files refuses the opening and the removal", async (t) => {
  const { root, record, path } = linkedFolder(t, "hard");
  writeFileSync(record, "{");
  const rig = startRig(nodeDisk);
  t.like(await rig.open({ root, files, pieceLengthBytes, links }), { refused: "links-unreadable" });
  const removed = await rig.remove({ root, files: storedFiles(files), links });
  t.like(removed, { refused: "links-unreadable" });
  t.true(existsSync(path));
});
