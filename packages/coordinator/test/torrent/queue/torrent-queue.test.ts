import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import type { PieceIndex } from "@troupe/protocol/units";
import { bitsOf } from "@troupe/protocol/testing";
import { tick, tickMs } from "../../../src/engine/tick.ts";
import { runQueue } from "../../../src/torrent/queue/torrent-queue.ts";
import { completeTorrent } from "../../../src/torrent/lifecycle/completion.ts";
import { whyNow } from "../../../src/torrent/report/why-input.ts";
import type { TorrentJob } from "../../../src/torrent/torrent-job.ts";
import {
  changeJob,
  makeScene,
  putIn,
  setCheckPool,
  type JobOptions,
  type SceneOptions,
} from "../../support/engine-scene.ts";

/** An engine with these limits, whose torrents have on the disk what `found` draws. */
function scene(limits: NonNullable<SceneOptions["limits"]>) {
  const made = makeScene({ limits });
  const { engine, file, ref, time } = made;
  let found = "....";
  file.answer = (name) => (name === "open-storage" ? { foundBytes: 1 } : {});
  setCheckPool(engine, { checkPieces: () => Promise.resolve(bitsOf(found)) });
  /** The queue looks, and runs are closed and opened. */
  const look = async (): Promise<void> => {
    time.advance(1_000);
    runQueue(engine);
    await settle();
    await time.pass(0);
    await settle();
  };
  return {
    ...made,
    look,
    async start(options: JobOptions & { readonly found?: string } = {}) {
      const job = made.addJob(options);
      putIn(job, "stopped");
      found = options.found ?? "....";
      job.life.start();
      await settle();
      return job;
    },
    /** The queue looks once a second, for a minute and a second. */
    async lookForAMinute() {
      for (let second = 0; second <= 61; second++) await look();
    },
    joined: () =>
      ref(0)
        .casts("open-torrent")
        .map(({ torrent }) => torrent),
    completions: () => {
      made.gather();
      return made.events().filter(({ event }) => event === "complete").length;
    },
  };
}

const statesOf = (...jobs: readonly TorrentJob[]) => jobs.map(({ state }) => state);

test("F09: a torrent beyond the limit is checked, waits without a swarm, and runs when another stops", async (t) => {
  const { start, look, joined } = scene({ maxActiveDownloads: 1 });
  const first = await start();
  const second = await start({ found: "#..." });
  await look();
  t.deepEqual(statesOf(first, second), ["active", "queued"]);
  t.is(second.content.ledger.hadCount, 1);
  t.deepEqual(joined(), [first.id]);
  const stopped = first.life.stop();
  await settle();
  await look();
  await stopped;
  await look();
  t.deepEqual(statesOf(first, second), ["stopped", "active"]);
  t.deepEqual(joined(), [first.id, second.id]);
});

test("F09: without limits all torrents run", async (t) => {
  const { start, look } = scene({});
  const jobs = [await start(), await start(), await start({ found: "####" })];
  await look();
  t.deepEqual(statesOf(...jobs), ["active", "active", "active"]);
});

test("F09: downloads and seeds are limited on their own, and a waiting seed has reported its completion", async (t) => {
  const { start, look, completions } = scene({ maxActiveDownloads: 1, maxActiveSeeds: 1 });
  const jobs = [
    await start({ found: "####" }),
    await start({ found: "####" }),
    await start(),
    await start(),
  ];
  await look();
  t.deepEqual(statesOf(...jobs), ["active", "queued", "active", "queued"]);
  t.is(completions(), 2);
});

test("F09: the torrent that is moved to the front runs when the last one that runs is closed", async (t) => {
  const { engine, start, look } = scene({ maxActiveDownloads: 1 });
  const [first, second] = [await start(), await start()];
  changeJob(engine, second, { queueRank: -1 });
  for (let looks = 0; looks < 3; looks++) await look();
  t.deepEqual(statesOf(first, second), ["queued", "active"]);
  t.is(whyNow(engine, first).code, "queued");
});

test("F09: limits can change while torrents run", async (t) => {
  const { engine, start, look } = scene({});
  const [first, second] = [await start(), await start()];
  engine.queue.set({});
  await look();
  t.is(engine.queue.limits, undefined, "no torrent can wait");
  engine.queue.set({ maxActiveDownloads: 1 });
  await look();
  t.deepEqual(statesOf(first, second), ["active", "queued"]);
  engine.queue.set({ maxActiveSeeds: 1 });
  for (let looks = 0; looks < 2; looks++) await look();
  t.deepEqual(statesOf(first, second), ["active", "active"]);
});

test("F09: a forced torrent runs outside of the limits", async (t) => {
  const { start, look } = scene({ maxActiveDownloads: 0 });
  const waiting = await start();
  const forced = await start({ settings: { queueRank: 9, forced: true } });
  await look();
  t.deepEqual(statesOf(waiting, forced), ["queued", "active"]);
});

