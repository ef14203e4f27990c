import test from "ava";
import type { LiveEngineSettings, TorrentSettings } from "@troupe/control";
import { zeroCounters } from "@troupe/messages";
import { settle } from "@troupe/actor-runtime/testing";
import { changeSettings } from "../../../src/engine/settings/change-settings.ts";
import { pursueGoals } from "../../../src/torrent/goals/seed-goals.ts";
import { changeJob, makeScene } from "../../support/engine-scene.ts";
import { piece } from "../../support/diagrams.ts";

/** A complete torrent of 131,072 bytes that has sent `sent` bytes. */
function scene(settings: TorrentSettings, limits: LiveEngineSettings = {}) {
  const made = makeScene({ limits });
  const job = made.addJob();
  const { ledger, traffic } = job.content;
  job.request = { ...job.request, settings };
  job.life.value = { ...job.life.value, wish: { run: true, paused: false } };
  job.earlierRuns.counters = { ...zeroCounters, uploadedBytes: 31_072, seedSeconds: 30 };
  const complete = () => {
    for (let index = 0; index < 4; index++) ledger.toHad(piece(index));
    job.life.dispatch({ event: "all-had", run: job.life.runs, isSeed: true, nowMs: 0 });
  };
  const second = () => {
    made.time.advance(1_000);
    pursueGoals(made.engine, job);
  };
  const reached = () => {
    made.gather();
    return made
      .events()
      .flatMap((event) => (event.event === "goal-reached" ? [event.reached] : []));
  };
  const send = (bytes: number) => void (traffic.replacedTables.uploadedBytes += bytes);
  return { ...made, job, complete, second, reached, send };
}

test("a complete torrent that has reached its ratio over all runs stops for its user", async (t) => {
  const { job, complete, second, reached, send } = scene({ "goals.ratio": 1 });
  send(99_999);
  complete();
  second();
  t.deepEqual([job.state, reached()], ["active", []]);
  send(1);
  second();
  t.deepEqual(reached(), [["ratio"]]);
  t.false(job.life.value.wish.run, "a restart does not start it again");
  await job.life.stop();
  t.is(job.state, "stopped");
});

test("a torrent that is not complete has no goal to reach", (t) => {
  const { job, second, reached, send } = scene({
    "goals.ratio": 1,
    "goals.seedSeconds": 1,
    "goals.idleSeconds": 1,
  });
  send(1e9);
  second();
  second();
  t.deepEqual([job.state, reached()], ["active", []]);
});

test("the time of seeding counts over all runs, without pauses", (t) => {
  const { job, complete, second, reached } = scene({ "goals.seedSeconds": 33 });
  complete();
  second();
  second();
  job.life.pause();
  for (let seconds = 0; seconds < 10; seconds++) second();
  t.deepEqual(reached(), []);
  job.life.start();
  second();
  second();
  t.deepEqual(reached(), [], "32 seconds");
  second();
  t.deepEqual(reached(), [["seed-time"]]);
});

test("the idle time begins anew with each upload", (t) => {
  const { complete, second, reached, send } = scene({ "goals.idleSeconds": 3 });
  complete();
  for (const bytes of [0, 0, 0, 1, 0, 0]) {
    send(bytes);
    second();
  }
  t.deepEqual(reached(), []);
  second();
  t.deepEqual(reached(), [["idle-time"]]);
});

test("the seeding time ends with the run", async (t) => {
  const { job, complete, second, time } = scene({});
  complete();
  second();
  second();
  t.is(job.seedingTime.seedMs, 1_000);
  await job.life.stop();
  time.advance(60_000);
  t.like(job.seedingTime, { seedMs: 1_000, lookedAtMs: undefined });
});

test("new goals hold from the next second on, and are recorded", async (t) => {
  const { engine, job, file, complete, second, reached } = scene({ "goals.ratio": 1 });
  complete();
  second();
  engine.awake.clear();
  changeJob(engine, job, { "goals.ratio": null, "goals.seedSeconds": 31 });
  t.true(engine.awake.has(job), "an idle torrent is looked at");
  t.like(file.casts("save-job").at(-1), {
    facts: { settings: { "goals.seedSeconds": 31 }, counters: { seedSeconds: 30 } },
  });
  second();
  t.deepEqual(reached(), [["seed-time"]]);
  await settle();
});

test("a torrent that does not run has no open record to save goals in", (t) => {
  const { engine, job, file } = scene({});
  job.life.value = {
    ...job.life.value,
    run: { state: "stopped", fault: undefined, isChecked: true },
  };
  changeJob(engine, job, { "goals.ratio": 2 });
  t.deepEqual(file.casts("save-job"), []);
  t.is(job.setting("goals.ratio"), 2);
});

test("F10: at its goals a torrent pauses, and again after another start", (t) => {
  const { job, complete, second, reached, send } = scene({
    "goals.ratio": 1,
    "goals.action": "pause",
  });
  send(100_000);
  complete();
  for (let seconds = 0; seconds < 3; seconds++) second();
  t.is(job.state, "paused");
  t.true(job.life.value.wish.run);
  t.deepEqual(reached(), [["ratio"]]);
  job.life.start();
  second();
  t.deepEqual([job.state, reached().length], ["paused", 2]);
});

test("F10: at its goals a torrent super-seeds on, which is told once", (t) => {
  const { job, complete, second, reached, send } = scene({
    "goals.ratio": 1,
    "goals.action": "super-seed",
  });
  send(100_000);
  complete();
  for (let seconds = 0; seconds < 3; seconds++) second();
  t.is(job.state, "active");
  t.true(job.superSeed.isWanted);
  t.true(job.request.settings.superSeed);
  t.deepEqual(reached(), [["ratio"]]);
});

test("L09: the goals of the engine hold for a torrent without its own, and those of its group come first", (t) => {
  const engine = { "goals.ratio": 1, "goals.action": "pause" } as const;
  const groups = { films: { goals: { ratio: 2 } } };
  const [exempt, plain, own, member] = [
    scene({ "goals.action": "none" }, engine),
    scene({}, engine),
    scene({ "goals.ratio": 3 }, engine),
    scene({ group: "films" }, { ...engine, groups }),
  ];
  for (const { complete, second, send } of [exempt, plain, own, member]) {
    send(100_000);
    complete();
    second();
    second();
  }
  t.deepEqual([exempt.job.state, exempt.reached()], ["active", []]);
  t.deepEqual([plain.job.state, plain.reached()], ["paused", [["ratio"]]]);
  t.deepEqual([own.job.state, own.reached()], ["active", []]);
  t.deepEqual([member.job.state, member.reached()], ["active", []]);
  member.send(131_072);
  member.second();
  t.deepEqual([member.job.state, member.reached()], ["paused", [["ratio"]]]);
  t.deepEqual(
    member.events().flatMap((event) => (event.event === "goal-reached" ? [event.goals] : [])),
    [{ ratio: 2 }],
  );
});

test("L09: goals that the engine and a group get meanwhile hold from the next second on", (t) => {
  for (const changes of [
    { "goals.seedSeconds": 32 },
    { groups: { films: { goals: { seedSeconds: 32 } } } },
  ]) {
    const { complete, engine, job, reached, second } = scene({ group: "films" });
    complete();
    second();
    second();
    engine.awake.clear();
    changeSettings(engine, { changes });
    t.true(engine.awake.has(job), "an idle torrent is looked at");
    second();
    t.deepEqual(reached(), [["seed-time"]]);
  }
});
