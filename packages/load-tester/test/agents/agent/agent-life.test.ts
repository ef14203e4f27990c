import test from "ava";
import {
  nextAgentLife,
  type AgentEvent,
  type AgentLife,
} from "../../../src/agents/agent/agent-life.ts";

/** The lives that some events lead to; an event that changes nothing leads to none. */
function lives(...events: readonly AgentEvent[]): readonly AgentLife[] {
  const all: AgentLife[] = [{ kind: "free" }];
  for (const event of events) {
    const [before = { kind: "free" }] = all.slice(-1);
    const next = nextAgentLife(before, event);
    if (next !== before) all.push(next);
  }
  return all;
}

function after(...events: readonly AgentEvent[]): AgentLife | undefined {
  return lives(...events).at(-1);
}

const prepare: AgentEvent = { kind: "prepare", run: "r", nowMs: 0 };
const prepared: AgentEvent = { kind: "prepared", run: "r" };
const begin: AgentEvent = { kind: "begin", run: "r", nowMs: 1_000 };

test("an agent prepares, runs, ends, sends and is free again", (t) => {
  const events: AgentEvent[] = [
    prepare,
    prepared,
    begin,
    { kind: "end", run: "r", how: "cut" },
    { kind: "ended", run: "r" },
    { kind: "sent", run: "r" },
  ];
  const kinds = lives(...events).map(({ kind }) => kind);
  t.deepEqual(kinds, ["free", "preparing", "ready", "running", "ending", "sending", "free"]);
});

test("the load ends 10 s after the last beat of the leader, not sooner", (t) => {
  const running = [prepare, prepared, begin] as const;
  const heard: AgentEvent = { kind: "heard", run: "r", nowMs: 5_000 };
  t.is(after(...running, heard, { kind: "tick", nowMs: 14_999 })?.kind, "running");
  t.deepEqual(after(...running, heard, { kind: "tick", nowMs: 15_000 }), {
    kind: "ending",
    run: "r",
    reason: "the agent heard nothing of its leader for 10 s",
    how: "cut",
  });
});

test("an agent that is ready, and whose leader is gone, gives the run up too", (t) => {
  t.is(after(prepare, prepared, { kind: "tick", nowMs: 10_000 })?.kind, "ending");
});

test("beats, a begin and an end of another run change nothing", (t) => {
  const other: AgentEvent[] = [
    { kind: "heard", run: "x", nowMs: 9_000 },
    { kind: "begin", run: "x", nowMs: 9_000 },
    { kind: "end", run: "x", how: "cut" },
  ];
  t.deepEqual(after(prepare, prepared, ...other), after(prepare, prepared));
});

test("a load that drains is cut by a second end, and by no other one", (t) => {
  const drains: AgentEvent = { kind: "end", run: "r", how: "drained" };
  const cuts: AgentEvent = { kind: "end", run: "r", how: "cut" };
  const running = [prepare, prepared, begin] as const;
  const ends = (...events: AgentEvent[]) =>
    lives(...running, ...events).flatMap((life) => (life.kind === "ending" ? [life.how] : []));
  t.deepEqual(ends(drains, drains), ["drained"]);
  t.deepEqual(ends(drains, { ...cuts, run: "x" }, cuts, cuts), ["drained", "cut"]);
  t.deepEqual(ends(cuts, drains), ["cut"]);
});

test("a second begin starts nothing, so that a leader may repeat it", (t) => {
  t.is(lives(prepare, prepared, begin, begin).filter(({ kind }) => kind === "running").length, 1);
});

test("an agent under load takes no other run, and one that only sends does", (t) => {
  const other: AgentEvent = { kind: "prepare", run: "x", nowMs: 20_000 };
  t.is(after(prepare, prepared, begin, other)?.kind, "running");
  const sending: AgentEvent[] = [
    { kind: "end", run: "r", how: "cut" },
    { kind: "ended", run: "r" },
  ];
  t.deepEqual(after(prepare, prepared, begin, ...sending, other), {
    kind: "preparing",
    run: "x",
    heardMs: 20_000,
  });
});

test("an agent that refuses a plan is free", (t) => {
  t.deepEqual(after(prepare, { kind: "refused", run: "r" }), { kind: "free" });
});

test("a refusal that comes after the run was given up does not free the agent before its last message", (t) => {
  const late = after(prepare, { kind: "tick", nowMs: 10_000 }, { kind: "refused", run: "r" });
  t.is(late?.kind, "ending");
});

test("a user's stop ends the load with a reason, and a free agent has none to end", (t) => {
  t.deepEqual(after(prepare, prepared, begin, { kind: "stop" }), {
    kind: "ending",
    run: "r",
    reason: "the agent was stopped",
    how: "cut",
  });
  t.deepEqual(lives({ kind: "stop" }), [{ kind: "free" }]);
});
