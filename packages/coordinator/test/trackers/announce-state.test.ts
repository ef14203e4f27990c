import fc from "fast-check";
import test from "ava";
import type { AnnounceReply } from "@troupe/protocol/tracker";
import {
  dueEvent,
  dueTime,
  initialState,
  nextState,
  type AnnounceChange,
  type AnnounceState,
} from "../../src/trackers/announce-state.ts";

const reply: AnnounceReply = { intervalSeconds: 1_800, peers: [] };
const lost = {
  code: "tracker-silent",
  message: "silent",
  mayHaveArrived: true,
  isFamilyMissing: false,
  retryInSeconds: undefined,
};

function after(...changes: readonly AnnounceChange[]): AnnounceState {
  return changes.reduce(nextState, initialState);
}

const begin: AnnounceChange = { change: "begin", nowMs: 0 };
const started: AnnounceChange[] = [
  begin,
  { change: "send", event: "started" },
  { change: "reply", event: "started", reply, nowMs: 0, chance: 0.5 },
];

test("regular announces are spread over a tenth of the interval to both sides", (t) => {
  const due = (chance: number, minIntervalSeconds?: number) => {
    const own = { ...reply, ...(minIntervalSeconds !== undefined && { minIntervalSeconds }) };
    const state = after(begin, { change: "reply", event: "started", reply: own, nowMs: 0, chance });
    return Math.round(dueTime(state, false) / 1_000);
  };
  t.deepEqual([due(0), due(0.5), due(1)], [1_620, 1_800, 1_980]);
  t.deepEqual([due(0, 1_800), due(1, 1_800)], [1_800, 1_980], "not before `min interval`");
  t.deepEqual([due(0, 3_000), due(1, 3_000)], [3_000, 3_000]);
});

test("`completed` is due where `started` was sent, and nowhere else", (t) => {
  t.is(dueEvent(after(begin, { change: "complete" })), "started");
  t.is(after(begin, { change: "complete" }).completed, "no");
  const state = after(...started, { change: "complete" });
  t.is(dueEvent(state), "completed");
  t.is(dueTime(state, false), 0);
  const told = nextState(state, { ...started[2], event: "completed" } as AnnounceChange);
  t.is(dueEvent(told), undefined);
  t.is(dueEvent(nextState(told, { change: "complete" })), "completed");
});

test("a `started` that was refused is as if it had not been sent; one without a reply may have arrived", (t) => {
  const sent: AnnounceChange = { change: "send", event: "started" };
  const failed = (mayHaveArrived: boolean): AnnounceChange => ({
    ...{ change: "failure", nowMs: 0, chance: 0.5 },
    failure: { ...lost, mayHaveArrived },
  });
  t.is(after(begin, sent, failed(false)).presence, "unknown");
  t.is(after(begin, sent, failed(true)).presence, "starting");
  t.is(dueEvent(after(begin, sent, failed(true))), "started");
});

test("a tracker that names a time for the next announce gets none before it", (t) => {
  const failed = (retryInSeconds: number): AnnounceState =>
    after(begin, {
      ...{ change: "failure", nowMs: 0, chance: 0.5 },
      failure: { ...lost, retryInSeconds },
    });
  t.is(failed(3_600).earliestAtMs, 3_600_000);
  t.is(dueTime(failed(3_600), true), 3_600_000);
  t.is(failed(Infinity).earliestAtMs, Infinity);
  t.is(nextState(failed(Infinity), { change: "begin", nowMs: 5 }).earliestAtMs, 5);
});

test("after failures a tracker is announced to again within five minutes and a quarter", (t) => {
  const failures = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
    minLength: 1,
    maxLength: 50,
  });
  fc.assert(
    fc.property(failures, (chances) => {
      let state = after(...started);
      for (const chance of chances) {
        state = nextState(state, { change: "failure", failure: lost, nowMs: 0, chance });
        t.true(state.dueAtMs >= 3_750 && state.dueAtMs <= 375_000);
      }
      t.is(state.failures, chances.length);
    }),
  );
  t.pass();
});

test("for any events, `completed` is announced at most once, after `started`, and nothing is announced after `stopped`", (t) => {
  const step = fc.constantFrom("reply", "failure", "complete", "stop", "begin");
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let state = after(begin);
      let replied: string[] = [];
      let isRunning = true;
      let mayComplete = true;
      for (const name of steps) {
        if (name === "begin") {
          isRunning = true;
          replied = [];
          mayComplete = true;
          state = nextState(state, begin);
        } else if (name === "stop") {
          isRunning = false;
          state = nextState(state, { change: "stop" });
          t.is(state.presence, "unknown");
        } else if (name === "complete") {
          if (mayComplete) state = nextState(state, { change: "complete" });
          mayComplete = false;
        } else if (isRunning) {
          const event = dueEvent(state);
          state = nextState(state, { change: "send", event });
          const moment = { nowMs: 0, chance: 0.5 };
          if (name === "failure")
            state = nextState(state, { change: name, failure: lost, ...moment });
          else {
            replied.push(event ?? "-");
            state = nextState(state, { change: "reply", event, reply, ...moment });
          }
        }
        const story = replied.join(" ");
        t.true(/^(started( -)*( completed( -)*)?)?$/.test(story), story);
      }
    }),
  );
});

test("a return of the network brings the next announce forward, least times between announces aside", (t) => {
  const own = { ...reply, minIntervalSeconds: 900 };
  const known = after(begin, {
    change: "reply",
    event: "started",
    reply: own,
    nowMs: 0,
    chance: 0,
  });
  t.is(dueTime(nextState(known, { change: "network", nowMs: 10_000 }), false), 10_000);
  const failure: AnnounceChange = { change: "failure", failure: lost, nowMs: 0, chance: 0.5 };
  const failed = after(begin, failure, failure, failure, failure);
  t.is(dueTime(nextState(failed, { change: "network", nowMs: 6_000 }), false), 6_000);
  const missing = { ...lost, isFamilyMissing: true };
  const without = after(begin, { ...failure, failure: missing });
  t.is(dueTime(nextState(without, { change: "network", nowMs: 6_000 }), false), 6_000);
});

test("a return of the network does not hurry a tracker that has asked for a pause (BEP 31)", (t) => {
  for (const [retryInSeconds, dueAtMs] of [
    [600, 600_000],
    [Infinity, Infinity],
  ] as const) {
    const failure = { ...lost, retryInSeconds };
    const state = after(begin, { change: "failure", failure, nowMs: 0, chance: 0.5 });
    t.is(dueTime(nextState(state, { change: "network", nowMs: 6_000 }), false), dueAtMs);
  }
});
