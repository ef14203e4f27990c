import { createHook } from "node:async_hooks";
import test from "ava";
import { pushRun, type SlabId } from "@troupe/messages";
import { pattern, startRig, torrent, type FileRig, type OpenOptions } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const pieceLengthBytes = 16;
const pieces = 256;
/** Pieces lie in one file, in several, and in part in unwanted files. */
const shapes: readonly (readonly [string, Pick<OpenOptions, "files" | "unwanted">])[] = [
  ["one file", { files: { a: pieces * pieceLengthBytes } }],
  ["many files", { files: Object.fromEntries(Array.from({ length: 512 }, (_, n) => [`${n}`, 8])) }],
  ["an unwanted file", { files: { a: 2_000, b: 1_000, c: 1_096 }, unwanted: [1] }],
];

/** @returns The promises that `act` makes. It may not pause. */
function promisesOf(act: () => void): number {
  let made = 0;
  const hook = createHook({
    init(_, type) {
      if (type === "PROMISE") made += 1;
    },
  }).enable();
  try {
    act();
  } finally {
    hook.disable();
  }
  return made;
}

async function openRig(shape: Pick<OpenOptions, "files" | "unwanted">, disk = new MemoryDisk()) {
  const rig = startRig(disk, { slabBytes: pieces * pieceLengthBytes });
  rig.memory.set(pattern(pieces * pieceLengthBytes));
  await rig.open({ ...shape, pieceLengthBytes });
  return rig;
}

function storeOf(rig: FileRig) {
  const open = rig.state.storages.get(torrent);
  if (open === undefined) throw new Error("the torrent is not open");
  return open.store;
}

test("a promise is counted", (t) => {
  t.true(promisesOf(() => void Promise.resolve()) > 0);
});

for (const [name, shape] of shapes) {
  test(`no promise is made on the way of ${pieces} pieces of ${name} to the disk and back`, async (t) => {
    const rig = await openRig(shape);
    const runs: number[] = [];
    for (let piece = 0; piece < pieces; piece += 1) {
      const position = piece * pieceLengthBytes;
      pushRun(runs, { torrent, position, lengthBytes: pieceLengthBytes, offset: position });
    }
    const made = promisesOf(() => {
      for (let piece = 0; piece < pieces; piece += 1) {
        const offset = piece * pieceLengthBytes;
        rig.write({ piece, offset, lengthBytes: pieceLengthBytes });
      }
      rig.settle();
      rig.memory.fill(0);
      const { refused } = rig.readRuns({ slab: 1 as SlabId, gapBytes: 0, blockBytes: 16, runs });
      t.is(refused.length, 0);
    });
    t.is(made, 0);
    t.is(rig.notices.length, pieces);
    t.deepEqual(rig.memory, pattern(pieces * pieceLengthBytes));
  });
}

test("the stamp changes with each fact of a file, and fits 256 bytes", async (t) => {
  const disk = new MemoryDisk();
  const stamps = new Set<string>();
  const stamp = async (): Promise<void> => {
    const found = await storeOf(await openRig({ files: { a: 10, b: 5 } }, disk)).stamp();
    t.true(found !== undefined && found.byteLength <= 256);
    stamps.add(`${found}`);
  };
  await stamp();
  await stamp();
  t.is(stamps.size, 1);
  disk.put("/data/a", pattern(10));
  await stamp();
  disk.put("/data/a", pattern(10));
  await stamp();
  disk.write(disk.open("/data/a", "write"), [pattern(1)], 0);
  await stamp();
  disk.put("/data/b", pattern(5));
  await stamp();
  disk.remove("/data/a");
  await stamp();
  t.is(stamps.size, 6);
});

test("a change of a file is news once, and again when its report found no room", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", pattern(10));
  const store = storeOf(await openRig({ files: { a: 10 } }, disk));
  disk.put("/data/a", pattern(5));
  const read = () => store.read({ position: 0, lengthBytes: 8 }, [new Uint8Array(8)]);
  const first = await read();
  t.like(first, { refused: "file-changed", file: 0, isKnown: undefined });
  t.like(await read(), { refused: "file-changed", file: 0, isKnown: true });
  if (first !== undefined) store.reportAgain(first);
  t.like(await read(), { refused: "file-changed", isKnown: undefined });
});

test("close closes the files, and returns the first close that failed", async (t) => {
  const disk = new MemoryDisk();
  const rig = await openRig({ files: { a: 16 } }, disk);
  rig.write({ piece: 0, lengthBytes: 16 });
  rig.settle();
  t.is(disk.openCount, 1);
  disk.fail("close", "EIO");
  t.like(await storeOf(rig).close(), { refused: "EIO", path: "/data/a" });
  t.is(disk.openCount, 0);
});
