import { truncateSync } from "node:fs";
import test from "ava";
import { ManualTime, sha1 } from "@troupe/actor-runtime/testing";
import type { ExecutionContext } from "ava";
import { pictureOf } from "@troupe/protocol/testing";
import { inlineCheckPool } from "../../src/check/inline-check-pool.ts";
import { readOnlyDisk } from "../../src/check/read-only-disk.ts";
import { folderWith } from "../support/folder.ts";

const mebibyte = 1 << 20;

function openPool() {
  const timers = new ManualTime();
  return { timers, pool: inlineCheckPool({ disk: readOnlyDisk, sha1, timers }) };
}

/** Turns until the promise settles. */
async function inTurns<T>(t: ExecutionContext, promise: Promise<T>, turn: () => boolean) {
  let isSettled = false;
  const settled = promise.finally(() => (isSettled = true));
  let turns = 0;
  while (!isSettled) {
    if (turn()) turns += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.true(turns > 0);
  return { result: await settled, turns };
}

test("a torrent is checked a mebibyte a turn", async (t) => {
  const { pool, timers } = openPool();
  const { torrent, pathOf } = folderWith(t, { a: 2 * mebibyte, b: mebibyte }, mebibyte / 4);
  truncateSync(pathOf("b"), mebibyte / 2);
  const { result, turns } = await inTurns(t, pool.checkPieces(torrent), () => timers.endTurn());
  t.is(pictureOf(result, 12), "##########..");
  t.is(turns, 3);
});

test("a piece longer than a turn's share is hashed in parts", async (t) => {
  const { pool, timers } = openPool();
  const { torrent } = folderWith(t, { a: 5 * mebibyte }, 2 * mebibyte);
  const { result, turns } = await inTurns(t, pool.checkPieces(torrent), () => timers.endTurn());
  t.is(pictureOf(result, 3), "###");
  t.is(turns, 3);
});

test("the inline pool has no threads, and ends its checks when it is closed", async (t) => {
  const { pool } = openPool();
  const { torrent } = folderWith(t, { a: 100 }, 10);
  const checked = t.throwsAsync(pool.checkPieces(torrent), { code: "check-closed" });
  t.is(pool.threads, 0);
  t.false(pool.killThread());
  await pool.close();
  await checked;
});
