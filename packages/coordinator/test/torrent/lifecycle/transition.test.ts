import test from "ava";
import { readFileSync } from "node:fs";
import type { TorrentState } from "@troupe/messages";
import type {
  HeldPieces,
  LifecycleEffect,
  LifecycleEvent,
} from "../../../src/torrent/lifecycle/events.ts";
import {
  faultOf,
  isOpen,
  newLifecycle,
  publicState,
  type Lifecycle,
  type Run,
} from "../../../src/torrent/lifecycle/run.ts";
import { transition } from "../../../src/torrent/lifecycle/transition.ts";

const held: HeldPieces = { code: "disk-full", writes: [], tried: undefined, tries: 0 };
const broken = { code: "EIO", message: "the disk is broken" };
const full = { code: "disk-full", message: "no room" };
const away = { code: "ENOENT", message: "the folder is away" };
const silent = { code: "disk-not-answering", message: "the disk does not return" };

/** Every event, those of a run with its number. */
function everyEvent(run: number): LifecycleEvent[] {
  return [
    { event: "start" },
    { event: "pause" },
    { event: "stop" },
    { event: "close" },
    { event: "failed", fault: broken },
    { event: "failed", fault: silent },
    { event: "queued", isComplete: false },
    { event: "queued", isComplete: true },
    { event: "admitted" },
    { event: "closed" },
    { event: "some-missing" },
    { event: "folder-refused", fault: away, isWatched: true },
    { event: "folder-refused", fault: silent, isWatched: true },
    { event: "folder-refused", fault: broken, isWatched: false },
    { event: "folder-usable" },
    { event: "disk-silent", fault: silent, disk: "data" },
    { event: "disk-silent", fault: silent, disk: "records" },
    { event: "disk-answered" },
    { event: "writes-held", held },
    { event: "writes-held", held, fault: full },
    { event: "writes-held", held, fault: silent },
    { event: "writes-taken" },
    { event: "metadata-complete" },
    { event: "check-begun", run },
    { event: "checked", run },
    { event: "opened", run, isWhole: false, nowMs: 0 },
    { event: "settle-begun", run },
    { event: "settle-ended", run },
    { event: "all-had", run, isSeed: false, nowMs: 0 },
    { event: "all-had", run, isSeed: true, nowMs: 0 },
  ];
}

/** Everything that a torrent can be after any events, but for the number of its run and further moves of bytes. */
function everyLife(): Lifecycle[] {
  const seen = new Map<string, Lifecycle>();
  const queue = [newLifecycle(true), newLifecycle(false)];
  for (let life = queue.shift(); life !== undefined; life = queue.shift()) {
    const key = JSON.stringify(life);
    if (seen.has(key) || ("settling" in life.run && Math.abs(life.run.settling) > 1)) continue;
    seen.set(key, life);
    for (const event of everyEvent(life.runs)) {
      queue.push({ ...transition(life, event).life, runs: 1 });
    }
  }
  return [...seen.values()];
}

const lives = everyLife();
const states = [...new Set(lives.map(({ run }) => run.state))];

/** The states that a row of the table covers. */
function statesOfRow(name: string): readonly string[] {
  if (name === "each but stopped") return states.filter((state) => state !== "stopped");
  if (name !== "each open") return name.split(", ");
  return [...new Set(lives.flatMap(({ run }) => (isOpen(run) ? [run.state] : [])))];
}

function arrowsOfTable(): string[] {
  const source = new URL("../../../src/torrent/lifecycle/run.ts", import.meta.url);
  const rows = readFileSync(source, "utf8").matchAll(/^\/\/ {3}(.+?) {2,}(.+→.+)$/gm);
  return [...rows].flatMap(([, from = "", arrows = ""]) =>
    arrows.split("; ").flatMap((arrow) => {
      const [events = "", to = ""] = arrow.split(" → ");
      return statesOfRow(from).flatMap((state) =>
        events
          .split(", ")
          .flatMap((event) => to.split(", ").map((next) => `${state} ${event} ${next}`)),
      );
    }),
  );
}

