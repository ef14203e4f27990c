// Faults of a target and of the tester: no run passes, each names its cause, and every count agrees with the target's own.

import type { ScenarioFile } from "@troupe/load-tester";
import test, { type ExecutionContext } from "ava";
import type { KnownProcess } from "../../bench/support/known-process.ts";
import { startKnownSeeder, type KnownSeederTorrent } from "../../bench/support/known-seeder.ts";
import { knownTrackerUrl, startKnownTracker } from "../../bench/support/known-tracker.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { knownTorrents, saveKnownContent } from "../support/load/known-content.ts";
import {
  LoadRun,
  loadTestCommand,
  runLoadTest,
  type LoadRunEnd,
} from "../support/load/load-run.ts";
import { NatsServer } from "../support/programs/nats-server.ts";
import { startProcess } from "../support/programs/process.ts";

type Load = NonNullable<ScenarioFile["groups"][string]["load"]>;

const open: Load = { rate: "100/s", from: "load", until: "rest" };
const perSecond = 100;
const closed: Load = { depth: 1 };
const exit = { ours: 1, broken: 4 } as const;
const mostAttempts = 3;
const busyGenerator = new URL("../support/load/busy-generator.ts", import.meta.url).href;

const folder = temporaryFolder("load-faults");
let torrent: KnownSeederTorrent;
test.before(async () => {
  torrent = await saveKnownContent(folder.path);
});
test.after.always(() => folder.remove());

/** Seconds of an open load, and one without. */
function phasesOf(seconds: number): Record<string, string> {
  return { load: `${seconds}s`, rest: "1s" };
}

function ofSeeder(port: number, seconds: number, load: Load, timeout = "1s"): ScenarioFile {
  const take = "depth" in load ? ({ take: "endless" } as const) : {};
  return {
    targets: { seeder: `127.0.0.1:${port}` },
    torrents: knownTorrents,
    groups: { readers: { behaviour: "leecher", count: 12, timeout, load, ...take } },
    phases: phasesOf(seconds),
    drain: "2s",
  };
}

function ofTracker(url: string, seconds: number, load: Load): ScenarioFile {
  return {
    targets: { tracker: url },
    groups: { clients: { behaviour: "tracker", count: 12, swarms: 4, timeout: "1s", load } },
    phases: phasesOf(seconds),
    drain: "2s",
  };
}

/** The ends of requests, which add up. */
function requestsOf({ totals }: LoadRunEnd): Readonly<Record<string, number>> {
  const ends = [
    "answered",
    "answered_wrong",
    "requests_refused",
    "abandoned",
    "unanswered",
  ] as const;
  return Object.fromEntries([
    ["requests", totals.count("requests")],
    ...ends.map((end) => [end, totals.count(end)]).filter(([, count]) => count !== 0),
  ]) as Record<string, number>;
}

/** A run on a machine without time for the tester says so, and is repeated. */
async function repeated<Run extends { readonly end: LoadRunEnd }>(
  run: () => Promise<Run>,
): Promise<Run> {
  for (let attempt = 1; ; attempt++) {
    // oxlint-disable-next-line no-await-in-loop
    const done = await run();
    if (attempt === mostAttempts || !isSaturated(done.end)) return done;
  }
}

function isSaturated({ result }: LoadRunEnd): boolean {
  return result.outcome.kind === "generator-saturated";
}

/** The run blames the target, by the rule that holds without any budget. */
function isTargetsFault(t: ExecutionContext, end: LoadRunEnd, group: string): void {
  const { status, result } = end;
  const { outcome, budgets } = result;
  const expected = isSaturated(end) ? [exit.ours, outcome.kind] : [exit.broken, "budget-broken"];
  t.deepEqual([status, outcome.kind], expected, JSON.stringify(outcome));
  t.deepEqual(
    budgets.map(({ text, holds }) => ({ text, holds })),
    [{ text: `unanswered_share{group=${group}} <= 1%`, holds: false }],
  );
}

