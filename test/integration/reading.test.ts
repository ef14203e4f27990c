// A file is read while its torrent downloads: with real engines, sockets and files.

import { readFile } from "node:fs/promises";
import test, { type ExecutionContext } from "ava";
import { Coordinator, TroupeError, type Torrent } from "@troupe/coordinator";
import { sessionOf } from "../../packages/coordinator/src/api/session-of.ts";
import { endActor } from "@troupe/coordinator/testing";
import type { PayloadPlan } from "../support/files/payload.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";
import { EventRecord } from "../support/swarm/event-record.ts";
import { Relay } from "../support/swarm/relay.ts";
import { longTest } from "../support/long-test.ts";

const shape = { pieceLengthBytes: 64 * 1024, files: 3_000_001 };
const twoFiles = [
  { path: ["a.bin"], lengthBytes: 1_000_000 },
  { path: ["b.bin"], lengthBytes: 2_000_000 },
];
const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;

async function allOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

/** A seed, a coordinator without the torrent, and the content of its first file. */
async function open(t: ExecutionContext, files: PayloadPlan["files"] = shape.files) {
  const swarm = await Swarm.open({ ...shape, files });
  const { coordinator: seed, record } = await swarm.seed({ engine: { host: "inline" } });
  const directory = swarm.folder("data").path;
  const coordinator = await Coordinator.start({ ...local, directory });
  t.teardown(async () => {
    await coordinator.close();
    await swarm[Symbol.asyncDispose]();
  });
  const contents = await Promise.all(record.torrent.files.map(({ path }) => readFile(path)));
  const add = async (options = {}): Promise<Torrent> =>
    await coordinator.add(torrentBytes(swarm.payload, []), options);
  const seedAt = { host: "127.0.0.1", port: seed.port };
  return { swarm, coordinator, contents, add, seedAt, seed };
}

/** Settles when the engine has what was asked of it so far. */
async function isAsked(torrent: Torrent): Promise<void> {
  await torrent.status();
}

test("G04: a file is read to its end while it downloads", async (t) => {
  const { add, contents, seedAt } = await open(t);
  const torrent = await add();
  const reading = allOf(torrent.read(0));
  torrent.addPeer(seedAt);
  t.true((await reading).equals(contents[0] ?? Buffer.of()));
});

test("G04: 1,000 random ranges of a complete file are equal to the file", async (t) => {
  const { add, contents, seedAt } = await open(t);
  const [content = Buffer.of()] = contents;
  const torrent = await add({ peers: [seedAt] });
  await torrent.completed;
  let wrong = 0;
  for (let count = 0; count < 1_000; count++) {
    const start = Math.floor(Math.random() * content.length);
    const end = Math.min(content.length, start + Math.floor(Math.random() * 200_000));
    const bytes = await allOf(torrent.read(0, { start, end }));
    if (!bytes.equals(content.subarray(start, end))) wrong++;
  }
  t.is(wrong, 0);
});

test("G04: a Node stream and a web stream give the same bytes", async (t) => {
  const { add, contents, seedAt } = await open(t);
  const [content = Buffer.of()] = contents;
  const torrent = await add({ peers: [seedAt] });
  const part = { start: 100_001, end: 2_500_000 };
  const [node, web] = await Promise.all([
    allOf(torrent.createReadStream(0, part)),
    allOf(torrent.stream(0, part)),
  ]);
  t.true(node.equals(content.subarray(part.start, part.end)));
  t.true(web.equals(node));
});

test("G04: a magnet is read right after its metadata", async (t) => {
  const { coordinator, contents, seedAt, swarm } = await open(t);
  const torrent = await coordinator.add(`magnet:?xt=urn:btih:${swarm.infoHash}`, {
    peers: [seedAt],
  });
  await torrent.metadata;
  t.true((await allOf(torrent.read(0))).equals(contents[0] ?? Buffer.of()));
});

test("G04: a range of a file that is not wanted is fetched, and nothing else", async (t) => {
  const { add, contents, seedAt } = await open(t, twoFiles);
  const torrent = await add({ peers: [seedAt], priorities: [0, 0] });
  await torrent.completed;
  const part = { start: 640_000, end: 800_000 };
  const bytes = await allOf(torrent.read(1, part));
  t.true(bytes.equals((contents[1] ?? Buffer.of()).subarray(part.start, part.end)));
  // Whatever was requested with the first range has come before the second.
  const next = { start: 1_500_000, end: 1_500_010 };
  await allOf(torrent.read(1, next));
  const { haveBytes } = (await torrent.status()).progress;
  t.true(haveBytes <= 6 * shape.pieceLengthBytes, `${haveBytes} bytes were fetched`);
  t.true(torrent.isComplete);
});

test("G04: an ended or aborted reader wants nothing any more", async (t) => {
  const { add, seedAt, contents } = await open(t, twoFiles);
  const torrent = await add({ priorities: [0, 0] });
  const stop = new AbortController();
  const aborted = allOf(torrent.read(1, { signal: stop.signal }));
  const reader = torrent.read(1, { start: 900_000 });
  const waiting = reader.next();
  await isAsked(torrent);
  stop.abort(new Error("enough"));
  await t.throwsAsync(aborted, { message: "enough" });
  await reader.return?.();
  t.deepEqual(await waiting, { done: true, value: undefined });
  torrent.addPeer(seedAt);
  await until("a peer", async () => (await torrent.peers()).length > 0);
  // A piece that the ended readers wanted would come before this one.
  t.is(
    (await allOf(torrent.read(0, { end: 10 }))).compare(contents[0]?.subarray(0, 10) as Buffer),
    0,
  );
  const { haveBytes } = (await torrent.status()).progress;
  t.is(haveBytes, shape.pieceLengthBytes, "no other piece was fetched");
});

