// Three agents in network namespaces of their own, with real load against a client of ours in another one. The server and the
// leader share the fifth.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { nodePorts } from "@troupe/actor-runtime";
import { patternTorrent, writePattern } from "@troupe/load-peers";
import { LatencyHistogram } from "../../packages/load-tester/src/measures/latency-histogram.ts";
import type { Window } from "../../packages/load-tester/src/measures/measures.ts";
import { intentLines } from "../../packages/load-tester/src/plan/intent-lines.ts";
import { planOf } from "../../packages/load-tester/src/plan/plan-of.ts";
import type { LoadTestResult } from "../../packages/load-tester/src/results/result.ts";
import { readScenario } from "../../packages/load-tester/src/scenario/read-scenario.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { Network, type NetworkClient } from "../support/network.ts";
import { NatsServer } from "../support/programs/nats-server.ts";
import { until } from "../support/time/until.ts";
import { startProcess, type RunningProcess } from "../support/programs/process.ts";

const agentProgram = new URL("../support/load/tapped-agent.ts", import.meta.url).pathname;
const leaderProgram = new URL("../support/load/tapped-leader.ts", import.meta.url).pathname;
const listenerProgram = new URL("../support/load/listening-target.ts", import.meta.url).pathname;
const names = ["a", "b", "c"];
const pattern = { lengthBytes: 4 << 20, pieceLengthBytes: 1 << 16, name: "content" };

interface Line {
  readonly log?: string;
  readonly atMs?: number;
  readonly window?: Window;
  readonly intents?: readonly string[];
  readonly second?: number;
  readonly begin?: boolean;
  readonly beginMs?: number;
  readonly result?: LoadTestResult;
}

function linesOf(program: RunningProcess): readonly Line[] {
  return program.lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Line] : []));
}

function windowsOf(agent: RunningProcess): readonly Window[] {
  return linesOf(agent).flatMap(({ window }) => window ?? []);
}

