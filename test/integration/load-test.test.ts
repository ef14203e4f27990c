// Load tests of an engine of ours, over real threads and sockets.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CoordinatorOptions } from "@troupe/coordinator";
import {
  loadTest,
  savePatternData,
  savePatternTorrent,
  type MeasuredRun,
  type Second,
} from "@troupe/load-tester";
import test from "ava";
import { startEngine } from "../support/swarm/start-engine.ts";
import { until } from "../support/time/until.ts";

const payload = { name: "payload", lengthBytes: 2 ** 22, pieceLengthBytes: 2 ** 18, trackers: [] };

type Scenario = Parameters<typeof loadTest>[0];

/** A program that the run starts. */
interface Started {
  readonly start: "ours";
  readonly has: "whole";
  readonly torrent: string;
}

const steadyGroup = {
  behaviour: "leecher",
  count: 10,
  load: { rate: "100/s", from: "steady" },
} as const;

function scenarioOf(client: string | Started, seconds = 2): Scenario {
  return {
    name: "integration",
    targets: { client },
    torrents: { payload: { size: "4MiB", piece: "256KiB", name: "payload" } },
    groups: {
      leech: { behaviour: "leecher", count: 20, take: 2 },
      open: steadyGroup,
    },
    phases: { begin: "500ms", steady: `${seconds}s` },
  };
}

async function startSeeder(
  t: { teardown(task: () => Promise<void>): void },
  settings: Pick<CoordinatorOptions, "encryption" | "transport"> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "load-test-"));
  await savePatternTorrent(payload, join(folder, "payload.torrent"));
  await savePatternData(payload, folder, AbortSignal.timeout(60_000));
  const options = { directory: folder, port: 0, bind: ["127.0.0.1"], uploadSlots: "all" } as const;
  const seeder = await startEngine({ host: "threads", ...options, ...settings });
  t.teardown(async () => {
    await seeder.close();
    await rm(folder, { recursive: true });
  });
  const torrent = await seeder.add(join(folder, "payload.torrent"), { seedOnly: true });
  await torrent.completed;
  return `127.0.0.1:${seeder.port}`;
}

/** Ends a run at the second in which so many of its leechers are complete. */
function untilComplete(leechers: number, onSecond: (second: number) => void = () => {}) {
  const ended = new AbortController();
  return {
    signal: ended.signal,
    onSecond: ({ second }: Second, { totals }: MeasuredRun) => {
      onSecond(second);
      if (totals.count("completed", { groups: ["leech"] }) === leechers) ended.abort();
    },
  };
}

test.serial("two threads run the plan between them, and their windows add up", async (t) => {
  const address = await startSeeder(t);
  const seconds: number[] = [];
  const result = await loadTest(scenarioOf(address, 600), {
    threads: 2,
    ...untilComplete(20, (second) => seconds.push(second)),
  });
  const count = (counter: string, group: string): number =>
    result.counts
      .filter((each) => each.counter === counter && each.group === group)
      .reduce((sum, { value }) => sum + value, 0);
  t.is(count("blocks", "leech"), 20 * 2 * 16);
  t.is(count("completed", "leech"), 20);
  t.is(count("wrong_blocks", "open") + count("wrong_blocks", "leech"), 0);
  t.deepEqual(
    result.generators.map(({ peers }) => peers),
    [15, 15],
  );
  t.deepEqual(seconds, [...seconds.keys()]);
  const [client] = result.targets;
  t.true(client?.isLocal === true && (client.baseRssBytes ?? 0) > 0);
});

test.serial("a run ends with its last phase, and has sent all that was planned", async (t) => {
  const result = await loadTest({
    name: "steady",
    targets: { client: await startSeeder(t) },
    torrents: { payload: { size: "4MiB", piece: "256KiB", name: "payload" } },
    groups: { open: steadyGroup },
    phases: { begin: "500ms", steady: "2s" },
  });
  const count = (counter: string): number =>
    result.counts
      .filter((each) => each.counter === counter)
      .reduce((sum, { value }) => sum + value, 0);
  t.deepEqual([count("planned"), count("not_sent_ours"), result.durationMs], [200, 0, 2_500]);
});

for (const [encryption, mode] of [
  ["rc4", "require"],
  ["handshake", "allow"],
] as const)
  test(`peers that dial with ${encryption} load an engine that has ${mode}, and their encryption has latencies of its own`, async (t) => {
    const address = await startSeeder(t, { encryption: mode });
    const result = await loadTest(
      {
        name: "encrypted",
        targets: { client: address },
        torrents: { payload: { size: "4MiB", piece: "256KiB", name: "payload" } },
        groups: { leech: { behaviour: "leecher", count: 20, take: 2, encryption } },
        phases: { steady: "600s" },
      },
      untilComplete(20),
    );
    const count = (counter: string): number =>
      result.counts
        .filter((each) => each.counter === counter)
        .reduce((sum, { value }) => sum + value, 0);
    t.deepEqual([count("completed"), count("blocks"), count("wrong_blocks")], [20, 20 * 2 * 16, 0]);
    const latencies = (measure: string): number =>
      result.seconds
        .flatMap((second) => second.latencies)
        .filter((each) => each.measure === measure)
        .reduce((sum, { count: ofSecond }) => sum + ofSecond, 0);
    t.deepEqual([latencies("encryption"), latencies("handshake")], [20, 20]);
  });

