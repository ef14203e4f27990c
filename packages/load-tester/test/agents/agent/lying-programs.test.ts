// Programs at the message server that lie to a leader or to an agent.

import test from "ava";
import { agentFile, agentRun } from "../../../../../test/support/load/agent-scenario.ts";
import { toJson } from "../../../src/agents/messages/json.ts";
import { messageVersion } from "../../../src/agents/messages/messages.ts";
import { planObject, requestSubject } from "../../../src/agents/messages/subjects.ts";
import { emptyWindow } from "../support/empty-window.ts";
import { MemoryBus } from "../support/memory-bus.ts";
import { Place } from "../support/place.ts";

/** A message that another program puts into the stream. */
async function plant(place: Place, message: object): Promise<void> {
  const [run = ""] = [...place.server.objects.keys()].map((name) => name.split("-")[0]);
  place.server.store(run, { id: JSON.stringify(message), bytes: toJson(message) });
  await place.pass(100);
}

const label = { counter: "refused", group: "leech", phase: "steady", label: "", value: 1 } as const;

for (const [what, changes, reason] of [
  ["of a group without peers", { counts: [{ ...label, group: "__proto__" }] }, /no such group/],
  ["of an unknown phase", { counts: [{ ...label, phase: "x" }] }, /no such phase/],
  ["of a second after the run", { second: 86_000 }, /second 86000 is after the run/],
] as const) {
  test(`an agent with a window ${what} is lost, and no further window of it counts`, async (t) => {
    const place = new Place();
    await place.agent("a");
    const leader = await place.leader();
    await place.scheduler.settle(leader.prepare(agentRun()));
    leader.begin(place.scheduler.clock.epochMs());
    await place.pass(1_500);
    const window = { ...emptyWindow(1), ...changes };
    await plant(place, { agent: "a", number: 1, kind: "window", generator: "thread-0", window });
    await place.pass(3_000);
    t.is(place.lost.length, 1);
    t.regex(place.lost[0]?.[2] ?? "", reason);
    t.is(place.windows.get("a")?.length, 1);
  });
}

test("windows of one second without an end are not kept", async (t) => {
  const place = new Place();
  await place.agent("a");
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  for (let number = 0; number < 70; number++) {
    const window = emptyWindow(0);
    await plant(place, { agent: "a", number, kind: "window", generator: "thread-0", window });
  }
  t.is(place.windows.get("a")?.length, 64);
  t.regex(place.lost[0]?.[2] ?? "", /second 0 has over 64 parts/);
});

test("the result says how many messages of an agent are missing, and no thread of it was heard as a whole", async (t) => {
  const place = new Place();
  const { bus } = await place.agent("a", 2);
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  leader.begin(place.scheduler.clock.epochMs());
  await place.pass(500);
  await plant(place, { agent: "a", number: 4, kind: "ended", dropped: 0 });
  t.true(bus.isConnected);
  t.regex(leader.facts[0]?.remarks?.[0] ?? "", /^4 messages of its agent are missing/);
  t.deepEqual(
    [...leader.unheard],
    [
      ["a/thread-0", { index: 0, of: 2 }],
      ["a/thread-1", { index: 1, of: 2 }],
    ],
  );
});

test("an agent does not begin a load at a time that is not now", async (t) => {
  for (const aheadMs of [-3_600_000, 3_600_000]) {
    const place = new Place();
    const { generators } = await place.agent("a");
    const leader = await place.leader();
    await place.scheduler.settle(leader.prepare(agentRun()));
    leader.begin(place.scheduler.clock.epochMs() + aheadMs);
    await place.pass(2_000);
    t.is(generators[0]?.begunAtEpochMs, undefined);
    t.deepEqual(place.lost, [["a", {}, "the start is not near the time of its clock"]]);
  }
});

test("an agent refuses a run that it has had", async (t) => {
  const place = new Place();
  const { agent } = await place.agent("a");
  const leader = await place.leader();
  await place.scheduler.settle(leader.prepare(agentRun()));
  const [run] = [...place.server.objects.keys()].map((name) => name.split("-")[0]);
  leader.begin(place.scheduler.clock.epochMs());
  await place.pass(1_500);
  await place.scheduler.settle(leader.end("drained"));
  await place.pass(500);
  t.is(agent.life.kind, "free");
  const ask = { run, shares: { first: 0, count: 1, of: 1 } };
  const other = new MemoryBus(place.server);
  const bytes = await other.request(requestSubject("a", "prepare"), toJson(ask), 1_000);
  t.regex(new TextDecoder().decode(bytes), /the agent has had this run/);
});

for (const [what, changes, reason] of [
  [
    "a plan with a group beyond the bounds of a file",
    { scenario: agentFile({ count: 30_000 }) },
    /^scenario: groups\.leech\.count is 30000; allowed is a whole number from 1 to 20000$/,
  ],
  [
    "a plan that names a file of the agent",
    { scenario: agentFile({ arrival: { times: "/etc/passwd" } }) },
    /^scenario: groups\.leech\.arrival\.times is "\/etc\/passwd"; allowed is a list of times$/,
  ],
  ["a plan of another version", { version: messageVersion + 1 }, /^version is 5, allowed is 4$/],
  ["a plan without a scenario", { scenario: undefined }, /^scenario: the file is empty; /],
] as const) {
  test(`an agent refuses ${what}, and says what is wrong`, async (t) => {
    const place = new Place();
    const { agent, generators } = await place.agent("a");
    const leader = new MemoryBus(place.server);
    const plan = { version: messageVersion, scenario: agentFile(), targets: [], torrents: [] };
    await leader.objects.put(planObject("r"), toJson({ ...plan, ...changes }));
    const ask = { run: "r", shares: { first: 0, count: 1, of: 1 } };
    const bytes = await leader.request(requestSubject("a", "prepare"), toJson(ask), 1_000);
    const reply: unknown = JSON.parse(new TextDecoder().decode(bytes));
    t.like(reply, { kind: "refused", code: "plan-wrong" });
    t.regex(String(Object(reply).message), reason);
    t.is(agent.life.kind, "free");
    t.is(generators.length, 0);
  });
}
