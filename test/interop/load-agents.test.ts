// Leaders and agents over a real NATS server.

import test from "ava";
import type { AgentGenerators } from "../../packages/load-tester/src/agents/leader/agent-generators.ts";
import { connectAgents } from "../../packages/load-tester/src/agents/leader/connect-agents.ts";
import type { PeersByGroup } from "../../packages/load-tester/src/generator/generators.ts";
import type { Window } from "../../packages/load-tester/src/measures/measures.ts";
import { agentRun, agentScenario } from "../support/load/agent-scenario.ts";
import { TestAgent } from "../support/load/test-agent.ts";
import { freePort } from "../support/programs/free-port.ts";
import { longTest } from "../support/long-test.ts";
import { startProgram } from "../support/programs/program.ts";
import { NatsServer } from "../support/programs/nats-server.ts";
import { until } from "../support/time/until.ts";

/** Reports that the leader got. */
class Heard {
  readonly windows = new Map<string, Window[]>();
  readonly lost: {
    readonly generator: string;
    readonly peers: PeersByGroup;
    readonly reason: string;
  }[] = [];

  async lead(server: NatsServer, agents: number): Promise<AgentGenerators> {
    const connected = await connectAgents({ nats: { url: server.url }, agents, log: () => {} });
    return connected.generators({
      window: (generator, window) => {
        const known = this.windows.get(generator) ?? [];
        this.windows.set(generator, [...known, window]);
      },
      lost: (generator, peers, reason) => void this.lost.push({ generator, peers, reason }),
    });
  }
}

const agentProcess = new URL("../support/load/agent-process.ts", import.meta.url);
const leaderProcess = new URL("../support/load/leader-process.ts", import.meta.url);
const names = ["a", "b", "c"];
/** `pnpm test:load-agents`; the tests of packages/load-tester show the same in virtual time. */
const whenLong = process.env["TROUPE_LOAD_AGENTS"] === "long" ? test : (): void => undefined;

async function startAgents(stack: AsyncDisposableStack, server: NatsServer): Promise<TestAgent[]> {
  const agents = await Promise.all(
    names.map((name) => TestAgent.start({ url: server.url }, name, { threads: 1 })),
  );
  for (const agent of agents) stack.use(agent);
  return agents;
}

/** Settles when the generator of each agent has made so many windows. */
async function haveWindows(agents: readonly TestAgent[], count: number): Promise<void> {
  const made = ({ generators }: TestAgent): number => generators[0]?.windows.length ?? 0;
  await until(`${count} windows of each agent`, () =>
    agents.every((agent) => made(agent) >= count),
  );
}

test("three agents start within 50 ms, and the leader has every window of each once", async (t) => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await NatsServer.start());
  const agents = await startAgents(stack, server);
  const heard = new Heard();
  const leader = stack.use(await heard.lead(server, 3));
  await leader.prepare(agentRun());
  leader.begin(Date.now() + 500);
  // The end adds one.
  await haveWindows(agents, 2);
  await leader.end("cut");
  const starts = agents.map(({ generators }) => generators[0]?.begunAtEpochMs ?? 0);
  t.true(Math.max(...starts) - Math.min(...starts) <= 50, starts.join(" "));
  for (const [index, name] of names.entries()) {
    const sent = agents[index]?.generators[0]?.windows ?? [];
    t.true(sent.length >= 3);
    t.deepEqual(heard.windows.get(name), sent);
  }
  t.deepEqual(heard.lost, []);
  t.deepEqual(
    leader.facts.map(({ name, threads, lostAt }) => ({ name, threads, lostAt })),
    names.map((name) => ({ name, threads: 1, lostAt: undefined })),
  );
});

longTest(
  "no window is lost or doubled when the server is killed and started again after 3 s",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await NatsServer.start());
    const agents = await startAgents(stack, server);
    const heard = new Heard();
    const leader = stack.use(await heard.lead(server, 3));
    await leader.prepare(agentRun());
    leader.begin(Date.now());
    await haveWindows(agents, 2);
    await server.kill();
    await haveWindows(agents, 5);
    await server.startAgain();
    await haveWindows(agents, 7);
    await leader.end("cut");
    for (const [index, name] of names.entries()) {
      const sent = agents[index]?.generators[0]?.windows ?? [];
      t.true(sent.length >= 8);
      t.deepEqual(heard.windows.get(name), sent);
    }
    t.deepEqual(heard.lost, []);
  },
);