test("F09: a torrent that has been slow for a minute makes room, and takes it back when it is fast", async (t) => {
  const { start, look, lookForAMinute } = scene({ maxActiveDownloads: 1 });
  const [first, second] = [await start(), await start()];
  await look();
  t.deepEqual(statesOf(first, second), ["active", "queued"]);
  await lookForAMinute();
  t.deepEqual(statesOf(first, second), ["active", "active"]);
  first.content.traffic.rates.downBytesPerSecond = 5_000;
  second.content.traffic.rates.downBytesPerSecond = 5_000;
  await lookForAMinute();
  t.deepEqual(statesOf(first, second), ["active", "queued"]);
});

test("F09: a paused torrent does not count, and a download that completes becomes a seed", async (t) => {
  const { engine, start, look } = scene({ maxActiveDownloads: 1 });
  const [first, second, third] = [await start(), await start(), await start()];
  first.life.pause();
  await look();
  t.deepEqual(statesOf(first, second, third), ["paused", "active", "queued"]);
  for (const piece of [0, 1, 2, 3]) second.content.ledger.toHad(piece as PieceIndex);
  await completeTorrent(engine, second);
  for (let looks = 0; looks < 3; looks++) await look();
  t.deepEqual(statesOf(first, second, third), ["paused", "active", "active"]);
});

test("F09: a download that completes beyond the limit of seeds reports that before it waits", async (t) => {
  const { engine, file, start, look, completions } = scene({ maxActiveSeeds: 0 });
  const job = await start();
  const { answer } = file;
  const made = Promise.withResolvers<object>();
  file.answer = (name, message) =>
    name === "complete-storage" ? made.promise : answer(name, message);
  for (const piece of [0, 1, 2, 3]) job.content.ledger.toHad(piece as PieceIndex);
  const completed = completeTorrent(engine, job);
  await look();
  t.is(job.state, "active");
  changeJob(engine, job, { queueRank: 9 });
  await look();
  t.deepEqual([job.state, completions()], ["active", 0]);
  made.resolve({});
  await completed;
  await look();
  t.deepEqual([job.state, completions()], ["queued", 1]);
});

test("F09: a seed whose completion is not reported yet keeps its place among the seeds", async (t) => {
  const { file, start, look } = scene({ maxActiveSeeds: 1 });
  const { answer } = file;
  const made = Promise.withResolvers<object>();
  let asked = 0;
  file.answer = (name, message) =>
    name === "complete-storage" && ++asked === 1 ? made.promise : answer(name, message);
  const first = await start({ found: "####" });
  const second = await start({ found: "####" });
  for (let looks = 0; looks < 3; looks++) await look();
  t.deepEqual(statesOf(first, second), ["active", "queued"]);
  made.resolve({});
  await look();
  t.deepEqual(statesOf(first, second), ["active", "queued"]);
});

test("F09: a magnet beyond the limit seeks no metadata", async (t) => {
  const made = scene({ maxActiveDownloads: 1 });
  const magnet = made.addJobWithoutContent();
  const further = made.addJobWithoutContent();
  for (const job of [magnet, further]) job.life.start();
  await settle();
  await made.look();
  t.deepEqual(statesOf(magnet, further), ["metadata", "queued"]);
  t.deepEqual(made.joined(), [magnet.id]);
});

test("F09: torrents that are only checked take no place", async (t) => {
  const { start, look } = scene({ maxActiveDownloads: 0, maxActiveSeeds: 0 });
  const job = await start({ mode: "check-only", found: "####" });
  await look();
  t.is(job.state, "stopped");
});

test("F09: the tick looks at the queue once a second", async (t) => {
  const { engine, start, time } = scene({ maxActiveDownloads: 1 });
  const [first, second] = [await start(), await start()];
  changeJob(engine, second, { queueRank: -1 });
  const states = Array.from({ length: 4 }, () => {
    time.advance(tickMs);
    tick(engine);
    return first.state;
  });
  t.deepEqual(states, ["active", "active", "active", "queued"]);
});

test("F09: as many torrents as `maxChecks` allows are hashed at once on a disk, in their order", async (t) => {
  const made = makeScene({ limits: { maxChecks: 2 } });
  const { engine, file } = made;
  file.answer = (name) => (name === "open-storage" ? { foundBytes: 1 } : {});
  const ends: (() => void)[] = [];
  setCheckPool(engine, {
    checkPieces: () => new Promise((resolve) => ends.push(() => resolve(bitsOf("....")))),
  });
  const jobs = [made.addJob(), made.addJob(), made.addJob()];
  for (const job of jobs) {
    putIn(job, "stopped");
    job.life.start();
    await settle();
  }
  t.is(ends.length, 2);
  ends[1]?.();
  await settle();
  t.is(ends.length, 3);
  t.deepEqual(statesOf(...jobs), ["checking", "active", "checking"]);
});