test("the table in run.ts has exactly the transitions of the code", (t) => {
  const taken = new Set<string>();
  for (const life of lives) {
    for (const event of everyEvent(life.runs)) {
      const { life: next } = transition(life, event);
      if (next.run.state === life.run.state) continue;
      taken.add(`${life.run.state} ${event.event} ${next.run.state}`);
    }
  }
  // A stop of a torrent that is stopping leaves it so.
  const drawn = arrowsOfTable().filter((arrow) => !/^stopping .* stopping$/.test(arrow));
  t.deepEqual([...taken].toSorted(), [...new Set(drawn)].toSorted());
});

test("a step of an earlier run changes nothing", (t) => {
  for (const life of lives) {
    const later = { ...life, runs: life.runs + 1 };
    for (const event of everyEvent(life.runs)) {
      if ("run" in event) t.deepEqual(transition(later, event), { life: later, effects: [] });
    }
  }
});

test("every change of the public state is emitted, the present state last", (t) => {
  for (const life of lives) {
    for (const event of everyEvent(life.runs)) {
      const { life: next, effects } = transition(life, event);
      const last = effects.findLast(({ effect }) => effect === "emit-state");
      const expected = publicState(next);
      if (last?.effect === "emit-state") t.is(last.state, expected);
      else t.is(publicState(life), expected, `${life.run.state} ${event.event}`);
    }
  }
});

const shown = test.macro<[Run, paused: boolean, TorrentState]>({
  title: (_, { state }, paused, expected) =>
    `${state}${paused ? ", paused," : ""} is shown as ${expected}`,
  exec: (t, of, paused, expected) =>
    t.is(publicState({ run: of, wish: { run: true, paused } }), expected),
});

const isChecked = true;
const stoppedRest = { state: "stopped", fault: undefined, isChecked } as const;
const queuedRest = {
  state: "queued",
  fault: undefined,
  isReportedComplete: false,
  isChecked,
} as const;
const failedRest = { state: "failed", fault: broken, isChecked } as const;
const facts = { sinceMs: 0, settling: 0, announced: { toUser: false, toTrackers: false } };
const active: Run = { state: "active", held: undefined, ...facts };
const waiting: Run = { state: "waiting-for-disk", held, fault: full, ...facts };

test(shown, stoppedRest, false, "stopped");
test(shown, { state: "metadata" }, false, "metadata");
test(shown, { state: "starting", isChecked: false }, false, "starting");
test(shown, { state: "starting", isChecked: true }, true, "starting");
test(shown, { state: "checking", isChecked: false }, true, "checking");
test(shown, active, false, "active");
test(shown, active, true, "paused");
test(shown, waiting, false, "error");
test(shown, waiting, true, "error");
test(shown, { state: "waiting-for-folder", fault: away, isChecked }, false, "error");
test(shown, { state: "waiting-for-answer", fault: silent, isChecked }, false, "error");
test(shown, failedRest, false, "error");
test(shown, queuedRest, false, "queued");
test(shown, queuedRest, true, "paused");

test("a closing torrent is shown as stopping, as queued, or as its error", (t) => {
  const wish = { run: true, paused: false };
  for (const next of ["rest", "start"] as const) {
    t.is(publicState({ run: { state: "stopping", next, rest: stoppedRest }, wish }), "stopping");
    t.is(publicState({ run: { state: "stopping", next, rest: failedRest }, wish }), "error");
    t.is(publicState({ run: { state: "stopping", next, rest: queuedRest }, wish }), "queued");
  }
});

/** A torrent after these events, and what the last of them wanted done. */
function after(...events: readonly Exclude<LifecycleEvent, { readonly run: number }>[]) {
  return from(newLifecycle(true), ...events);
}

function from(start: Lifecycle, ...events: readonly LifecycleEvent[]) {
  let life = start;
  let effects: readonly LifecycleEffect[] = [];
  for (const event of events) ({ life, effects } = transition(life, event));
  return { life, effects, done: effects.map(spell) };
}

