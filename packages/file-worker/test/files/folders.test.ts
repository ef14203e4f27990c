import test from "ava";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig, storedFiles } from "../support/file-rig.ts";

const refusedPart = test.macro<[path: readonly string[]]>({
  exec: async (t, path: readonly string[]) => {
    const disk = new MemoryDisk();
    const rig = startRig(disk);
    const files = [{ path, lengthBytes: 4 }];
    t.like(await rig.open({ files, pieceLengthBytes: 4 }), { refused: "path-outside-root" });
    t.is(disk.calls.get("stat"), undefined);
  },
  title: (_title, path) => `the path ${JSON.stringify(path)} is refused`,
});

test(refusedPart, []);
test(refusedPart, [""]);
test(refusedPart, [".."]);
test(refusedPart, ["a", "..", "..", "b"]);
test(refusedPart, ["."]);
test(refusedPart, ["/etc/passwd"]);
test(refusedPart, ["a/../../b"]);
test(refusedPart, ["..\\b"]);

test("a link among the parents is refused before a file is made", async (t) => {
  const disk = new MemoryDisk();
  disk.putOther("/data/link", "link");
  const rig = startRig(disk);
  t.like(await rig.open({ files: { "link/x/a": 4 }, pieceLengthBytes: 4 }), {
    refused: "path-outside-root",
    path: "/data/link",
  });
});

test("a link swapped in while the torrent runs is found at the next file that is opened", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ files: { "f/a": 4, "f/b": 4 }, pieceLengthBytes: 4 });
  rig.write({ piece: 0, lengthBytes: 4 });
  rig.settle();
  disk.putOther("/data/f", "link");
  rig.time.freeze(1_000);
  rig.write({ piece: 1, lengthBytes: 4 });
  rig.settle();
  t.deepEqual(rig.notices, [
    { written: 0 },
    { notWritten: 1, refused: "path-outside-root", path: "/data/f" },
  ]);
});

test("a file where a folder ought to be is refused", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(1));
  const rig = startRig(disk);
  t.like(await rig.open({ files: { "a/b": 4 }, pieceLengthBytes: 4 }), { refused: "ENOTDIR" });
});

const refusedKind = test.macro<[kind: "folder" | "link" | "other"]>({
  exec: async (t, kind: "folder" | "link" | "other") => {
    const disk = new MemoryDisk();
    if (kind === "folder") disk.makeFolder("/data/a");
    else disk.putOther("/data/a", kind);
    const rig = startRig(disk);
    t.like(await rig.open({ files: { a: 4 }, pieceLengthBytes: 4 }), {
      refused: "not-a-file",
      path: "/data/a",
    });
  },
  title: (_title, kind) => `a ${kind} under a file's name is refused when the torrent is opened`,
});

test(refusedKind, "folder");
test(refusedKind, "link");
test(refusedKind, "other");

const swappedKind = test.macro<[kind: "folder" | "link" | "other"]>({
  exec: async (t, kind: "folder" | "link" | "other") => {
    const disk = new MemoryDisk();
    const rig = startRig(disk);
    await rig.open({ files: { a: 4 }, pieceLengthBytes: 4 });
    if (kind === "folder") disk.makeFolder("/data/a");
    else disk.putOther("/data/a", kind);
    rig.write({ piece: 0, lengthBytes: 4 });
    rig.settle();
    t.deepEqual(rig.notices, [{ notWritten: 0, refused: "not-a-file", path: "/data/a" }]);
    t.like(rig.readBlocks({ position: 0, lengthBytes: 4 }), { refused: "not-a-file" });
  },
  title: (_title, kind) => `a ${kind} that appears under a file's name is neither written nor read`,
});

test(swappedKind, "folder");
test(swappedKind, "link");
test(swappedKind, "other");

test("a folder without permission is refused with the system's code", async (t) => {
  const disk = new MemoryDisk();
  disk.fail("stat", "EACCES");
  const rig = startRig(disk);
  t.like(await rig.open({ files: storedFiles({ a: 4 }), pieceLengthBytes: 4 }), {
    refused: "EACCES",
    path: "/data",
  });
});
