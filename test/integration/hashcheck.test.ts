// Hash checks of a running torrent: verdicts, their effects, and transfers during a check.

import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { TroupeError } from "@troupe/coordinator";
import { endActor } from "@troupe/coordinator/testing";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm, type Member } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 64 * 1024;
const pieces = 64;
const shape = { pieceLengthBytes, files: pieces * pieceLengthBytes };

/** Damages these pieces of a member's file. */
function damage({ folder }: Member, ...damaged: number[]): void {
  const file = openSync(join(folder, "payload"), "r+");
  for (const piece of damaged) writeSync(file, "wrong", piece * pieceLengthBytes + 100);
  closeSync(file);
}

function copyOf(swarm: Swarm): string {
  const folder = swarm.folder("copy").path;
  writeFileSync(join(folder, "payload"), readFileSync(join(swarm.payload.folder, "payload")));
  return folder;
}

test("AE7, E06: checks that run during an upload pass, and the download completes", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.seed();
  const leecher = await swarm.join({ engine: { memory: 1024 * 1024, peerWorkers: 1 } });
  let duringTransfer = 0;
  await leecher.record.until("the first piece", () => leecher.record.pieces.length > 0);
  while (!leecher.record.torrent.isSeed) {
    const before = leecher.record.pieces.length;
    t.like(await seeder.record.torrent.hashcheck(), { passed: pieces, failed: 0 });
    if (before < pieces) duringTransfer++;
  }
  t.true(duringTransfer > 0);
  await assertSameFiles(t, swarm.payload, leecher.folder);
  t.is(leecher.record.failedPieces, 0);
  t.is(seeder.record.torrent.state, "active");
});

test("AE7, AE4: all pieces, a list and ranges are checked, with an event for each verdict", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.seed();
  const { torrent } = seeder.record;
  seeder.record.pieces.length = 0;
  t.deepEqual(await torrent.hashcheck(), { passed: pieces, failed: 0, failedPieces: [] });
  t.deepEqual(
    seeder.record.pieces.toSorted((one, other) => one - other),
    [...Array.from({ length: pieces }).keys()],
  );
  seeder.record.pieces.length = 0;
  t.like(await torrent.hashcheck(5), { passed: 1, failed: 0 });
  t.like(await torrent.hashcheck([1, [3, 6], 5]), { passed: 5, failed: 0 });
  t.is(seeder.record.pieces.length, 6);
  t.is(torrent.state, "active");
  await t.throwsAsync(torrent.hashcheck([[0, pieces]]), { code: "option-out-of-range" });
  await t.throwsAsync(torrent.hashcheck(-1), { code: "option-out-of-range" });
});

test("AE7: bad pieces become missing, and are fetched again", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.seed();
  const leecher = await swarm.join();
  await leecher.record.torrent.completed;
  await seeder.coordinator.close();
  damage(leecher, 3, 40, 41);
  const { torrent } = leecher.record;
  const checked = await torrent.hashcheck();
  t.deepEqual(checked, { passed: pieces - 3, failed: 3, failedPieces: [3, 40, 41] });
  t.is(leecher.record.failedPieces, 3);
  t.is(torrent.left, 3 * pieceLengthBytes);
  t.false(torrent.isSeed);
  const { coordinator } = await swarm.seed({ folder: copyOf(swarm) });
  torrent.addPeer({ host: "127.0.0.1", port: coordinator.port });
  await leecher.record.until("the rest", () => torrent.isSeed);
  await assertSameFiles(t, swarm.payload, leecher.folder);
});

test("AE7: a missing piece that a check finds good is had", async (t) => {
  await using swarm = await Swarm.open(shape);
  const leecher = await swarm.join({ torrent: { useTrackers: false } });
  await leecher.record.until("it runs", () => leecher.record.torrent.state === "active");
  writeFileSync(
    join(leecher.folder, "payload"),
    readFileSync(join(swarm.payload.folder, "payload")),
  );
  t.like(await leecher.record.torrent.hashcheck([[0, 9]]), { passed: 10, failed: 0 });
  t.is(leecher.record.torrent.left, (pieces - 10) * pieceLengthBytes);
  await leecher.record.torrent.hashcheck();
  t.true(leecher.record.torrent.isSeed);
  await leecher.record.torrent.completed;
});

test("AE7, E06: a cancelled check names the remaining pieces, and is resumed with them", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { record } = await swarm.seed();
  const controller = new AbortController();
  const check = record.torrent.hashcheck(undefined, { signal: controller.signal });
  controller.abort();
  const error = await t.throwsAsync<TroupeError>(check, { code: "hashcheck-cancelled" });
  const remaining = error.details["remaining"] as [number, number][];
  const left = remaining.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  t.true(left > 0);
  t.like(await record.torrent.hashcheck(remaining), { passed: left, failed: 0 });
  await t.throwsAsync(record.torrent.hashcheck(0, { signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
});

test("AE7: a check ends although its thread, or the engine, crashes in the middle", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { record, coordinator } = await swarm.seed({ engine: { host: "threads" } });
  const { torrent } = record;
  for (const [name, crashes] of [
    ["check", () => record.workers.filter((event) => event.name.startsWith("check")).length],
    ["engine", () => record.crashesOf("engine")],
  ] as const) {
    const before = crashes();
    // A check that is over before the thread has died proves nothing: another is begun.
    for (let tries = 0; crashes() === before && tries < 20; tries++) {
      const check = torrent.hashcheck();
      endActor(coordinator, name);
      t.like(await check, { passed: pieces, failed: 0 }, name);
    }
    t.true(crashes() > before, `${name} died`);
  }
});

test("AE7: a stop cancels a check, and a check of a stopped torrent is refused", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { record } = await swarm.seed();
  const check = t.throwsAsync(record.torrent.hashcheck(), { code: "not-running" });
  await record.torrent.stop();
  await check;
  await t.throwsAsync(record.torrent.hashcheck(), { code: "not-running" });
});

test("AE6, AE20: a piece in the part file is checked there, and listed by pieceCache and by its files", async (t) => {
  await using swarm = await Swarm.open({
    pieceLengthBytes,
    files: [0.5, 2, 1.5].map((share, index) => ({
      path: [String(index)],
      lengthBytes: share * pieceLengthBytes,
    })),
  });
  await swarm.seed();
  const { record, folder } = await swarm.join({ torrent: { priorities: [0, 1, 0] } });
  const { torrent } = record;
  await torrent.completed;
  const cache = await torrent.pieceCache();
  t.deepEqual(cache?.pieces.toSorted(), [0, 2]);
  t.deepEqual(cache?.files, [0, 2]);
  t.true(cache?.path.startsWith(folder));
  const inPartFile = () => torrent.files.map(({ isInPartFile }) => isInPartFile);
  t.deepEqual(inPartFile(), [true, false, true]);
  t.deepEqual(await torrent.hashcheck(), { passed: 3, failed: 1, failedPieces: [3] });
  torrent.setPriority(0, 1);
  torrent.setPriority(2, 1);
  await record.until("all", () => torrent.isSeed);
  t.like(await torrent.hashcheck(), { passed: 4, failed: 0 });
  t.is(await torrent.pieceCache(), undefined);
  t.deepEqual(inPartFile(), [false, false, false]);
});
