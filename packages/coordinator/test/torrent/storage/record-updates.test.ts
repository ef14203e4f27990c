import test from "ava";
import type { JobFacts, KnownPieces } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { settle } from "@troupe/actor-runtime/testing";
import { tick, tickMs } from "../../../src/engine/tick.ts";
import { progressOf } from "../../../src/torrent/report/status.ts";
import { makeScene, putIn } from "../../support/engine-scene.ts";

const none = new Uint8Array(1);
const nothingKnown: KnownPieces = {
  ...{ trusted: none, toHash: none, doubted: none, samples: none },
  touched: [],
  peers: [],
};

/** A stopped torrent of four pieces without files, with this record. */
function scene(record: Partial<KnownPieces> = {}) {
  const made = makeScene();
  const { engine, file, time } = made;
  const job = made.addJob();
  putIn(job, "stopped");
  const known = { ...nothingKnown, ...record };
  file.answer = (name) => (name === "open-storage" ? { foundBytes: 1, known } : {});
  const facts = (): JobFacts | undefined => file.casts("save-job").at(-1)?.facts;
  const nowMs = () => engine.context.clock.epochMs();
  return {
    ...{ ...made, job, facts, nowMs },
    async start() {
      job.life.start();
      await settle();
    },
    complete() {
      const { ledger } = job.content;
      for (const piece of ledger.states.keys()) ledger.toHad(piece as PieceIndex);
      job.life.dispatch({ event: "all-had", run: job.life.runs, isSeed: true, nowMs: 0 });
    },
    receive: (bytes: number) => {
      job.content.traffic.replacedTables.downloadedBytes += bytes;
    },
    tickFor(ms: number) {
      for (let passedMs = 0; passedMs < ms; passedMs += tickMs) {
        time.advance(tickMs);
        tick(engine);
      }
    },
  };
}

test("a new torrent was added now; its completion is noted and saved once", async (t) => {
  const { complete, facts, job, nowMs, start, time } = scene();
  const addedAt = nowMs();
  await start();
  t.deepEqual(facts()?.dates, { addedAt });
  time.advance(5_000);
  const completedAt = nowMs();
  complete();
  t.is(progressOf(job).completedAt, completedAt);
  t.deepEqual(facts()?.dates, { addedAt, completedAt });
  job.life.dispatch({ event: "some-missing" });
  time.advance(5_000);
  complete();
  t.is(progressOf(job).completedAt, completedAt);
});

test("dates, times and the mark of the record go on, also over a second start", async (t) => {
  const dates = { addedAt: 5, completedAt: 7, activeAt: 9 };
  const { complete, facts, job, start } = scene({ dates, isServed: true });
  await start();
  t.like(progressOf(job), { completedAt: 7, activeAt: 9 });
  complete();
  t.like(facts(), { dates, isServed: true });
  await job.life.stop();
  await start();
  t.like(facts(), { dates, isServed: true });
});

test("a record of an earlier release has the time of the adding, and no mark", async (t) => {
  const { facts, nowMs, start } = scene();
  const addedAt = nowMs();
  await start();
  t.deepEqual(facts()?.dates, { addedAt });
  t.false("isServed" in (facts() ?? {}));
});

test("the last activity is noted within ten seconds, and not without payload", async (t) => {
  const { facts, job, nowMs, receive, start, tickFor } = scene();
  await start();
  tickFor(20_000);
  t.is(progressOf(job).activeAt, undefined);
  receive(1);
  const movedAt = nowMs();
  tickFor(10_000);
  const activeAt = progressOf(job).activeAt ?? 0;
  t.true(activeAt > movedAt && activeAt <= movedAt + 10_000);
  t.is(facts()?.dates?.activeAt, activeAt);
  tickFor(30_000);
  t.is(progressOf(job).activeAt, activeAt);
});

test("payload of the last seconds is noted at the stop", async (t) => {
  const { file, job, nowMs, receive, start } = scene();
  await start();
  receive(1);
  const activeAt = nowMs();
  await job.life.stop();
  const closed = file.calls("close-storage").at(-1)?.job as { readonly facts: JobFacts };
  t.is(closed.facts.dates?.activeAt, activeAt);
});

test("the time in the swarm counts without pauses, and apart while pieces are missing", async (t) => {
  const { complete, job, start, tickFor, time } = scene();
  await start();
  tickFor(10_000);
  job.life.pause();
  tickFor(7_000);
  job.life.start();
  complete();
  tickFor(20_000);
  await job.life.stop();
  t.like(progressOf(job).lifetime, { activeSeconds: 30, downloadSeconds: 10 });
  time.advance(50_000);
  await start();
  t.like(progressOf(job).lifetime, { activeSeconds: 30, downloadSeconds: 10 });
});

test("a download without peers saves its time every ten minutes", async (t) => {
  const { file, start, tickFor } = scene();
  await start();
  tickFor(20_000);
  const before = file.casts("save-job").length;
  tickFor(500_000);
  t.is(file.casts("save-job").length, before);
  tickFor(100_000);
  t.is(file.casts("save-job").length, before + 1);
});
