// The file actor on a real folder: what only a real system can refuse.

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { nodeDisk } from "../../actor-runtime/src/io/disk/node-disk.ts";
import { pattern, startRig, storedFiles } from "./support/file-rig.ts";
import { makeFifos } from "../../../test/support/files/fifo.ts";
import { runProcess } from "../../../test/support/programs/process.ts";

function temporaryRoot(t: ExecutionContext): string {
  const root = mkdtempSync(join(tmpdir(), "troupe-file-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

test("pieces land in their files, which are sparse and of full length", async (t) => {
  const root = temporaryRoot(t);
  const rig = startRig(nodeDisk);
  rig.memory.set(pattern(4096));
  await rig.open({ root, files: { "x/a": 1000, "x/b": 1 << 26 }, pieceLengthBytes: 4096 });
  rig.write({ piece: 0, lengthBytes: 4096 });
  rig.settle();
  t.deepEqual(await rig.close(), {});
  t.deepEqual(new Uint8Array(readFileSync(join(root, "x/a"))), pattern(1000));
  const { size, blocks } = statSync(join(root, "x/b"));
  t.is(size, 1 << 26);
  t.true(blocks * 512 < size);
});

test("adjacent pieces in several extents are one gather write on a real file", async (t) => {
  const root = temporaryRoot(t);
  const rig = startRig(nodeDisk, { slabBytes: 1 << 20 });
  const content = pattern(50 * 1000 + 7);
  await rig.open({ root, files: { a: 20_000, b: 30_007 }, pieceLengthBytes: 1000 });
  for (let piece = 50; piece >= 0; piece -= 1) {
    const part = content.subarray(piece * 1000, piece * 1000 + 1000);
    const offset = ((piece * 37) % 51) * 1024;
    rig.memory.set(part, offset);
    rig.write({ piece, offset, lengthBytes: part.byteLength });
  }
  rig.settle();
  await rig.close();
  const found = [readFileSync(join(root, "a")), readFileSync(join(root, "b"))];
  t.deepEqual(new Uint8Array(Buffer.concat(found)), content);
});

test("reading fills the parts of an extent and leaves the gaps", async (t) => {
  const root = temporaryRoot(t);
  writeFileSync(join(root, "a"), pattern(64));
  const rig = startRig(nodeDisk);
  await rig.open({ root, files: { a: 64 }, pieceLengthBytes: 64 });
  t.deepEqual(rig.readBlocks({ position: 8, lengthBytes: 24, gapBytes: 2, blockBytes: 16 }), {});
  t.deepEqual([...rig.memory.subarray(0, 28)], [0, 0, ...pattern(16, 8), 0, 0, ...pattern(8, 24)]);
});

test("F28: a link to a file outside is neither read nor written", async (t) => {
  const root = temporaryRoot(t);
  const outside = join(temporaryRoot(t), "secret");
  writeFileSync(outside, "secret!!");
  const rig = startRig(nodeDisk);
  await rig.open({ root, files: { a: 8 }, pieceLengthBytes: 8 });
  symlinkSync(outside, join(root, "a"));
  t.like(rig.readBlocks({ lengthBytes: 8 }), { refused: "not-a-file" });
  rig.write({ piece: 0, lengthBytes: 8 });
  rig.settle();
  t.like(rig.notices[0], { notWritten: 0, refused: "not-a-file" });
  t.is(readFileSync(outside, "utf8"), "secret!!");
});

test("a dangling link is refused, and its target is not made", async (t) => {
  const root = temporaryRoot(t);
  symlinkSync(join(root, "target"), join(root, "a"));
  const rig = startRig(nodeDisk);
  t.like(await rig.open({ root, files: { a: 8 }, pieceLengthBytes: 8 }), {
    refused: "not-a-file",
  });
});

test("whatever lies at the places of files without bytes is left alone, and fails nothing", async (t) => {
  const root = temporaryRoot(t);
  const outside = temporaryRoot(t);
  writeFileSync(join(root, "a"), pattern(8));
  writeFileSync(join(root, "long"), "not of the torrent");
  mkdirSync(join(root, "folder"));
  symlinkSync(join(outside, "missing"), join(root, "dangling"));
  symlinkSync(outside, join(root, "out"));
  await makeFifos(join(root, "fifo"));
  const before = readdirSync(root).toSorted();
  const names = ["long", "folder", "dangling", "out", "out/below", "a/below", "fifo"];
  const files = { a: 8, ...Object.fromEntries(names.map((name) => [name, 0])) };
  const rig = startRig(nodeDisk);
  t.deepEqual(await rig.open({ root, files, pieceLengthBytes: 8 }), { foundBytes: 8 });
  t.deepEqual(await rig.complete(), {});
  t.deepEqual(await rig.close(), {});
  t.deepEqual(readdirSync(root).toSorted(), before);
  t.deepEqual(readdirSync(outside), []);
  const other = temporaryRoot(t);
  t.like(await rig.move({ root, files: storedFiles(files), to: other }), { hasMoved: true });
  t.deepEqual(readdirSync(other), ["a"]);
  t.deepEqual(await rig.move({ root: other, files: storedFiles(files), to: root }), {
    directory: root,
    hasMoved: true,
  });
  const removed = await rig.remove({ root, files: storedFiles(files) });
  t.deepEqual(removed, { removed: 1, left: [] });
  t.deepEqual(
    readdirSync(root).toSorted(),
    before.filter((name) => name !== "a"),
  );
  t.is(readFileSync(join(root, "long"), "utf8"), "not of the torrent");
});

test("a folder that is a link out of the root is refused, also when its target is missing", async (t) => {
  const root = temporaryRoot(t);
  const outside = temporaryRoot(t);
  symlinkSync(outside, join(root, "folder"));
  symlinkSync(join(outside, "later"), join(root, "dangling"));
  const rig = startRig(nodeDisk);
  const open = (files: Record<string, number>) => rig.open({ root, files, pieceLengthBytes: 8 });
  t.like(await open({ "folder/a": 8 }), { refused: "path-outside-root" });
  t.like(await open({ "dangling/x/a": 8 }), { refused: "path-outside-root" });
});

test("a folder swapped for a link while the torrent runs is refused", async (t) => {
  const root = temporaryRoot(t);
  const outside = temporaryRoot(t);
  const rig = startRig(nodeDisk);
  await rig.open({ root, files: { "f/a": 8, "f/b": 8 }, pieceLengthBytes: 8 });
  rig.write({ piece: 0, lengthBytes: 8 });
  rig.settle();
  renameSync(join(root, "f"), join(outside, "f"));
  symlinkSync(join(outside, "f"), join(root, "f"));
  rig.time.freeze(1_000);
  rig.write({ piece: 1, lengthBytes: 8 });
  rig.settle();
  t.like(rig.notices[1], { notWritten: 1, refused: "path-outside-root" });
  t.throws(() => statSync(join(outside, "f/b")), { code: "ENOENT" });
});

test("a root that is itself a link is followed: the user chose it", async (t) => {
  const real = temporaryRoot(t);
  const root = join(temporaryRoot(t), "link");
  symlinkSync(real, root);
  const rig = startRig(nodeDisk);
  await rig.open({ root, files: { "f/a": 8 }, pieceLengthBytes: 8 });
  rig.write({ piece: 0, lengthBytes: 8 });
  rig.settle();
  t.deepEqual(rig.notices, [{ written: 0 }]);
  t.is(statSync(join(real, "f/a")).size, 8);
});

test("F28: a FIFO is refused without waiting for its other end", async (t) => {
  const root = temporaryRoot(t);
  const rig = startRig(nodeDisk);
  await rig.open({ root, files: { a: 8 }, pieceLengthBytes: 8 });
  await makeFifos(join(root, "a"));
  t.like(rig.readBlocks({ lengthBytes: 8 }), { refused: "not-a-file" });
  rig.write({ piece: 0, lengthBytes: 8 });
  rig.settle();
  t.like(rig.notices[0], { notWritten: 0, refused: "not-a-file" });
  t.like(await rig.open({ root, files: { a: 8 }, pieceLengthBytes: 8 }), {
    refused: "not-a-file",
  });
});

const kinds: Readonly<Record<string, readonly string[]>> = {
  FIFO: ["mkfifo"],
  folder: ["mkdir"],
  link: ["ln", "-s", "/etc/hostname"],
  // Root alone can make one.
  ...(process.getuid?.() === 0 && { device: ["sh", "-c", 'mknod "$0" c 1 3'] }),
};
for (const [kind, [command = "", ...words]] of Object.entries(kinds)) {
  test(`F28: a ${kind} in the place of a file is refused at the start`, async (t) => {
    const root = temporaryRoot(t);
    await runProcess([command, ...words, join(root, "a")]);
    const rig = startRig(nodeDisk);
    t.like(await rig.open({ root, files: { a: 8 }, pieceLengthBytes: 8 }), {
      refused: "not-a-file",
    });
  });
}

test("F26: a root that is a file is refused", async (t) => {
  const root = join(temporaryRoot(t), "file");
  writeFileSync(root, "");
  t.like(await startRig(nodeDisk).open({ root, files: { a: 8 }, pieceLengthBytes: 8 }), {
    refused: "ENOTDIR",
  });
});

test("a file that is too long is refused and not cut", async (t) => {
  const root = temporaryRoot(t);
  writeFileSync(join(root, "a"), pattern(9));
  const rig = startRig(nodeDisk);
  t.like(await rig.open({ root, files: { a: 8 }, pieceLengthBytes: 8 }), {
    refused: "file-too-long",
  });
  t.is(statSync(join(root, "a")).size, 9);
});

test("F26: the error of a folder that cannot be made has its path", async (t) => {
  const rig = startRig(nodeDisk);
  const root = "/sys/troupe-test";
  await rig.open({ root, files: { a: 8 }, pieceLengthBytes: 8 });
  rig.write({ piece: 0, lengthBytes: 8 });
  rig.settle();
  t.like(rig.notices[0], { notWritten: 0, path: root });
});