function spell(effect: LifecycleEffect): string {
  return effect.effect === "emit-state" ? effect.state : effect.effect;
}

const opened = { event: "opened", run: 1, isWhole: false, nowMs: 5_000 } as const;
const begun = after({ event: "start" }).life;
const running = from(begun, { event: "checked", run: 1 }, opened).life;

test("a start opens the files and passes on the device seen", (t) => {
  const { effects } = after({ event: "start", device: 7n });
  t.deepEqual(effects, [
    { effect: "emit-state", state: "starting" },
    { effect: "open-files", run: 1, device: 7n },
  ]);
});

test("a torrent without metadata fetches it first, and then opens its files", (t) => {
  const start = from(newLifecycle(false), { event: "start" });
  t.is(start.life.run.state, "metadata");
  t.deepEqual(start.done, ["metadata", "seek-metadata"]);
  const arrived = from(start.life, { event: "metadata-complete" });
  t.deepEqual(arrived.done, ["starting", "open-files"]);
  t.true(arrived.life.hasContent);
});

test("a torrent that was stopped before its metadata came fetches it at the next start, once", (t) => {
  const stopped = from(
    newLifecycle(false),
    { event: "start" },
    { event: "stop" },
    { event: "closed" },
  );
  t.is(from(stopped.life, { event: "start" }).life.run.state, "metadata");
  const late = from(stopped.life, { event: "metadata-complete" });
  t.deepEqual(late.done, [], "a stopped torrent stays stopped");
  t.is(from(late.life, { event: "start" }).life.run.state, "starting");
  const known = from(stopped.life, { event: "start" }, { event: "metadata-complete" });
  const again = from(known.life, { event: "stop" }, { event: "closed" }, { event: "start" });
  t.is(again.life.run.state, "starting");
});

test("a torrent that fetches its metadata can be paused, stopped and fail", (t) => {
  const { life } = from(newLifecycle(false), { event: "start" });
  t.true(from(life, { event: "pause" }).life.wish.paused);
  t.deepEqual(from(life, { event: "stop" }).done, ["stopping", "close"]);
  const failed = from(life, { event: "failed", fault: broken }, { event: "closed" });
  t.like(failed.life.run, { state: "failed", fault: broken });
});

test("a pause takes effect at once while the torrent is active, and later in any other state", (t) => {
  t.deepEqual(from(running, { event: "pause" }).done, ["paused", "pause-peers"]);
  t.deepEqual(from(running, { event: "pause" }, { event: "pause" }).done, []);
  t.deepEqual(from(begun, { event: "pause" }).done, []);
  t.deepEqual(from(begun, { event: "pause" }, opened).done, ["paused", "join-swarm"]);
  const waiting = from(running, { event: "writes-held", held, fault: full }, { event: "pause" });
  t.deepEqual(waiting.done, ["pause-peers"]);
  t.deepEqual(from(waiting.life, { event: "writes-taken" }).done, ["paused", "write-held"]);
});

test("a start of a torrent that tries the disk again tries it at once", (t) => {
  const trying = from(running, { event: "writes-held", held });
  t.is(publicState(trying.life), "active");
  t.deepEqual(from(trying.life, { event: "start" }).done, ["retry-write"]);
  const waiting = from(running, { event: "writes-held", held, fault: full }, { event: "start" });
  t.deepEqual(waiting.done, ["retry-write"]);
});

test("a start of a paused torrent resumes it", (t) => {
  t.deepEqual(from(running, { event: "pause" }, { event: "start" }).done, [
    "active",
    "pause-peers",
  ]);
});

test("a stop closes the run, and the record is renewed only when the pieces are known", (t) => {
  const close = (life: Lifecycle) =>
    from(life, { event: "stop" }).effects.find(({ effect }) => effect === "close");
  t.like(close(running), { isChecked: true, isOrderly: true });
  t.like(close(begun), { isChecked: false, isOrderly: true });
  const failed = from(running, { event: "failed", fault: broken });
  t.like(
    failed.effects.find(({ effect }) => effect === "close"),
    { isChecked: true, isOrderly: false },
  );
});

