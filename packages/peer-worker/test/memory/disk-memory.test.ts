import test from "ava";
import { MemoryWait, Total } from "@troupe/messages";

import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

const block = 16_384;
const pieces = 40;

interface Transfer {
  readonly torrent: BenchTorrent;
  readonly peer: ScriptedPeer;
}

/** A torrent with pieces of two blocks, all leased. */
async function transfer(
  bench: WorkerBench,
  id: string,
  disk: number,
  isNewDisk = false,
): Promise<Transfer> {
  const torrent = await bench.openTorrent({ had: ".".repeat(pieces), disk, isNewDisk });
  const peer = await bench.meetSeed(torrent, id, "#".repeat(pieces));
  await bench.lease(torrent, [...Array.from({ length: pieces }).keys()]);
  return { torrent, peer };
}

/** The peer answers until it is asked no more. @returns Blocks that it gave. */
async function giveAll(bench: WorkerBench, { torrent, peer }: Transfer, isWritten: boolean) {
  let blocks = 0;
  for (let asked = peer.takeMessagesOf("request"); asked.length > 0 && blocks < 60;) {
    blocks += asked.length;
    peer.answer(asked);
    // oxlint-disable-next-line no-await-in-loop
    await bench.settle();
    const sealed = bench.takeAllSealed();
    const own = sealed.filter((each) => each.torrent === torrent.id);
    // oxlint-disable-next-line no-await-in-loop
    if (isWritten) await bench.had(torrent, ...own.map(({ piece }) => piece));
    asked = peer.takeMessagesOf("request");
  }
  return blocks;
}

test("a disk that has written nothing yet gets an eighth of the memory, and what was requested before its first piece", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32 * block });
  const stuck = await transfer(bench, "a", 0, true);
  t.is(await giveAll(bench, stuck, false), 6);
  const other = await transfer(bench, "b", 1);
  t.true((await giveAll(bench, other, true)) >= 60);
});

test("a hung disk leaves half of the memory for torrents of another that wrote as much", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32 * block });
  const stuck = await transfer(bench, "a", 0);
  const other = await transfer(bench, "b", 1);
  // A piece that is requested before a quarter of the memory waits for the disk comes too.
  t.is(await giveAll(bench, stuck, false), 18);
  t.true((await giveAll(bench, other, true)) >= 60);
  bench.takeNotices();
  await bench.advance(1_000);
  t.deepEqual(bench.takeNotices("pieces-wanted"), [], "no more is leased for either");
  await bench.had(stuck.torrent, 0, 1, 2, 3, 4, 5, 6, 7, 8);
  t.true(stuck.peer.takeMessagesOf("request").length > 0, "it continues when the disk does");
});

test("torrents of one disk share the disk's memory", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32 * block });
  const first = await transfer(bench, "a", 0);
  const second = await transfer(bench, "b", 0);
  const given = (await giveAll(bench, first, false)) + (await giveAll(bench, second, false));
  t.is(given, 24);
});

test("each of several hung disks gets its share of the memory that the others leave", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 64 * block });
  const given: number[] = [];
  for (const disk of [0, 1]) {
    // oxlint-disable-next-line no-await-in-loop
    const stuck = await transfer(bench, String.fromCharCode(97 + disk), disk);
    // oxlint-disable-next-line no-await-in-loop
    given.push(await giveAll(bench, stuck, false));
  }
  t.deepEqual(given, [48, 10]);
  const other = await transfer(bench, "z", 2);
  t.true((await giveAll(bench, other, true)) >= 60);
});

test("what a disk has written lately is its share beside others", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 64 * block });
  const stuck = await transfer(bench, "a", 0);
  const other = await transfer(bench, "b", 1);
  t.true((await giveAll(bench, other, true)) >= 60);
  t.is(await giveAll(bench, stuck, false), 10);
});

test("torrents held back by their disk have that reason, and take turns when the disk continues", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32 * block });
  const first = await transfer(bench, "a", 0);
  t.is(await giveAll(bench, first, false), 24);
  const second = await transfer(bench, "b", 0);
  t.deepEqual(second.peer.takeMessagesOf("request"), []);
  t.is(second.torrent.table.totals[Total.memoryWait], MemoryWait.disk);
  await bench.had(first.torrent, 0);
  t.is(first.peer.takeMessagesOf("request").length, 2);
  t.deepEqual(second.peer.takeMessagesOf("request"), []);
  await bench.had(first.torrent, 1);
  t.is(second.peer.takeMessagesOf("request").length, 2);
});

test("no piece is given up for torrents that only wait for their disk", async (t) => {
  const bench = await WorkerBench.start({ downloadBytes: 32 * block });
  const { torrent, peer } = await transfer(bench, "a", 0);
  const asked = peer.takeMessagesOf("request");
  peer.answer(asked.slice(0, 3));
  await bench.settle();
  const open = peer.takeMessagesOf("request");
  t.is(await giveAll(bench, { torrent, peer }, false), 0);
  for (const request of open) peer.answer([request]);
  await bench.settle();
  await giveAll(bench, { torrent, peer }, false);
  t.is(torrent.table.totals[Total.memoryWait], MemoryWait.disk);
  bench.takeNotices();
  await bench.advance(60_000);
  t.deepEqual(bench.takeNotices("lease-returned"), []);
  t.is(torrent.table.totals[Total.wastedBytes], 0);
});
