import { rmSync, truncateSync, writeFileSync } from "node:fs";
import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { ExecutionContext } from "ava";
import { pictureOf } from "@troupe/protocol/testing";
import { openCheckPool } from "../../src/check/check-pool.ts";
import { folderWith } from "../support/folder.ts";

const mebibyte = 1 << 20;

function openPool(t: ExecutionContext) {
  const timers = new ManualTime();
  const pool = openCheckPool({ maxThreads: 2, timers });
  t.teardown(() => pool.close());
  return { pool, timers };
}

test("threads check good, bad, missing and short files", async (t) => {
  const { pool } = openPool(t);
  const lengths = { good: 300_000, bad: 300_000, "f/missing": 300_000, short: 300_000 };
  const { torrent, content, pathOf } = folderWith(t, lengths, 100_000);
  const bytes = content.slice(300_000, 600_000);
  bytes[150_000] = 255;
  writeFileSync(pathOf("bad"), bytes);
  rmSync(pathOf("f/missing"));
  truncateSync(pathOf("short"), 199_999);
  t.is(pictureOf(await pool.checkPieces(torrent), 12), "####.#...#..");
});

test("E02, E06: a large torrent is checked in runs on several threads, with progress", async (t) => {
  const { pool } = openPool(t);
  const { torrent } = folderWith(t, { a: 34 * mebibyte }, mebibyte);
  const seen: number[] = [];
  const onProgress = (done: number) => seen.push(done);
  t.is(pictureOf(await pool.checkPieces({ ...torrent, onProgress }), 34), "#".repeat(34));
  t.is(seen.length, 3);
  t.is(seen.at(-1), 34);
  t.is(pool.threads, 2);
});

test("a thread killed during a check loses only its work", async (t) => {
  const { pool } = openPool(t);
  const { torrent } = folderWith(t, { a: 34 * 16_384 }, 16_384);
  const checked = pool.checkPieces(torrent);
  t.true(pool.killThread());
  t.is(pictureOf(await checked, 34), "#".repeat(34));
});

test("threads end after a second without a check, and are started again", async (t) => {
  const { pool, timers } = openPool(t);
  const { torrent } = folderWith(t, { a: 1_000 }, 100);
  t.is(pool.threads, 0);
  await pool.checkPieces(torrent);
  t.is(pool.threads, 1);
  t.deepEqual(timers.delaysMs, [1_000]);
  timers.step();
  t.is(pool.threads, 0);
  t.is(pictureOf(await pool.checkPieces(torrent), 10), "#".repeat(10));
});

test("E02: an abort rejects at once with its reason", async (t) => {
  const { pool } = openPool(t);
  const { torrent } = folderWith(t, { a: 1_000 }, 100);
  const abort = new AbortController();
  const checked = pool.checkPieces({ ...torrent, signal: abort.signal });
  abort.abort(new Error("stopped"));
  await t.throwsAsync(checked, { message: "stopped" });
});

test("closing ends the checks and the threads", async (t) => {
  const { pool } = openPool(t);
  const { torrent } = folderWith(t, { a: 1_000 }, 100);
  const checked = t.throwsAsync(pool.checkPieces(torrent), { code: "check-closed" });
  await pool.close();
  await checked;
  t.is(pool.threads, 0);
  t.false(pool.killThread());
});