test("G04: a reader waits while the torrent is paused", async (t) => {
  const { add, contents, seedAt } = await open(t);
  const torrent = await add({ state: "paused" });
  const reading = allOf(torrent.read(0, { start: 70_000 }));
  torrent.addPeer(seedAt);
  await until("a peer", async () => (await torrent.peers()).length > 0);
  t.is((await torrent.status()).progress.haveBytes, 0);
  torrent.start();
  t.true((await reading).equals((contents[0] ?? Buffer.of()).subarray(70_000)));
});

// The stall is told after five seconds; packages/coordinator/test/torrent/reading/file-reader.test.ts has it in virtual time.
longTest("G04: the stall of a reader of a paused torrent is told with figures", async (t) => {
  const { add, contents, seedAt } = await open(t);
  const torrent = await add({ state: "paused" });
  const stalls: unknown[] = [];
  torrent.on("stall", (stall) => void stalls.push(stall));
  const reading = allOf(torrent.read(0, { start: 70_000 }));
  await until("the stall", () => stalls.length > 0);
  const [{ waitedSeconds = 0, ...stall } = {}] = stalls as { waitedSeconds?: number }[];
  t.true(waitedSeconds >= 5, `${waitedSeconds} s`);
  t.deepEqual<object, object>(stall, {
    event: "stall",
    file: 0,
    position: 70_000,
    piece: 1,
    peers: 0,
    peersWithPiece: 0,
    downBytesPerSecond: 0,
  });
  torrent.start();
  torrent.addPeer(seedAt);
  t.true((await reading).equals((contents[0] ?? Buffer.of()).subarray(70_000)));
});

for (const how of ["stopped", "removed"] as const)
  test(`G04: a reader of a torrent that is ${how} ends with torrent-stopped`, async (t) => {
    const { add } = await open(t);
    const torrent = await add();
    const reading = t.throwsAsync(allOf(torrent.read(0)), { instanceOf: TroupeError });
    await isAsked(torrent);
    await (how === "stopped" ? torrent.stop() : torrent.remove());
    t.is((await reading)?.code, "torrent-stopped");
  });

test("G04: a reader outlives a crash of the engine and of the file-worker", async (t) => {
  const { swarm, contents, seedAt } = await open(t);
  await using coordinator = await Coordinator.start({
    ...local,
    host: "threads",
    directory: swarm.folder("crashes").path,
  });
  const door = swarm.use(await Relay.open({ target: seedAt, gated: "target" }));
  door.allow(shape.files / 2);
  const torrent = await coordinator.add(torrentBytes(swarm.payload, []));
  const record = new EventRecord(coordinator, torrent);
  const reading = allOf(torrent.read(0));
  await isAsked(torrent);
  endActor(coordinator, "engine");
  await record.until("the next engine", () => record.restartsOf("engine") === 1);
  torrent.addPeer(door);
  await record.until("a piece", () => record.pieces.length > 0);
  endActor(coordinator, "file");
  door.allow(Infinity);
  t.true((await reading).equals(contents[0] ?? Buffer.of()));
});

test("G04: deadlines of the user leave those of a reader, and the other way round", async (t) => {
  const { add, contents, seedAt } = await open(t);
  const torrent = await add();
  torrent.setDeadlines([{ piece: 3, ms: 1_000 }]);
  const reading = allOf(torrent.read(0));
  torrent.clearDeadlines();
  torrent.addPeer(seedAt);
  t.true((await reading).equals(contents[0] ?? Buffer.of()));
});

test("a wrong file or range is refused at once", async (t) => {
  const { add } = await open(t);
  const torrent = await add({ start: false });
  for (const [file, range] of [
    [1, {}],
    [-1, {}],
    [0, { end: 3_000_002 }],
    [0, { start: 5, end: 4 }],
    [0.5, {}],
  ] as const)
    t.throws(() => torrent.read(file, range), {
      instanceOf: TroupeError,
      code: "option-out-of-range",
    });
});

test("G04: 128 readers that wait hold up no other call, and end with their coordinator", async (t) => {
  const { add, coordinator } = await open(t);
  const torrent = await add();
  const readers = Array.from({ length: 129 }, (_, start) => torrent.read(0, { start }));
  const ends = readers.map(async (reader) => {
    const error = await t.throwsAsync(async () => await reader.next(), { instanceOf: TroupeError });
    return error.code;
  });
  const { engine } = sessionOf(coordinator);
  for (let asked = 0; asked < 20 || (asked < 2_000 && engine.callsOut > 0); asked++)
    await torrent.status();
  // A read that waited in the engine would be a call without an answer, and take the place of other calls.
  t.is(engine.callsOut, 0);
  await coordinator.close();
  const codes = await Promise.all(ends);
  t.is(codes.filter((code) => code === "torrent-stopped").length, 128);
  t.is(codes.filter((code) => code === "too-many-readers").length, 1);
});
