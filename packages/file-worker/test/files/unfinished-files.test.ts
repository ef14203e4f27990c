import test from "ava";
import type { StoredFile, StoredJob } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { someFacts, startRig, storedFiles, type FileRig } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const job: StoredJob = {
  key: "a".repeat(40) as TorrentKey,
  home: { kind: "database", path: "/state/state.db" },
  verify: "sample",
};
const partSuffix = ".part";
/** Piece 1 has bytes of both files. */
const lengths = { "t/a": 6, "t/b": 6 };
const opening = { files: lengths, pieceLengthBytes: 4, mayWrite: true, partSuffix, job };
const orderly = { job: { facts: someFacts, isOrderly: true } };

async function write(rig: FileRig, ...pieces: number[]): Promise<void> {
  for (const piece of pieces) {
    rig.memory.fill(1 + piece, 0, 4);
    rig.write({ piece, lengthBytes: 4 });
    await rig.time.pass(0);
    await rig.time.pass(0);
  }
}

function filesOn(disk: MemoryDisk): string[] {
  return [...disk.entries]
    .filter(([path, { kind }]) => kind !== "folder" && path.startsWith("/data/"))
    .map(([path]) => path.slice("/data/".length))
    .toSorted();
}

async function opened(disk: MemoryDisk, had = "...") {
  const rig = startRig(disk);
  const answer = await rig.open(opening);
  rig.saveJob(had);
  return { rig, answer };
}

test("E10: a file has the suffix until its last piece is written, also one that is shared", async (t) => {
  const disk = new MemoryDisk();
  const { rig, answer } = await opened(disk);
  t.like(answer, {
    placed: [
      { file: 0, path: "t/a.part" },
      { file: 1, path: "t/b.part" },
    ],
  });
  await write(rig, 0);
  t.deepEqual(filesOn(disk), ["t/a.part"]);
  await write(rig, 1);
  t.deepEqual(filesOn(disk), ["t/a", "t/b.part"]);
  t.deepEqual(rig.finished, [{ file: 0, path: "t/a" }]);
  t.deepEqual(rig.readBlocks({ position: 0, lengthBytes: 8 }), {});
  await write(rig, 2);
  t.deepEqual(filesOn(disk), ["t/a", "t/b"]);
  t.deepEqual(rig.notices, [{ written: 0 }, { written: 1 }, { written: 2 }]);
});

test("E10: a file is found with the suffix or without it, and nothing is hashed after an end in order", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await opened(disk);
  await write(rig, 0, 1);
  await rig.close(orderly);
  const { answer } = await opened(disk, "##.");
  t.like(answer, { foundBytes: 12, placed: [{ file: 1, path: "t/b.part" }] });
  t.deepEqual("known" in answer ? answer.known?.toHash : undefined, Uint8Array.of(0));
});

test("E10: a finished file whose name a crash prevented gets it at the next start", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/t/a.part", new Uint8Array(6));
  disk.put("/data/t/b.part", new Uint8Array(6));
  const { rig } = await opened(disk, "##.");
  t.like(await rig.prepare("sparse"), { finished: [{ file: 0, path: "t/a" }] });
  rig.saveJob("###");
  t.deepEqual(await rig.complete(), { finished: [{ file: 1, path: "t/b" }] });
  t.deepEqual(filesOn(disk), ["t/a", "t/b"]);
});

test("E10: a file at its own path has no suffix, finished or not", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/t/a", new Uint8Array(3));
  const { rig, answer } = await opened(disk);
  t.like(answer, { placed: [{ file: 1, path: "t/b.part" }] });
  await write(rig, 0);
  t.deepEqual(filesOn(disk), ["t/a"]);
});

test("E10: a name that is taken is an error when the torrent is complete, and no file is replaced", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await opened(disk);
  await write(rig, 0);
  disk.put("/data/t/a", new Uint8Array(1));
  await write(rig, 1, 2);
  t.deepEqual(filesOn(disk), ["t/a", "t/a.part", "t/b"]);
  t.like(await rig.complete(), { refused: "rename-taken" });
  t.deepEqual(disk.bytesOf("/data/t/a"), new Uint8Array(1));
});

test("E10: a torrent that never writes makes no name, and finds the file with the suffix", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/t/a.part", new Uint8Array(6));
  const { mayWrite: _, job: __, ...reading } = opening;
  const answer = await startRig(disk).open(reading);
  t.deepEqual(answer, { foundBytes: 6, placed: [{ file: 0, path: "t/a.part" }] });
});

for (const [what, files] of [
  ["another file of the torrent", storedFiles({ a: 4, "A.PART": 4 })],
  ["a folder of the torrent", storedFiles({ a: 4, "a.part/b": 4 })],
  ["a name that is too long", storedFiles({ ["x".repeat(253)]: 4, b: 4 })],
] as const) {
  test(`E10: a file whose name with the suffix is ${what} has no suffix`, async (t) => {
    const disk = new MemoryDisk();
    const rig = startRig(disk);
    const answer = await rig.open({ ...opening, files });
    const placed = "placed" in answer ? (answer.placed ?? []) : [];
    t.false(placed.some(({ file }) => file === 0));
  });
}

test("E10: a rename keeps the suffix, and the file gets its new name in the end", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await opened(disk);
  await write(rig, 0);
  t.deepEqual(await rig.rename({ 0: "x", 1: "y" }), {
    placed: [
      { file: 0, path: "x.part" },
      { file: 1, path: "y.part" },
    ],
  });
  t.deepEqual(filesOn(disk), ["x.part"]);
  await write(rig, 1, 2);
  t.deepEqual(filesOn(disk), ["x", "y"]);
});

test("E10: a start carries out a rename of an unfinished file", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await opened(disk);
  await write(rig, 0);
  await rig.close(orderly);
  const files: StoredFile[] = storedFiles(lengths).map((file, index) =>
    index === 0
      ? { ...file, path: ["x"], otherPaths: [{ use: "earlier", path: ["t", "a"] }] }
      : file,
  );
  await startRig(disk).open({ ...opening, files });
  t.deepEqual(filesOn(disk), ["x.part"]);
});

test("E10: a removal and a move take unfinished files", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await opened(disk);
  await write(rig, 0, 1);
  await rig.close(orderly);
  const files = storedFiles(lengths);
  t.like(await rig.remove({ root: "/data", files, partSuffix }), { removed: 2, left: [] });
  t.deepEqual(filesOn(disk), []);
});

test("E10: an unwanted file whose bytes are in the part file gets its name once it is whole", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  await rig.open({ ...opening, unwanted: [1] });
  rig.saveJob("...");
  await write(rig, 0, 1);
  t.deepEqual(filesOn(disk), [".parts", "t/a"]);
  t.deepEqual(await rig.settlePartFile(), {});
  t.deepEqual(filesOn(disk), ["t/a", "t/b.part"]);
  await write(rig, 2);
  t.deepEqual(filesOn(disk), ["t/a", "t/b"]);
});
