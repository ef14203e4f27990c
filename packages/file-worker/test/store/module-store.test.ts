import { sha1 } from "@troupe/actor-runtime/testing";
import { pushRun } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import test from "ava";
import type { StoreTorrent, TorrentStore } from "../../src/store/store-module.ts";
import { pattern, someFacts, startRig, torrent } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const url = "file:///store.mjs";
const store = { url, infoHash: "ab".repeat(20), isPrivate: false, name: "job" };
const pieceLengthBytes = 16;
const totalBytes = 4 * pieceLengthBytes;
const shape = { files: { "a/b": 24, c: 40 }, pieceLengthBytes, mayWrite: true };

/** A store over one array. */
function memoryStore() {
  const memory = new Uint8Array(totalBytes);
  const whole: TorrentStore = {
    read(position, bytes) {
      bytes.set(memory.subarray(position, position + bytes.length));
      return bytes.length;
    },
    write(position, bytes) {
      memory.set(bytes, position);
      return bytes.length;
    },
  };
  return { memory, whole };
}

async function openRig(made: Partial<TorrentStore>) {
  const disk = new MemoryDisk();
  const rig = startRig(disk, { slabBytes: 256 });
  const told: StoreTorrent[] = [];
  rig.modules.set(url, (facts: StoreTorrent) => {
    told.push(facts);
    return { ...memoryStore().whole, ...made };
  });
  const opened = await rig.open({ ...shape, store });
  rig.memory.set(pattern(totalBytes));
  return { disk, opened, rig, told };
}

type Rig = Awaited<ReturnType<typeof openRig>>["rig"];

async function write(rig: Rig, ...pieces: number[]): Promise<void> {
  for (const piece of pieces)
    rig.write({ piece, offset: piece * pieceLengthBytes, lengthBytes: pieceLengthBytes });
  await rig.finish(rig.state.writes.drained(torrent));
}

test("AE27: a store gets the facts and the files of its torrent, and nothing lies on the disk", async (t) => {
  const { memory, whole } = memoryStore();
  const { disk, opened, rig, told } = await openRig(whole);
  t.deepEqual(opened, { foundBytes: totalBytes });
  t.deepEqual(told, [
    {
      infoHash: store.infoHash,
      isPrivate: false,
      name: "job",
      pieceCount: 4,
      pieceLengthBytes,
      totalBytes,
      files: [
        { path: "a/b", lengthBytes: 24 },
        { path: "c", lengthBytes: 40 },
      ],
      directory: "/data",
    },
  ]);
  await write(rig, 0, 1, 2, 3);
  t.deepEqual(rig.notices, [{ written: 0 }, { written: 1 }, { written: 2 }, { written: 3 }]);
  t.deepEqual(memory, pattern(totalBytes));
  t.deepEqual(await rig.complete(), {});
  t.deepEqual(await rig.close(), {});
  t.deepEqual([...disk.entries.keys()], [...new MemoryDisk().entries.keys()]);
});

test("AE27: a store is read into the blocks of a peer, across files", async (t) => {
  const { whole, memory } = memoryStore();
  memory.set(pattern(totalBytes));
  const { rig } = await openRig(whole);
  rig.memory.fill(0);
  const runs: number[] = [];
  pushRun(runs, { torrent, position: 10, lengthBytes: 30, offset: 100 });
  const order = { slab: 1 as never, gapBytes: 2, blockBytes: 16, runs };
  t.deepEqual(await rig.finish(rig.readLate(order)), { refused: [], diskMs: 0 });
  t.deepEqual(rig.memory.slice(102, 118), pattern(16, 10));
  t.deepEqual(rig.memory.slice(120, 134), pattern(14, 26));
});

test("AE27: a piece that is read back with another byte is not written", async (t) => {
  const { memory, whole } = memoryStore();
  const { rig } = await openRig({
    ...whole,
    read(position, bytes) {
      memory[21] = 255;
      return whole.read(position, bytes);
    },
  });
  await write(rig, 1);
  t.deepEqual(rig.notices, [{ notWritten: 1, refused: "store-wrong-bytes", path: undefined }]);
});

test("AE27: a piece whose bytes are gone when they are read back is not written", async (t) => {
  const { rig } = await openRig({ read: () => 7 });
  await write(rig, 1);
  t.deepEqual(rig.notices, [{ notWritten: 1, refused: "store-short-read", path: undefined }]);
});

test("AE27: a store that keeps and changes the memory of a call late changes no payload", async (t) => {
  const kept: Uint8Array[] = [];
  const { whole, memory } = memoryStore();
  const { rig } = await openRig({
    read(position, bytes) {
      kept.push(bytes);
      return whole.read(position, bytes);
    },
    write(position, bytes) {
      kept.push(bytes);
      return whole.write?.(position, bytes) ?? 0;
    },
  });
  await write(rig, 0);
  rig.memory.fill(0);
  const runs: number[] = [];
  pushRun(runs, { torrent, position: 0, lengthBytes: 16, offset: 100 });
  await rig.finish(rig.readLate({ slab: 1 as never, gapBytes: 0, blockBytes: 16, runs }));
  for (const bytes of kept) bytes.fill(255);
  t.deepEqual(rig.memory.slice(100, 116), pattern(16));
  t.deepEqual(memory.slice(0, 16), pattern(16));
  t.true(kept.length >= 3);
});