const overUtp = {
  name: "over uTP",
  torrents: { payload: { size: "4MiB", piece: "256KiB", name: "payload" } },
  phases: { steady: "600s" },
};

for (const encryption of ["none", "rc4"] as const)
  test(`five peers over uTP with the encryption ${encryption} take pieces from an engine`, async (t) => {
    const address = await startSeeder(t, { transport: "utp" });
    const leech = {
      behaviour: "leecher",
      count: 5,
      take: 2,
      transport: "utp",
      encryption,
    } as const;
    const result = await loadTest(
      {
        ...overUtp,
        targets: { client: address },
        groups: { leech },
      },
      { threads: 2, ...untilComplete(5) },
    );
    const count = (counter: string): number =>
      result.counts
        .filter((each) => each.counter === counter)
        .reduce((sum, { value }) => sum + value, 0);
    const blocks = 5 * 2 * 16;
    t.deepEqual([count("completed"), count("blocks"), count("wrong_blocks")], [5, blocks, 0]);
    t.deepEqual([count("planned"), count("sent"), count("refused")], [5, 5, 0]);
    t.deepEqual([count("requests"), count("answered")], [blocks, blocks]);
    const latencies = (measure: string): number =>
      result.seconds
        .flatMap((second) => second.latencies)
        .filter((each) => each.measure === measure)
        .reduce((sum, { count: ofSecond }) => sum + ofSecond, 0);
    t.deepEqual(["connect", "utp_connect", "handshake"].map(latencies), [0, 5, 5]);
    t.is(latencies("encryption"), encryption === "rc4" ? 5 : 0);
  });

test("a client without uTP is refused before a load over uTP", async (t) => {
  const address = await startSeeder(t, { transport: "tcp" });
  const leech = { behaviour: "leecher", count: 20, transport: "utp" } as const;
  const over = { ...overUtp, targets: { client: address }, groups: { leech } };
  await t.throwsAsync(loadTest(over), {
    code: "target-unreachable",
    message: /over uTP no answer/,
  });
});

test("a signal ends a run, and its result has what was measured", async (t) => {
  const address = await startSeeder(t);
  const stop = new AbortController();
  const result = await loadTest(scenarioOf(address, 600), {
    signal: stop.signal,
    onSecond: () => stop.abort(),
  });
  t.deepEqual(result.outcome, { kind: "stopped" });
  t.true(result.seconds.length >= 1 && result.seconds.length < 600);
  t.true(result.durationMs < 600_000);
});

test("a run that its signal ended before it began has a result without seconds", async (t) => {
  const result = await loadTest(scenarioOf("127.0.0.1:1"), { signal: AbortSignal.abort() });
  t.deepEqual(result.outcome, { kind: "stopped" });
  t.deepEqual(result.seconds, []);
});

test("a target that cannot be reached is refused with one sentence before any load", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await new Promise((resolve) => server.close(resolve));
  const error = await t.throwsAsync(loadTest(scenarioOf(`127.0.0.1:${port}`)), {
    code: "target-unreachable",
  });
  t.notRegex(error?.message ?? "", /\n/);
});

test("an address of the internet is refused, and `allowTargets` takes addresses alone", async (t) => {
  await t.throwsAsync(loadTest(scenarioOf("8.8.8.8:6881")), { code: "target-not-allowed" });
  await t.throwsAsync(loadTest(scenarioOf("127.0.0.1:1"), { allowTargets: ["example.org"] }), {
    code: "option-out-of-range",
  });
});

test("options that do not exist, or are out of range, are refused", async (t) => {
  const scenario = scenarioOf("127.0.0.1:1");
  await t.throwsAsync(loadTest(scenario, { thread: 2 } as object), { code: "option-unknown" });
  await t.throwsAsync(loadTest(scenario, { threads: 0 }), { code: "option-out-of-range" });
});

test("the result of a stopped run does not wait for a program that ends slowly", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "load-test-"));
  t.teardown(async () => await rm(folder, { recursive: true }));
  const pidFile = join(folder, "pid");
  const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
  // Prints the version at once; as a client it stays behind when its child has ended.
  const script = `case "$*" in *--version*) exec "$@";; esac; trap '' TERM; echo $$ >'${pidFile}'; "$@"; exec sleep 600`;
  const stop = new AbortController();
  const scenario = scenarioOf({ start: "ours", has: "whole", torrent: "payload" }, 600);
  const result = await loadTest(scenario, {
    ownCommand: ["/bin/sh", "-c", script, "slow", process.execPath, command],
    signal: stop.signal,
    onSecond: () => stop.abort(),
  });
  t.deepEqual(result.outcome, { kind: "stopped" });
  const pid = Number(await readFile(pidFile, "latin1"));
  t.true(isRunning(pid));
  await until("the program has ended", () => !isRunning(pid));
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