longTest(
  "an agent refuses a hostile plan without --allow-hostile, whatever the plan's rule says",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await NatsServer.start());
    stack.use(await TestAgent.start({ url: server.url }, "careful"));
    const leader = stack.use(await new Heard().lead(server, 1));
    const hostile = { behaviour: "hostile", load: undefined, timeout: undefined } as const;
    await t.throwsAsync(leader.prepare(agentRun(agentScenario(hostile))), {
      code: "agent-refused",
      message: /careful refuses the run: the group leech is hostile/,
    });
  },
);
longTest(
  "an agent that is killed counts as lost with the peers that were there, and the others go on",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await NatsServer.start());
    const survivor = stack.use(await TestAgent.start({ url: server.url }, "a"));
    const victim = stack.use(await startProgram(agentProcess, [server.url, "b"]));
    await victim.lineWhere("that it waits", (line) => line === "waits" || undefined);
    const heard = new Heard();
    const leader = stack.use(await heard.lead(server, 2));
    await leader.prepare(agentRun());
    leader.begin(Date.now());
    await until("two windows of the agent", () => (heard.windows.get("b")?.length ?? 0) >= 2);
    victim.killSession();
    await until("the loss", () => heard.lost.length > 0);
    const before = heard.windows.get("a")?.length ?? 0;
    await until("a later window", () => (heard.windows.get("a")?.length ?? 0) > before);
    await leader.end("cut");
    t.deepEqual(heard.lost, [
      { generator: "b", peers: { leech: 10 }, reason: "nothing was heard of the agent for 3 s" },
    ]);
    const told = heard.windows.get("b")?.length ?? 0;
    t.true(told >= 2);
    t.deepEqual(heard.windows.get("a"), survivor.generators[0]?.windows);
    t.is(leader.facts[1]?.lostAt, told);
  },
);

whenLong(
  "agents end their load 10 s after their leader was killed, and wait for the next leader",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await NatsServer.start());
    const agents = await startAgents(stack, server);
    const leader = stack.use(await startProgram(leaderProcess, [server.url, "3"]));
    await leader.lineWhere("a window", (line) => line === "window" || undefined);
    leader.killSession();
    // Seconds of a load that no leader leads.
    await haveWindows(agents, 9);
    const isEnded = () => agents.map(({ generators }) => generators[0]?.isEnded);
    t.deepEqual(isEnded(), [false, false, false]);
    await until("the end of each load", () => isEnded().every((ended) => ended === true));
    const heard = new Heard();
    const next = stack.use(await heard.lead(server, 3));
    await next.prepare(agentRun());
    next.begin(Date.now());
    await until("a load of each agent", () =>
      agents.every(({ generators }) => generators[1]?.startedAtEpochMs !== undefined),
    );
    await next.end("cut");
    t.deepEqual([...heard.windows.keys()].toSorted(), names);
  },
);

longTest("a run waits for as many agents as were named, and says how many are there", async (t) => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await NatsServer.start());
  stack.use(await TestAgent.start({ url: server.url }, "alone"));
  await t.throwsAsync(new Heard().lead(server, 2), {
    code: "too-few-agents",
    message: /1 free agents are at the NATS server, 2 are needed/,
  });
});

longTest(
  "a server that asks for a token takes it from the URL, and refuses a wrong one in a sentence",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await NatsServer.start({ words: ["--auth", "secret"] }));
    const [, place = ""] = server.url.split("//");
    const agent = stack.use(await TestAgent.start({ url: `nats://secret@${place}` }, "a"));
    t.false(agent.log.some((line) => line.includes("no credentials")));
    await t.throwsAsync(TestAgent.start({ url: server.url, token: "wrong" }, "b"), {
      code: "nats-refused",
      message: new RegExp(`^the NATS server at ${place} refuses the credentials`),
    });
  },
);

longTest(
  "an agent warns of a server that asks for no credentials, and says when no server answers",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await NatsServer.start());
    const agent = stack.use(await TestAgent.start({ url: server.url }, "a"));
    t.regex(agent.log[0] ?? "", /asks for no credentials/);
    await t.throwsAsync(TestAgent.start({ url: `nats://127.0.0.1:${await freePort()}` }, "b"), {
      code: "nats-not-reached",
    });
  },
);