/** Machines, the server, the target and three agents that wait. */
class Place implements AsyncDisposable {
  readonly network: Network;
  readonly server: NatsServer;
  readonly agents: readonly RunningProcess[];
  readonly scenario: string;
  readonly target: NetworkClient;
  /** The program that only listens. */
  readonly program: RunningProcess | undefined;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    stack: AsyncDisposableStack,
    parts: Pick<Place, "network" | "server" | "agents" | "scenario" | "target" | "program">,
  ) {
    this.#stack = stack;
    this.network = parts.network;
    this.server = parts.server;
    this.agents = parts.agents;
    this.scenario = parts.scenario;
    this.target = parts.target;
    this.program = parts.program;
  }

  /** @param target A client of ours, or a program that only listens. */
  static async make(seconds: number, kind: "client" | "listener" = "client"): Promise<Place> {
    await using stack = new AsyncDisposableStack();
    const network = stack.use(await Network.of(5, "10.90"));
    const [hub, target, ...machines] = network.clients;
    if (hub === undefined || target === undefined) throw new Error("bug: the network is empty");
    const { within, ip4: host } = hub;
    const server = stack.use(await NatsServer.start({ within, host }));
    const client = kind === "client" ? await startClient(stack, target) : undefined;
    const listener = kind === "listener" ? await startListener(stack, target) : undefined;
    const port = client ?? listener?.port ?? 0;
    const agents = await Promise.all(
      names.map(async (name, index) => {
        const words = [process.execPath, agentProgram, server.url, name];
        const agent = await startProcess([...(machines[index]?.within ?? []), ...words]);
        await agent.lineWhere("that it waits", (line) => line.includes("waits") || undefined);
        return agent;
      }),
    );
    for (const agent of agents) stack.use(agent);
    const scenario = scenarioText(`${target.ip4}:${port}`, seconds);
    const program = listener?.program;
    return new Place(stack.move(), { network, server, agents, scenario, target, program });
  }

  /** Starts a leader; load runs when this resolves. */
  async lead(): Promise<RunningProcess> {
    const words = [process.execPath, leaderProgram, this.server.url, "3", this.scenario];
    const within = this.network.clients[0]?.within ?? [];
    const leader = this.#stack.use(await startProcess([...within, ...words]));
    await leader.lineWhere("the first second", (line) => line.includes('"second":0') || undefined);
    return leader;
  }

  /** Settles when each agent has made so many windows. */
  async haveWindows(count: number): Promise<void> {
    await until(`${count} windows of each agent`, () =>
      this.agents.every((agent) => windowsOf(agent).length >= count),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** @returns The program and its port. */
async function startListener(
  stack: AsyncDisposableStack,
  machine: NetworkClient,
): Promise<{ readonly program: RunningProcess; readonly port: number }> {
  const words = [process.execPath, listenerProgram, machine.ip4];
  const program = stack.use(await startProcess([...machine.within, ...words]));
  const port = await program.lineWhere("its port", (line) => /^port (\d+)$/.exec(line)?.[1]);
  return { program, port: Number(port) };
}

/** @returns Its port. */
async function startClient(stack: AsyncDisposableStack, machine: NetworkClient): Promise<number> {
  const folder = stack.use(temporaryFolder("load-target"));
  const torrent = join(folder.path, "content.torrent");
  writeFileSync(torrent, patternTorrent(pattern));
  await writePattern(nodePorts(), pattern, folder.path);
  const seeder = await Troupe.seed({
    torrent,
    folder: folder.path,
    within: machine.within,
    arguments: ["--no-trackers", "--max-peers", "200", "--upload-slots", "all"],
  });
  stack.use(seeder);
  const { port } = await seeder.event("listening");
  return Number(port);
}

function scenarioText(target: string, seconds: number): string {
  return JSON.stringify({
    name: "agents",
    seed: 11,
    targets: { seed: { peer: target } },
    torrents: { content: { size: "4MiB", piece: "64KiB", name: "content" } },
    groups: {
      idle: { behaviour: "idle", count: 3 },
      leech: { behaviour: "leecher", count: 90, arrival: { ramp: "2s" }, take: 8 },
      ask: { behaviour: "leecher", count: 30, load: { rate: "300/s", from: "steady" } },
    },
    phases: { come: "2s", steady: `${seconds}s` },
  });
}

async function resultOf(leader: RunningProcess): Promise<LoadTestResult> {
  const line = await leader.lineWhere("a result", (line) =>
    line.startsWith('{"result"') ? line : undefined,
  );
  const { result } = JSON.parse(line) as Line;
  if (result === undefined) throw new Error("the leader told of no result");
  return result;
}

/** Counts of each histogram and counter, by name. */
function sums(parts: readonly Pick<Window, "histograms" | "counts">[]): Record<string, unknown> {
  const latencies = new Map<string, LatencyHistogram>();
  const counts = new Map<string, number>();
  for (const { histograms, counts: counted } of parts) {
    for (const { measure, group, phase, hdr } of histograms) {
      const key = `${measure} ${group} ${phase}`;
      const sum = latencies.get(key) ?? LatencyHistogram.empty();
      latencies.set(key, sum);
      sum.add(LatencyHistogram.decode(hdr));
    }
    for (const { counter, group, phase, label, value } of counted) {
      const key = `${counter} ${group} ${phase} ${label}`;
      counts.set(key, (counts.get(key) ?? 0) + value);
    }
  }
  const percents = Array.from({ length: 101 }, (_, percent) => percent);
  return Object.fromEntries([
    ...[...counts].filter(([, value]) => value > 0),
    ...[...latencies].map(([key, sum]) => [
      key,
      [sum.count, ...percents.map((percent) => sum.percentile(percent))],
    ]),
  ]);
}

/** The result has what the agents measured, count for count. */
function holdsSum(t: ExecutionContext, result: LoadTestResult, agents: readonly RunningProcess[]) {
  const measured = sums(agents.flatMap(windowsOf));
  t.true(Object.keys(measured).length > 10);
  t.deepEqual(sums([result]), measured);
}

/** `pnpm test:load-agents`: load-agents.test.ts shows the same in CI, with agents on one machine. */
const whenLong = process.env["TROUPE_LOAD_AGENTS"] === "long" ? test.serial : (): void => undefined;

test.serial(
  "three agents intend what one process intends, and their sum is the result",
  async (t) => {
    await using place = await Place.make(3);
    const leader = await place.lead();
    const result = await resultOf(leader);
    const scenario = readScenario(place.scenario, { fileName: "scenario", folder: "/" });
    const intents = place.agents.flatMap(
      (agent) => linesOf(agent).find(({ intents }) => intents !== undefined)?.intents ?? [],
    );
    t.deepEqual(intents.toSorted(), [...intentLines(planOf(scenario))].toSorted());
    t.log(`${intents.length} intents`);
    holdsSum(t, result, place.agents);
    t.deepEqual(
      result.generators.map(({ name, peers, lostAt }) => [name, peers, lostAt]),
      names.map((name) => [name, 41, undefined]),
    );
  },
);

/** The machine takes longer turns for itself at times: one of so many runs has none. */
const mostAttempts = 5;

test.serial(
  "the loads of three agents begin within 50 ms, and none before its begin",
  async (t) => {
    const { begins, connections } = await beginsOfRun();
    t.is(begins.length, 3);
    t.true(Math.max(...begins) - Math.min(...begins) <= 50);
    t.is(connections.length, 3);
    // The agents share the clock of this machine, and each begin is known to a few milliseconds.
    t.true(Math.min(...connections) >= Math.min(...begins) - 1);
  },
);

whenLong("the first connections of three agents come within 50 ms", async (t) => {
  const spreads: number[] = [];
  while (spreads.length < mostAttempts && !spreads.some((ms) => ms <= 50)) {
    const { connections } = await beginsOfRun();
    t.is(connections.length, 3);
    spreads.push(Math.max(...connections) - Math.min(...connections));
  }
  t.log(`first connections within ${spreads.join(", ")} ms`);
  t.true(Math.min(...spreads) <= 50);
});

/** @returns When the load of each agent of a run was to begin, and when each first connected, in milliseconds. */
async function beginsOfRun(): Promise<Record<"begins" | "connections", readonly number[]>> {
  await using place = await Place.make(1, "listener");
  const leader = await place.lead();
  await resultOf(leader);
  const machines = place.network.clients.slice(2).map(({ ip4 }) => ip4);
  const first = new Map<string, number>();
  for (const line of place.program?.lines ?? []) {
    if (!line.startsWith("{")) continue;
    const { from, atMs } = JSON.parse(line) as { readonly from: string; readonly atMs: number };
    // The leader looks whether the target is there.
    if (machines.includes(from)) first.set(from, Math.min(atMs, first.get(from) ?? Infinity));
  }
  const begins = place.agents.flatMap((agent) =>
    linesOf(agent).flatMap(({ beginMs }) => beginMs ?? []),
  );
  return { begins, connections: [...first.values()] };
}

whenLong("a server that is killed and started again after 3 s costs no window", async (t) => {
  await using place = await Place.make(10);
  const leader = await place.lead();
  await place.haveWindows(2);
  await place.server.kill();
  await place.haveWindows(5);
  await place.server.startAgain();
  const result = await resultOf(leader);
  for (const agent of place.agents) {
    const seconds = windowsOf(agent).map(({ second }) => second);
    t.true(new Set(seconds).size >= 12);
  }
  holdsSum(t, result, place.agents);
  t.deepEqual(
    result.generators.map(({ lostAt }) => lostAt),
    [undefined, undefined, undefined],
  );
});

whenLong(
  "the run goes on without an agent that was killed, and counts its peers as lost",
  async (t) => {
    await using place = await Place.make(8);
    const leader = await place.lead();
    await place.haveWindows(2);
    place.agents[1]?.killSession();
    const result = await resultOf(leader);
    const lost = result.counts.filter(({ counter }) => counter === "lost_peers");
    t.is(
      lost.reduce((sum, { value }) => sum + value, 0),
      41,
    );
    t.deepEqual(
      result.generators.map(({ lostAt }) => lostAt !== undefined),
      [false, true, false],
    );
    t.is(result.seconds.length, 10);
  },
);

whenLong(
  "after the leader was killed the load ends, and no connection to the target stays",
  async (t) => {
    await using place = await Place.make(60);
    const leader = await place.lead();
    await place.haveWindows(2);
    leader.killSession();
    for (const agent of place.agents)
      await agent.lineWhere("the end", (line) => line.includes("the load ends") || undefined);
    const connected = ["ss", "-H", "-t", "-n", "state", "connected", "dst", place.target.ip4];
    for (const machine of place.network.clients.slice(2))
      await until("no connection", async () => (await machine.run(...connected)).length === 0);
    t.pass();
  },
);
