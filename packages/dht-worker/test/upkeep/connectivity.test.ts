import test from "ava";

import {
  bootstrapStages,
  connectivityAfter,
  connectivityDueMs,
  firstBootstrap,
  stageDue,
  type BootstrapStage,
  type Connectivity,
} from "../../src/upkeep/connectivity.ts";

/** Begins all stages that are due. @param tasks Tasks of each stage. */
function beginStages(
  state: Connectivity,
  nowMs: number,
  tasks: number,
): { readonly state: Connectivity; readonly begun: readonly BootstrapStage[] } {
  const begun: BootstrapStage[] = [];
  let next = state;
  for (;;) {
    const stage = stageDue(next, nowMs);
    if (stage === undefined) return { state: next, begun };
    begun.push(stage);
    next = connectivityAfter(next, { kind: "stage-begun", tasks }, nowMs);
  }
}

/** A bootstrap whose stages have no addresses. */
function failBootstrap(state: Connectivity, nowMs: number): Connectivity {
  return beginStages(state, nowMs, 0).state;
}

test("ND3: the stages of a bootstrap begin in order, two seconds apart, while no node answers", (t) => {
  let state = firstBootstrap(0);
  const begun: [number, BootstrapStage][] = [];
  for (let nowMs = 0; nowMs <= 20_000; nowMs += 500) {
    const step = beginStages(state, nowMs, 1);
    state = step.state;
    for (const stage of step.begun) begun.push([nowMs, stage]);
  }
  t.deepEqual(begun, [
    [0, "known"],
    [2_000, "user"],
    [4_000, "torrent"],
    [6_000, "port"],
    [8_000, "router"],
  ]);
});

test("no stage begins after an answer, and the node runs when the look-ups have ended", (t) => {
  let { state } = beginStages(firstBootstrap(0), 0, 1);
  state = connectivityAfter(state, { kind: "answer" }, 100);
  t.is(stageDue(state, 60_000), undefined);
  t.is(connectivityDueMs(state), Infinity);
  state = connectivityAfter(state, { kind: "task-ended" }, 1_500);
  t.is(state.kind, "running");
});

test("a stage without addresses, and a stage whose look-ups fail, do not hold up the next", (t) => {
  const { state, begun } = beginStages(firstBootstrap(0), 0, 0);
  t.deepEqual(begun, [...bootstrapStages]);
  t.is(state.kind, "empty");
  const first = beginStages(firstBootstrap(0), 0, 1).state;
  const ended = connectivityAfter(first, { kind: "task-ended" }, 600);
  t.is(stageDue(ended, 600), "user");
});

test("a bootstrap without an answer is repeated after 5 s, doubling to 5 min", (t) => {
  let nowMs = 0;
  let state = failBootstrap(firstBootstrap(nowMs), nowMs);
  const pauses: number[] = [];
  for (let i = 0; i < 9; i++) {
    const dueMs = connectivityDueMs(state);
    pauses.push((dueMs - nowMs) / 1_000);
    t.is(connectivityAfter(state, { kind: "time" }, dueMs - 1), state);
    nowMs = dueMs;
    state = failBootstrap(connectivityAfter(state, { kind: "time" }, nowMs), nowMs);
  }
  t.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test("a node that loses all others bootstraps again after 5 s", (t) => {
  const state = connectivityAfter({ kind: "running" }, { kind: "cut-off" }, 7_000);
  t.is(connectivityDueMs(state), 12_000);
  t.is(connectivityAfter(state, { kind: "time" }, 12_000).kind, "bootstrapping");
});

test("an answer ends the pause of an empty node", (t) => {
  const empty = failBootstrap(firstBootstrap(0), 0);
  const state = connectivityAfter(empty, { kind: "answer" }, 1_000);
  t.is(stageDue(state, 1_000), "known");
});

test("a return of the network begins a bootstrap at once, and leaves a node that runs alone", (t) => {
  let state = failBootstrap(firstBootstrap(0), 0);
  for (let nowMs = 5_000; nowMs < 400_000; nowMs += 5_000)
    state = failBootstrap(connectivityAfter(state, { kind: "time" }, nowMs), nowMs);
  const atMs = 401_000;
  t.true(connectivityDueMs(state) > atMs);
  const back = connectivityAfter(state, { kind: "network-changed" }, atMs);
  t.is(stageDue(back, atMs), bootstrapStages[0]);
  const running = { kind: "running" } as const;
  t.is(connectivityAfter(running, { kind: "network-changed" }, atMs), running);
});