test("the end of the engine and a removal leave the wish unchanged", (t) => {
  t.true(from(running, { event: "close" }).life.wish.run);
  t.false(from(running, { event: "stop" }).life.wish.run);
});

test("a torrent that is started while it stops starts when it is closed", (t) => {
  const { life } = from(running, { event: "stop" }, { event: "start" });
  t.is(publicState(life), "stopping");
  t.deepEqual(from(life, { event: "closed" }).done, [
    "emit-last-progress",
    "stopped",
    "flush-events",
    "starting",
    "open-files",
  ]);
  const stopped = from(life, { event: "stop" }, { event: "closed" });
  t.is(stopped.life.run.state, "stopped", "the later stop wins");
});

test("an error closes the run and is reported at once; a stop meanwhile stops the torrent", (t) => {
  const failed = from(running, { event: "failed", fault: broken });
  t.deepEqual(failed.done, ["error", "emit-error", "flush-events", "close"]);
  t.deepEqual(from(failed.life, { event: "closed" }).done, ["emit-last-progress"]);
  const stopped = from(failed.life, { event: "stop" });
  t.deepEqual(stopped.done, ["stopping"], "it is being closed already");
  t.deepEqual(from(stopped.life, { event: "closed" }).life.run, {
    state: "stopped",
    fault: broken,
    isChecked,
  });
});

test("only the first error counts", (t) => {
  const failed = from(running, { event: "failed", fault: broken });
  for (const life of [failed.life, from(failed.life, { event: "closed" }).life]) {
    const again = from(life, { event: "failed", fault: full });
    t.deepEqual(again.done, []);
    t.is(faultOf(again.life.run), broken);
  }
});

test("a folder that was refused is watched until it is usable", (t) => {
  const refused = from(begun, { event: "folder-refused", fault: away, isWatched: true });
  t.deepEqual(refused.done, ["error", "emit-error", "flush-events", "close", "watch-folder"]);
  const { life } = from(refused.life, { event: "closed" });
  t.deepEqual(from(life, { event: "folder-usable" }).done, [
    "leave-folder",
    "starting",
    "open-files",
  ]);
  t.deepEqual(from(life, { event: "start" }).done, ["leave-folder", "starting", "open-files"]);
  t.deepEqual(from(life, { event: "stop" }).done, ["leave-folder", "stopping", "close"]);
  t.deepEqual(from(refused.life, { event: "stop" }).done, ["leave-folder", "stopping"]);
});

test("a second refusal restarts the watch of the folder", (t) => {
  const refuse = { event: "folder-refused", fault: away, isWatched: true } as const;
  const again = ["leave-folder", "watch-folder"];
  t.deepEqual(from(begun, refuse, refuse).done, again);
  t.deepEqual(from(begun, refuse, { event: "closed" }, refuse).done, again);
  t.deepEqual(from(begun, refuse, { event: "stop" }, refuse).done, []);
});

test("a torrent whose disk was silent starts when it answers, and other errors stay", (t) => {
  const waiting = from(
    running,
    { event: "disk-silent", disk: "data", fault: silent },
    { event: "closed" },
  );
  t.is(waiting.life.run.state, "waiting-for-answer");
  t.is(from(waiting.life, { event: "disk-answered" }).life.run.state, "starting");
  const failed = from(running, { event: "failed", fault: broken }, { event: "closed" });
  t.deepEqual(from(failed.life, { event: "disk-answered" }).done, []);
});

test("a silent state folder stops no torrent that has its record", (t) => {
  const event = { event: "disk-silent", disk: "records", fault: silent } as const;
  t.deepEqual(from(running, event).done, []);
  t.is(publicState(from(begun, event).life), "error");
});

test("closing a run abandons the pieces that the disk refused", (t) => {
  const { life } = from(running, { event: "writes-held", held, fault: full });
  t.like(
    from(life, { event: "stop" }).effects.find(({ effect }) => effect === "close"),
    { held },
  );
});

