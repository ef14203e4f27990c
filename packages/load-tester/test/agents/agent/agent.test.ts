// A leader and agents in virtual time, over a message server in memory.

import test from "ava";
import { agentRun, agentScenario } from "../../../../../test/support/load/agent-scenario.ts";
import { Place } from "../support/place.ts";
import type { Window } from "../../../src/measures/measures.ts";

test("agents start at the same moment although their clocks differ by minutes", async (t) => {
  const place = new Place();
  const agents = [await place.agent("a", 1, 240_000), await place.agent("b", 1, -90_000)];
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  const at = place.scheduler.clock.epochMs() + 1_000;
  leader.begin(at);
  await place.pass(1_500);
  const offsets = [240_000, -90_000];
  const starts = agents.map(
    ({ generators }, index) => (generators[0]?.startedAtEpochMs ?? 0) - (offsets[index] ?? 0),
  );
  t.deepEqual(starts, [at, at]);
});

test("threads have shares of their own, and their windows come under their own names", async (t) => {
  const place = new Place();
  const agents = [await place.agent("a", 2), await place.agent("b", 1)];
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  leader.begin(place.scheduler.clock.epochMs());
  await place.pass(2_500);
  await place.scheduler.settle(leader.end("drained"));
  t.deepEqual(
    agents.map(({ generators }) => generators[0]?.run?.shares),
    [
      { first: 0, count: 2, of: 3 },
      { first: 2, count: 1, of: 3 },
    ],
  );
  t.deepEqual([...place.windows.keys()].toSorted(), ["a/thread-0", "a/thread-1", "b"]);
  const told = agents.flatMap(({ generators }) => generators[0]?.windows ?? []);
  const sumOf = (windows: readonly Window[]) =>
    windows.flatMap(({ counts }) => counts).reduce((sum, { value }) => sum + value, 0);
  t.true(told.length >= 6);
  t.is(sumOf([...place.windows.values()].flat()), sumOf(told));
  t.deepEqual(place.lost, []);
});

test("the rule of the plan is not read: an agent hands its own to its generators", async (t) => {
  const place = new Place();
  const { generators } = await place.agent("a");
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  t.deepEqual(generators[0]?.run?.rule, { allowed: [], allowHostile: false });
});

test("a server that is away for 9 s costs no window, no agent and no load", async (t) => {
  const place = new Place();
  const { generators } = await place.agent("a");
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  leader.begin(place.scheduler.clock.epochMs());
  await place.pass(2_000);
  place.server.kill();
  await place.pass(9_000);
  place.server.start();
  await place.pass(5_000);
  await place.scheduler.settle(leader.end("drained"));
  t.deepEqual(place.windows.get("a"), generators[0]?.windows);
  t.is(place.windows.get("a")?.length, 17);
  t.deepEqual(place.lost, []);
});

test("an agent that is cut off ends its load after 10 s, and sends what it measured when it is back", async (t) => {
  const place = new Place();
  const { generators, bus, agent } = await place.agent("a");
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  leader.begin(place.scheduler.clock.epochMs());
  await place.pass(2_000);
  bus.isCut = true;
  await place.pass(4_000);
  t.deepEqual(place.lost, [["a", { leech: 10 }, "nothing was heard of the agent for 3 s"]]);
  t.false(generators[0]?.isEnded);
  await place.pass(7_000);
  t.true(generators[0]?.isClosed);
  t.is(agent.life.kind, "sending");
  bus.isCut = false;
  await place.pass(1_000);
  t.is(agent.life.kind, "free");
  t.deepEqual(place.windows.get("a"), generators[0]?.windows);
});

test("a lost agent that comes back soon is told to end its load", async (t) => {
  const place = new Place();
  const { generators, bus } = await place.agent("a");
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  leader.begin(place.scheduler.clock.epochMs());
  await place.pass(2_000);
  bus.isCut = true;
  await place.pass(5_000);
  bus.isCut = false;
  await place.pass(1_000);
  t.true(generators[0]?.isClosed);
  t.is(place.lost.length, 1);
});

test("an agent under load refuses another leader", async (t) => {
  const place = new Place();
  await place.agent("a");
  const [first, second] = [await place.leader(), await place.leader()];
  await place.scheduler.settle(first.prepare(agentRun()));
  const error = await place.scheduler.settle(
    t.throwsAsync(second.prepare(agentRun()), { code: "agent-refused" }),
  );
  t.regex(error?.message ?? "", /the agent runs the load of another leader/);
});

test("peers that give content of the leader's folder are refused", async (t) => {
  const place = new Place();
  await place.agent("a");
  const leader = await place.leader();
  const run = agentRun(agentScenario({ behaviour: "seeder", load: undefined }));
  const content = { kind: "folder", path: "/etc" } as const;
  const torrents = run.torrents.map((torrent) => ({ ...torrent, content }));
  await place.scheduler.settle(
    t.throwsAsync(leader.prepare({ ...run, torrents }), { message: /a folder of the leader/ }),
  );
});

test("an agent whose window cannot be read counts as lost, and is told to end its load", async (t) => {
  const place = new Place();
  const { generators } = await place.agent("a");
  place.rejects = ({ second }) => second === 1;
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  leader.begin(place.scheduler.clock.epochMs());
  await place.pass(4_000);
  const reason = "the agent sent a window that cannot be read: a histogram is malformed";
  t.deepEqual(place.lost, [["a", { leech: 10 }, reason]]);
  t.true(generators[0]?.isClosed);
});

test("each thread of a lost agent is told of once, also one that had died before", async (t) => {
  const place = new Place();
  const { generators, bus } = await place.agent("a", 2);
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  leader.begin(place.scheduler.clock.epochMs());
  await place.pass(2_500);
  generators[0]?.loseThread(1, { leech: 4 }, "it crashed");
  await place.pass(500);
  bus.isCut = true;
  await place.pass(5_000);
  t.deepEqual(place.lost, [
    ["a/thread-1", { leech: 4 }, "it crashed"],
    ["a/thread-0", { leech: 10 }, "nothing was heard of the agent for 3 s"],
  ]);
  t.deepEqual(
    [...leader.unheard],
    [
      ["a/thread-0", { index: 0, of: 2 }],
      ["a/thread-1", { index: 1, of: 2 }],
    ],
  );
});

test("an agent that was started again between plan and begin counts as lost", async (t) => {
  const place = new Place();
  const first = await place.agent("a");
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  first.bus.isCut = true;
  await place.agent("a");
  leader.begin(place.scheduler.clock.epochMs());
  await place.pass(1_000);
  t.deepEqual(place.lost, [["a", {}, "the agent was started again"]]);
});

test("a target outside of private ranges is refused by the agent, whatever the leader allows", async (t) => {
  const place = new Place();
  await place.agent("a");
  const leader = await place.leader();
  const run = agentRun();
  const targets = run.targets.map((target) => ({ ...target, host: "203.0.113.9" }));
  await place.scheduler.settle(
    t.throwsAsync(leader.prepare({ ...run, targets }), {
      message: /cannot send load to 203\.0\.113\.9: .* no --allow-target names it/,
    }),
  );
});

test("the leader says that a loopback address is another machine at each agent", async (t) => {
  const place = new Place();
  await place.agent("a");
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  t.deepEqual(place.notes, [
    "the target seed is at 127.0.0.1: there each agent reaches its own machine",
  ]);
});