for (const load of [open, closed]) {
  const kind = "depth" in load ? "a closed" : "an open";
  test.serial(`a seeder that drops each tenth request of ${kind} load is blamed`, async (t) => {
    const { end, counts } = await repeated(async () => {
      await using seeder = await startKnownSeeder(torrent, { delayMs: 5, dropOf: 10 });
      return {
        end: await runLoadTest(ofSeeder(seeder.port, 3, load)),
        counts: await seeder.stop(),
      };
    });
    const { requests, answered, dropped } = counts;
    isTargetsFault(t, end, "readers");
    t.deepEqual(requestsOf(end), { requests, answered, unanswered: dropped });
    t.is(dropped, Math.floor(requests / 10));
    if (load === open) t.is(requests, 3 * perSecond);
  });
}

for (const scheme of ["http", "udp"] as const) {
  test.serial(`a tracker over ${scheme} that drops each tenth announce is blamed`, async (t) => {
    const { end, counts } = await repeated(async () => {
      await using tracker = await startKnownTracker({ delayMs: 5, dropOf: 10 });
      const scenario = ofTracker(knownTrackerUrl(tracker, scheme), 3, open);
      return { end: await runLoadTest(scenario), counts: await tracker.stop() };
    });
    const { announces, answered, dropped } = counts;
    isTargetsFault(t, end, "clients");
    t.deepEqual(requestsOf(end), { requests: announces, answered, unanswered: dropped });
    t.deepEqual([announces, dropped], [3 * perSecond, (3 * perSecond) / 10]);
  });
}

/** Stops the target's process for good after 2 of 6 s of load, and lets it read what it was sent after the run. */
async function frozenRun<Counts>(
  target: KnownProcess<Counts>,
  scenario: ScenarioFile,
): Promise<{ readonly end: LoadRunEnd; readonly counts: Counts }> {
  await using run = await LoadRun.start(scenario);
  await run.seconds(2);
  process.kill(target.pid, "SIGSTOP");
  const end = await run.ended();
  process.kill(target.pid, "SIGCONT");
  return { end, counts: await target.stop() };
}

/** @param requests That the target read. */
function hasFrozenSums(t: ExecutionContext, end: LoadRunEnd, requests: number): void {
  const { answered = 0, unanswered = 0, ...rest } = requestsOf(end);
  t.deepEqual(rest, { requests });
  t.is(requests, 6 * perSecond);
  t.is(answered + unanswered, requests);
  // The order to stand still takes a while on a busy machine.
  t.true(answered > perSecond && unanswered > perSecond, `${answered} ${unanswered}`);
}

test.serial("a seeder that stands still 4 s before the end is blamed", async (t) => {
  const { end, counts } = await repeated(async () => {
    await using seeder = await startKnownSeeder(torrent);
    return await frozenRun(seeder, ofSeeder(seeder.port, 6, open));
  });
  isTargetsFault(t, end, "readers");
  hasFrozenSums(t, end, counts.requests);
});

for (const scheme of ["http", "udp"] as const) {
  test.serial(
    `a tracker over ${scheme} that stands still 4 s before the end is blamed`,
    async (t) => {
      const { end, counts } = await repeated(async () => {
        await using tracker = await startKnownTracker();
        return await frozenRun(tracker, ofTracker(knownTrackerUrl(tracker, scheme), 6, open));
      });
      isTargetsFault(t, end, "clients");
      hasFrozenSums(t, end, counts.announces);
    },
  );
}

/** How a target goes for good after 3 of 6 s of a closed load. */
const departures = [
  ["stands still", "SIGSTOP"],
  ["is killed", "SIGKILL"],
] as const;

async function halfRun(
  target: { readonly pid: number },
  signal: NodeJS.Signals,
  scenario: ScenarioFile,
) {
  await using run = await LoadRun.start(scenario);
  await run.seconds(3);
  process.kill(target.pid, signal);
  return { end: await run.ended() };
}