const whole = { event: "all-had", run: 1, isSeed: true, nowMs: 8_000 } as const;

test("completion is reported once to the user and to the trackers", (t) => {
  const told = from(running, whole);
  t.deepEqual(told.effects, [
    { effect: "announce-completed" },
    { effect: "emit-complete", seconds: 3 },
  ]);
  t.deepEqual(from(told.life, whole).done, []);
  t.deepEqual(from(told.life, { event: "some-missing" }, whole).done, ["emit-complete"]);
});

test("trackers get no `completed` for a torrent that was complete at its start, nor for a part of one", (t) => {
  const seeding = from(begun, { ...opened, isWhole: true }).life;
  t.deepEqual(from(seeding, whole).done, ["emit-complete"]);
  const part = from(running, { ...whole, isSeed: false });
  t.deepEqual(part.done, ["emit-complete"]);
  t.deepEqual(from(part.life, whole).done, ["announce-completed"]);
});

test("a torrent is not complete while its bytes are on their way from the part file", (t) => {
  const settling = from(running, { event: "settle-begun", run: 1 }, whole);
  t.deepEqual(settling.done, []);
  const settled = from(settling.life, { event: "settle-ended", run: 1 }, whole);
  t.deepEqual(settled.done, ["announce-completed", "emit-complete"]);
});

const queue = { event: "queued", isComplete: false } as const;
const waitingTurn = from(running, queue, { event: "closed" }).life;

test("F09: a running torrent without a place closes and waits, and starts when it is admitted", (t) => {
  const queued = from(running, queue);
  t.deepEqual(queued.done, ["queued", "close"]);
  t.deepEqual(from(queued.life, { event: "closed" }).done, ["emit-last-progress"]);
  t.is(waitingTurn.run.state, "queued");
  t.deepEqual(from(waitingTurn, { event: "admitted" }).done, ["starting", "open-files"]);
});

test("F09: the user's start leaves a waiting torrent in the queue, and its stop takes it out", (t) => {
  t.deepEqual(from(waitingTurn, { event: "start" }).done, []);
  t.deepEqual(from(waitingTurn, { event: "stop" }).done, ["stopping", "close"]);
  const stopped = from(waitingTurn, { event: "stop" }, { event: "closed" }, { event: "admitted" });
  t.is(stopped.life.run.state, "stopped");
});

test("F09: a paused torrent is not admitted before its user starts it", (t) => {
  const paused = from(waitingTurn, { event: "pause" });
  t.deepEqual(paused.done, ["paused"]);
  t.deepEqual(from(paused.life, { event: "admitted" }).done, []);
  const resumed = from(paused.life, { event: "start" });
  t.deepEqual(resumed.done, ["queued"]);
  t.deepEqual(from(resumed.life, { event: "admitted" }).done, ["starting", "open-files"]);
});

test("F09: a torrent that is complete reports that before it waits, and only once", (t) => {
  const queued = from(begun, { event: "checked", run: 1 }, { event: "queued", isComplete: true });
  t.deepEqual(queued.done, ["emit-complete", "queued", "close"]);
  const again = from(queued.life, { event: "closed" }, { event: "admitted" });
  const seeding = from(again.life, { ...opened, run: 2, isWhole: true });
  t.deepEqual(from(seeding.life, { ...whole, run: 2 }).done, []);
  const lost = from(seeding.life, { event: "some-missing" }, { ...whole, run: 2 });
  t.deepEqual(lost.done, ["emit-complete"]);
});

test("F09: a starting torrent keeps its place until its metadata has come", (t) => {
  const seeking = from(newLifecycle(false), { event: "start" }, { event: "metadata-complete" });
  t.like(seeking.life.run, { state: "starting", admission: { isReportedComplete: false } });
  t.like(begun.run, { state: "starting", admission: undefined });
  t.like(from(begun, { event: "admitted" }).life.run, { admission: { isReportedComplete: false } });
});
