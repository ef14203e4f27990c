import test from "ava";
import {
  newWebSeed,
  webSeedTransition,
  type WebSeedEvent,
  type WebSeedState,
} from "../../../src/torrent/web-seeds/web-seed-state.ts";

const fault = { code: "web-seed-status", message: "HTTP status 503" };
const opened: WebSeedEvent = { event: "opened", worker: 1, opening: 7 };

function after(...events: readonly WebSeedEvent[]): WebSeedState {
  return events.reduce(webSeedTransition, newWebSeed);
}

function failed(nowMs: number, retryAfterMs?: number, isAlone = false): WebSeedEvent {
  return { event: "failed", fault, retryAfterMs, isAlone, nowMs };
}

/** The rests after so many failures in a row. */
function restsOf(failures: number, retryAfterMs?: number, isAlone = false): number[] {
  let state = newWebSeed;
  return Array.from({ length: failures }, () => {
    state = [opened, failed(0, retryAfterMs, isAlone)].reduce(webSeedTransition, state);
    const { activity } = state;
    state = webSeedTransition(state, { event: "rested", nowMs: 1e9 });
    return activity.state === "resting" ? activity.untilMs / 1_000 : 0;
  });
}

test("a web seed is idle, open and idle again", (t) => {
  t.deepEqual(after().activity, { state: "idle" });
  t.deepEqual(after(opened).activity, { state: "open", worker: 1, opening: 7 });
  t.deepEqual(after(opened, { event: "released" }).activity, { state: "idle" });
});

test("an address that fails rests 30 s, doubling to 30 min", (t) => {
  t.deepEqual(restsOf(8), [30, 60, 120, 240, 480, 960, 1_800, 1_800]);
});

test("the only source of a torrent rests 2 s, doubling to 30 min", (t) => {
  t.deepEqual(restsOf(12, undefined, true).slice(0, 5), [2, 4, 8, 16, 32]);
  t.is(restsOf(12, undefined, true).at(-1), 1_800);
  t.deepEqual(restsOf(1, 90_000, true), [90]);
});

test("Retry-After is obeyed from 5 s to an hour", (t) => {
  t.deepEqual(restsOf(2, 90_000), [90, 90]);
  t.deepEqual(restsOf(1, 0), [5]);
  t.deepEqual(restsOf(1, 1e12), [3_600]);
});

test("a rest ends at its time, or with the start of the torrent, which forgets the failures", (t) => {
  const resting = after(opened, failed(1_000));
  t.is(webSeedTransition(resting, { event: "rested", nowMs: 30_999 }), resting);
  const rested = webSeedTransition(resting, { event: "rested", nowMs: 31_000 });
  t.like(rested, { activity: { state: "idle" }, failures: 1 });
  const begun = webSeedTransition(resting, { event: "run-begun" });
  t.like(begun, { activity: { state: "idle" }, failures: 0 });
});

test("a good piece ends the failures in a row", (t) => {
  t.is(after(opened, failed(0), { event: "piece-passed" }).failures, 0);
});

test("the second bad piece turns it off, and nothing turns it on again", (t) => {
  const bad: WebSeedEvent = { event: "piece-failed" };
  t.is(after(opened, bad).activity.state, "open");
  const off = after(opened, bad, bad);
  t.like(off.activity, { state: "off", fault: { code: "bad-piece" } });
  const others: WebSeedEvent[] = [
    opened,
    { event: "released" },
    failed(0),
    { event: "rested", nowMs: 1e9 },
    { event: "run-begun" },
    { event: "piece-passed" },
    bad,
  ];
  for (const event of others) t.is(webSeedTransition(off, event).activity, off.activity);
});

test("an end of a web seed that is not open changes nothing", (t) => {
  t.is(webSeedTransition(newWebSeed, failed(0)), newWebSeed);
  t.is(webSeedTransition(newWebSeed, { event: "released" }), newWebSeed);
  const resting = after(opened, failed(0));
  t.is(webSeedTransition(resting, opened), resting);
});