for (const [goes, signal] of departures) {
  for (const stays of [false, true]) {
    const who = stays ? ", met by peers that come and go," : "";
    test.serial(`a seeder${who} that ${goes} for half of a closed load is blamed`, async (t) => {
      const { end } = await repeated(async () => {
        await using seeder = await startKnownSeeder(torrent, { delayMs: 5 });
        const scenario = ofSeeder(seeder.port, 6, closed);
        const { readers } = scenario.groups;
        const visits = {
          arrival: { rate: "20/s" },
          stay: "400ms",
          "again-after": "100ms",
        } as const;
        const group = { ...readers, ...(stays && visits) } as typeof readers;
        return await halfRun(seeder, signal, {
          ...scenario,
          groups: { readers: group },
        } as ScenarioFile);
      });
      isTargetsFault(t, end, "readers");
    });
  }
  for (const scheme of ["http", "udp"] as const) {
    test.serial(
      `a tracker over ${scheme} that ${goes} for half of a closed load is blamed`,
      async (t) => {
        const { end } = await repeated(async () => {
          await using tracker = await startKnownTracker({ delayMs: 5 });
          return await halfRun(
            tracker,
            signal,
            ofTracker(knownTrackerUrl(tracker, scheme), 6, closed),
          );
        });
        isTargetsFault(t, end, "clients");
      },
    );
  }
}

/** A run of three agents, of which one is killed after 2 of 6 s. */
async function runWithLostAgent(scenario: ScenarioFile): Promise<LoadRunEnd> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await NatsServer.start());
  const nats = ["--nats", server.url];
  const agents = await Promise.all(
    ["a", "b", "c"].map(async (name) => {
      const words = [...loadTestCommand, "agent", ...nats, "--name", name, "--threads", "1"];
      return stack.use(await startProcess(words));
    }),
  );
  for (const agent of agents) {
    // oxlint-disable-next-line no-await-in-loop
    await agent.lineWhere("that it waits", (line) => /waits/.test(line) || undefined);
  }
  const run = stack.use(await LoadRun.start(scenario, { words: [...nats, "--agents", "3"] }));
  await run.seconds(2);
  agents[1]?.killSession();
  return await run.ended();
}

/** @param plan The planned part of the sentence. */
function isLostAgentsFault(t: ExecutionContext, end: LoadRunEnd, plan: string): void {
  const { status, result, totals } = end;
  const planned = totals.count("planned");
  const [sent, notSent] = [totals.count("sent"), totals.count("not_sent_ours")];
  t.deepEqual([status, sent + notSent, `${planned} planned`], [exit.ours, planned, plan]);
  const { outcome } = result;
  t.regex(
    outcome.kind === "load-not-sent" ? outcome.reason : outcome.kind,
    new RegExp(`^${notSent} of ${plan} .* ${notSent} of them of lost generators`),
  );
  t.deepEqual(
    result.generators.map(({ name, lostAt }) => [name, lostAt === undefined]),
    [
      ["a", true],
      ["b", false],
      ["c", true],
    ],
  );
}

test.serial("the actions of an agent that is killed count as not sent", async (t) => {
  await using seeder = await startKnownSeeder(torrent);
  const end = await runWithLostAgent(ofSeeder(seeder.port, 6, open));
  const { requests } = await seeder.stop();
  isLostAgentsFault(t, end, `${6 * perSecond} planned`);
  // The seeder saw what the agent sent after its last window, too.
  const [planned, sent] = [end.totals.count("planned"), end.totals.count("sent")];
  t.true(requests >= sent && requests < planned, `${requests} ${sent}`);
});

test.serial("the clients of an agent that is killed count as not sent", async (t) => {
  await using tracker = await startKnownTracker({ delayMs: 5 });
  const end = await runWithLostAgent(ofTracker(knownTrackerUrl(tracker, "udp"), 6, closed));
  isLostAgentsFault(t, end, "12 planned");
  t.is(end.totals.count("sent"), 8);
});

for (const load of [open, closed]) {
  const kind = "depth" in load ? "a closed" : "an open";
  test.serial(`a thread that is busy for 300 ms a second is blamed in ${kind} load`, async (t) => {
    await using seeder = await startKnownSeeder(torrent, { delayMs: 5 });
    const environment = { NODE_OPTIONS: `--import=${busyGenerator}` };
    const end = await runLoadTest(ofSeeder(seeder.port, 4, load, "15s"), { environment });
    const { requests, answered } = await seeder.stop();
    const { outcome } = end.result;
    t.is(end.status, exit.ours);
    t.regex(
      outcome.kind === "generator-saturated" ? outcome.reason : outcome.kind,
      /10 ms are allowed$/,
    );
    t.deepEqual(requestsOf(end), { requests, answered });
  });
}
