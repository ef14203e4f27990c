import test from "ava";
import {
  nextAgentView,
  type AgentView,
  type ViewEvent,
} from "../../../src/agents/leader/agent-view.ts";

function after(...events: readonly ViewEvent[]): AgentView {
  return events.reduce(nextAgentView, { kind: "preparing" });
}

const prepared: ViewEvent = { kind: "prepared", nowMs: 0, isConnected: true };
const heard = (nowMs: number): ViewEvent => ({ kind: "heard", nowMs });
const tick = (nowMs: number): ViewEvent => ({ kind: "tick", nowMs });
const silent: AgentView = { kind: "lost", reason: "nothing was heard of the agent for 3 s" };

test("an agent is lost after 3 s of silence, not sooner", (t) => {
  t.is(after(prepared, heard(1_000), tick(3_999)).kind, "in-run");
  t.deepEqual(after(prepared, heard(1_000), tick(4_000)), silent);
});

test("silence while the leader has no connection does not count, and begins anew after it", (t) => {
  const away: ViewEvent[] = [
    heard(1_000),
    { kind: "disconnected", nowMs: 2_000 },
    { kind: "connected", nowMs: 9_000 },
  ];
  t.is(after(prepared, ...away, tick(11_999)).kind, "in-run");
  t.deepEqual(after(prepared, ...away, tick(12_000)), silent);
});

test("an agent is lost when the leader is without the server for 10 s", (t) => {
  const away: ViewEvent[] = [heard(1_000), { kind: "disconnected", nowMs: 2_000 }];
  t.is(after(prepared, ...away, tick(11_999)).kind, "in-run");
  t.deepEqual(after(prepared, ...away, tick(12_000)), {
    kind: "lost",
    reason: "the server was away for 10 s",
  });
});

test("a second report of the same connection does not begin the count anew", (t) => {
  const again: ViewEvent = { kind: "connected", nowMs: 2_900 };
  t.deepEqual(after(prepared, again, tick(3_000)), silent);
});

test("a beat that was under way when the connection broke does not end the break", (t) => {
  const down: ViewEvent = { kind: "disconnected", nowMs: 2_000 };
  t.is(after(prepared, down, heard(2_001), tick(5_500)).kind, "in-run");
});

test("an agent that was told to end has ended with its last message", (t) => {
  t.deepEqual(after(prepared, { kind: "end" }, { kind: "ended", reason: undefined }), {
    kind: "ended",
  });
});

test("an agent that ends by itself is lost, with its own reason", (t) => {
  t.deepEqual(after(prepared, { kind: "ended", reason: "the agent was stopped" }), {
    kind: "lost",
    reason: "the agent was stopped",
  });
});

test("a lost agent stays lost, whatever is heard of it", (t) => {
  const events: ViewEvent[] = [tick(3_000), heard(3_100), { kind: "connected", nowMs: 3_200 }];
  t.deepEqual(after(prepared, ...events, { kind: "ended", reason: undefined }), silent);
});

test("an agent that does not send its last windows in time is lost", (t) => {
  const reason = "its last windows did not come in time";
  t.deepEqual(after(prepared, { kind: "end" }, { kind: "failed", reason }), {
    kind: "lost",
    reason,
  });
});
