import test from "ava";
import type { LiveEngineSettings } from "@troupe/control";
import type { PieceIndex } from "@troupe/protocol/units";
import { tick, tickMs } from "../../src/engine/tick.ts";
import { admitPeer, peerOpened } from "../../src/torrent/swarm/peers.ts";
import type { JobWithContent } from "../../src/torrent/torrent-job.ts";
import { at, idBytes, makeScene, putIn, rowIndex } from "../support/engine-scene.ts";

/** Complete torrents without peers that have told their user everything and saved their figures. */
function scene(count = 20, limits: LiveEngineSettings = {}) {
  const made = makeScene({ limits });
  const { engine, time } = made;
  const jobs = Array.from({ length: count }, () => made.addJob());
  for (const { content } of jobs)
    for (const piece of content.ledger.states.keys()) content.ledger.toHad(piece as PieceIndex);
  const tickFor = (ms: number): void => {
    for (let passedMs = 0; passedMs < ms; passedMs += tickMs) {
      time.advance(tickMs);
      tick(engine);
    }
  };
  tickFor(12_000);
  made.gather();
  return { ...made, jobs, job: at(jobs, 0), tickFor };
}

/** Counts the once-a-second looks at a torrent from now on. */
function countLooks({ peers }: JobWithContent): () => number {
  const sweep = peers.sweep.bind(peers);
  let looks = 0;
  peers.sweep = (nowMs) => {
    looks++;
    sweep(nowMs);
  };
  return () => looks;
}

test("an idle torrent is looked at every ten seconds, and causes no message", (t) => {
  const { engine, events, file, gather, jobs, ref, tickFor } = scene();
  t.is(engine.awake.size, 0);
  const messages = () => [events().length, ref(0).sent.length, file.sent.length];
  const before = messages();
  const looks = jobs.map(countLooks);
  tickFor(30_000);
  gather();
  for (const count of looks) t.is(count(), 3);
  t.deepEqual(messages(), before);
});

test("each second has the looks at a tenth of the idle torrents", (t) => {
  const { jobs, tickFor } = scene();
  const looks = jobs.map(countLooks);
  for (let second = 1; second <= 10; second++) {
    tickFor(1_000);
    t.is(
      looks.reduce((sum, count) => sum + count(), 0),
      2 * second,
    );
  }
});

test("a torrent with a peer is looked at each second, from the next tick on", (t) => {
  const { engine, job, peerWorker, tickFor } = scene();
  const looks = countLooks(job);
  const address = { host: "8.0.0.1", port: 1, isIncoming: true };
  const peer = { torrent: job.id, peerId: idBytes("a peer"), ...address };
  admitPeer(engine, job, peerWorker(0), peer);
  peerOpened(engine, job, peerWorker(0), { ...peer, peer: rowIndex(0) });
  t.true(engine.awake.has(job));
  tickFor(5_000);
  t.is(looks(), 5);
});

test("suspects of an idle torrent are hashed within a second", (t) => {
  const { job, tickFor } = scene();
  job.content.checks.newSuspects = [0 as PieceIndex];
  tickFor(1_000);
  t.deepEqual(job.content.checks.newSuspects, []);
});

test("an idle torrent dials a new address within a second", (t) => {
  const { job, ref, tickFor } = scene();
  job.directory.add("8.0.0.1", 6881, "tracker-internet");
  tickFor(1_000);
  t.is(ref(0).casts("dial").length, 1);
});

function seed(job: JobWithContent): void {
  job.life.value = { ...job.life.value, wish: { run: true, paused: false } };
  job.life.dispatch({ event: "all-had", run: job.life.runs, isSeed: true, nowMs: 0 });
}

test("L09: with goals of the engine idle torrents are looked at every ten seconds, too", (t) => {
  const goals = { "goals.ratio": 1, "goals.seedSeconds": 3_600, "goals.idleSeconds": 3_600 };
  const { engine, jobs, tickFor } = scene(100, goals);
  for (const job of jobs) seed(job);
  tickFor(10_000);
  t.is(engine.awake.size, 0);
  const looks = jobs.map(countLooks);
  tickFor(30_000);
  t.deepEqual(
    looks.map((count) => count()),
    jobs.map(() => 3),
  );
});

test("L09: an idle torrent reaches its goals of time to the second", (t) => {
  for (const [name, goal] of [
    ["goals.seedSeconds", "seed-time"],
    ["goals.idleSeconds", "idle-time"],
  ] as const) {
    const { events, gather, jobs, tickFor } = scene(20, { [name]: 45, "goals.action": "pause" });
    for (const job of jobs) seed(job);
    const looks = jobs.map(countLooks);
    // The time begins at the first look.
    tickFor(45_000);
    t.true(jobs.every(({ state }) => state === "active"));
    tickFor(1_000);
    t.true(jobs.every(({ state }) => state === "paused"));
    gather();
    const reached = events().flatMap((event) =>
      event.event === "goal-reached" ? event.reached : [],
    );
    t.deepEqual(
      reached,
      jobs.map(() => goal),
    );
    for (const count of looks) t.true(count() <= 16, `${count()} of 46 looks`);
  }
});

test("a super-seeder at its goals is idle", (t) => {
  const { engine, job, tickFor } = scene(1, { "goals.seedSeconds": 5 });
  job.request = {
    ...job.request,
    settings: { superSeed: true, "goals.action": "super-seed" },
  };
  seed(job);
  tickFor(30_000);
  t.false(engine.awake.has(job));
});

test("the time of seeding of an idle torrent ends with its pause", (t) => {
  const { engine, job, tickFor } = scene();
  seed(job);
  tickFor(1_000);
  const { seedMs } = job.seedingTime;
  tickFor(15_000);
  t.false(engine.awake.has(job));
  job.life.pause();
  tickFor(5_000);
  t.is(job.seedingTime.seedMs - seedMs, 15_000);
});

test("a stopped torrent is not looked at", (t) => {
  const { job, tickFor } = scene();
  const looks = countLooks(job);
  putIn(job, "stopped");
  tickFor(30_000);
  t.is(looks(), 0);
});