test("AE27: a store that transfers the memory of a read has given no bytes", async (t) => {
  const { rig } = await openRig({
    read(_position, bytes) {
      const { length } = bytes;
      structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
      return length;
    },
  });
  await write(rig, 1);
  t.deepEqual(rig.notices, [{ notWritten: 1, refused: "store-wrong-answer", path: undefined }]);
});

test("AE27: a failed read is told once, with a file of the torrent", async (t) => {
  const { rig } = await openRig({ read: () => 3 });
  const read = async (position: number) => {
    const runs: number[] = [];
    pushRun(runs, { torrent, position, lengthBytes: 8, offset: 0 });
    const answer = rig.readLate({ slab: 1 as never, gapBytes: 0, blockBytes: 8, runs });
    return (await rig.finish(answer)).refused.map(({ refused }) => refused);
  };
  t.deepEqual(await read(32), ["store-short-read"]);
  t.deepEqual(await read(0), ["store-short-read"]);
  t.deepEqual(rig.readFailures, [{ refused: "store-short-read", file: 1 }]);
});

test("AE27: pieces of a store are digested in its thread, and missing ones are told", async (t) => {
  const { whole, memory } = memoryStore();
  memory.set(pattern(totalBytes));
  const { rig } = await openRig({
    ...whole,
    read: (position, bytes) => (position === 32 ? 15 : whole.read(position, bytes)),
  });
  const checked = await rig.checkPieces({ first: 1 as PieceIndex, count: 3 });
  if ("refused" in checked) return t.fail(checked.message);
  t.deepEqual([...checked.isThere], [1, 0, 1]);
  t.deepEqual(checked.digests.subarray(0, 20), Uint8Array.from(sha1(pattern(16, 16))));
  t.deepEqual(checked.digests.subarray(20, 40), new Uint8Array(20));
  t.deepEqual(checked.digests.subarray(40), Uint8Array.from(sha1(pattern(16, 48))));
  t.like(await rig.checkPieces({ first: 3 as PieceIndex, count: 2 }), { refused: "out-of-range" });
});

test("AE27: a store that throws while its pieces are hashed refuses the check", async (t) => {
  const { rig } = await openRig({
    read() {
      throw new RangeError("no");
    },
  });
  t.like(await rig.checkPieces({ first: 0 as PieceIndex, count: 4 }), { refused: "store-failed" });
});

test("AE27: a record does not vouch for the bytes of a store", async (t) => {
  const { rig } = await openRig({});
  const job = { key: "ab".repeat(20), home: { kind: "memory" }, verify: "full" } as never;
  await rig.close();
  await rig.open({ ...shape, store, job });
  rig.saveJob("....");
  await write(rig, 0, 1);
  await rig.close({ job: { facts: someFacts, isOrderly: true } });
  const opened = await rig.open({ ...shape, store, job });
  if ("refused" in opened) return t.fail(opened.message);
  t.deepEqual(opened.known?.trusted, Uint8Array.of(0));
  t.deepEqual(opened.known?.toHash, Uint8Array.of(0xf0));
});

test("AE27: a download into a store without `write` is refused before the first piece", async (t) => {
  const { rig } = await openRig({ write: undefined as never });
  t.like(await rig.prepare("sparse"), { refused: "store-read-only" });
  const { rig: writable } = await openRig({});
  t.deepEqual(await writable.prepare("full"), { freeBytes: Number.MAX_SAFE_INTEGER });
});

/** Exports that are no store, and their deed in the message. */
const noStores: readonly (readonly [string, unknown, string])[] = [
  ["exports no function", { read: () => 0 }, "has no function as its default export"],
  ["exports nothing", undefined, "has no function as its default export"],
  ["makes nothing", () => undefined, "returned no object with the method `read`"],
  ["makes a store without `read`", () => ({}), "returned an object whose `read` is no method"],
  [
    "makes a store whose `close` is no method",
    async () => ({ read: () => 0, close: 1 }),
    "returned an object whose `close` is no method",
  ],
  [
    "throws",
    () => {
      throw new RangeError("no");
    },
    "threw RangeError: no",
  ],
  ["rejects", () => Promise.reject(new RangeError("no")), "threw RangeError: no"],
];

for (const [title, exported, deed] of noStores) {
  test(`AE27: a module that ${title} is no store`, async (t) => {
    const rig = startRig(new MemoryDisk());
    rig.modules.set(url, exported);
    t.deepEqual(await rig.open({ ...shape, store }), {
      refused: "store-not-loaded",
      message: `cannot open the data of job: the store ${url} ${deed}`,
    });
    t.is(rig.state.storages.size, 0);
  });
}
