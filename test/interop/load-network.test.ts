// A load test whose target runs in a network namespace with addresses that look public.

import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import type { LoadTestResult } from "../../packages/load-tester/src/results/result.ts";
import { LoadPlace } from "../support/load/load-place.ts";
import type { RunningProcess } from "../support/programs/process.ts";

const prefix = "45.10.3.0/24";
const leechers = 20;
const sizeBytes = 1_048_576;

interface ScenarioChange {
  readonly network?: object;
  readonly groups?: object;
  readonly seconds?: number;
}

function scenarioOf({ network, groups, seconds = 7 }: ScenarioChange): object {
  return {
    name: "network",
    targets: { client: { start: "ours", network: { prefix, ...network } } },
    torrents: { payload: { size: "1MiB", piece: "64KiB" } },
    groups: { leech: { behaviour: "leecher", count: leechers }, ...groups },
    phases: { all: `${seconds}s` },
  };
}

/** Runs a load test to its end. */
async function resultOf(t: ExecutionContext, place: LoadPlace, change: ScenarioChange) {
  const path = place.pathOf("result.json");
  const tester = await place.loadTest(scenarioOf(change), ["--result", path]);
  const { status } = await tester.exited;
  t.is(status, 0, tester.tail());
  t.deepEqual(await place.leftovers(), []);
  return JSON.parse(readFileSync(path, "utf8")) as LoadTestResult;
}

function totalOf({ counts }: LoadTestResult, counter: string, group: string): number {
  const values = counts.filter((each) => each.counter === counter && each.group === group);
  return values.reduce((sum, { value }) => sum + value, 0);
}

/** Segments that the machine has sent again. */
async function sentAgain(place: LoadPlace): Promise<number> {
  const lines = await place.run("cat", "/proc/net/snmp");
  const [names = [], values = []] = lines
    .filter((line) => line.startsWith("Tcp:"))
    .map((line) => line.split(" "));
  return Number(values[names.indexOf("RetransSegs")]);
}

/** The namespace that belongs to a device of the tester. */
async function namespaceOf(place: LoadPlace): Promise<string> {
  const devices = await place.run("ip", "-brief", "link", "show", "type", "veth");
  const [, id = ""] = /\btrp([0-9a-f]{8})/.exec(devices.join("\n")) ?? [];
  return `troupe-${id}`;
}

const whenLong = process.env["TROUPE_LOAD_AGENTS"] === "long" ? test.serial : (): void => undefined;

test.serial("leechers take no more than the line of the network carries", async (t) => {
  await using place = await LoadPlace.make(prefix);
  const upBytesPerSecond = 4 * 1_048_576;
  const result = await resultOf(t, place, { network: { up: "4MiB/s", down: "1MiB/s" } });
  t.is(totalOf(result, "completed", "leech"), leechers);
  t.is(totalOf(result, "bytes_down", "leech"), leechers * sizeBytes);
  t.is(totalOf(result, "wrong_blocks", "leech"), 0);
  const seconds = result.seconds.map(({ counts }) => counts["bytes_down"]?.["leech"] ?? 0);
  let soFar = 0;
  for (const [second, bytes] of seconds.entries()) {
    soFar += bytes;
    // A hundredth of a second at once after a pause; the end of a second is told late on a busy machine.
    t.true(soFar <= 1.1 * upBytesPerSecond * (second + 1), seconds.join(" "));
  }
  t.log(`payload of each second: ${seconds.join(" ")}`);
  const [client] = result.targets;
  t.true(client?.address.startsWith("45.10.3.2:"));
  t.deepEqual(
    client?.settings.filter(([name]) => name === "network"),
    [["network", `${prefix}, down 1048576 bytes/s, up 4194304 bytes/s`]],
  );
  t.is(await place.countLeft(), 0);
});

test.serial("packets are lost, and hostile peers run against the public address", async (t) => {
  await using place = await LoadPlace.make(prefix);
  const hostile = { behaviour: "hostile", count: 12, kinds: ["request-flood", "bad-data"] };
  const before = await sentAgain(place);
  const result = await resultOf(t, place, {
    network: { loss: "3%" },
    groups: { hostile },
  });
  t.is(totalOf(result, "completed", "leech"), leechers);
  t.is(totalOf(result, "wrong_blocks", "leech"), 0);
  t.is(totalOf(result, "opened", "hostile"), 12);
  t.true((await sentAgain(place)) > before);
  t.is(await place.countLeft(), 0);
});

/** Load without end: idle peers that stay, leechers that take and take. */
const endless = {
  leech: { behaviour: "leecher", count: leechers, take: "endless" },
  visitors: { behaviour: "idle", count: leechers, stay: "200ms", "again-after": "100ms" },
};

async function secondOf(tester: RunningProcess, second: number): Promise<void> {
  await tester.lineWhere("a second", (line) => line.includes(`"second":${second}`) || undefined);
}

for (const signal of ["SIGKILL", "SIGINT"] as const) {
  test.serial(`nothing is left and no packet leaves after ${signal} of the tester`, async (t) => {
    await using place = await LoadPlace.make(prefix);
    const scenario = scenarioOf({ groups: endless, network: { up: "2MiB/s" }, seconds: 60 });
    const tester = await place.loadTest(scenario, ["--json"]);
    await secondOf(tester, 1);
    const namespace = await namespaceOf(place);
    t.true(existsSync(`/run/netns/${namespace}`));
    const connections = ["ss", "-Htn", "state", "established"];
    const seen = await place.run("ip", "netns", "exec", namespace, ...connections);
    const hosts = new Set(seen.flatMap((line) => /\b10\.77\.\d+\.\d+/.exec(line)?.[0] ?? []));
    t.true(hosts.size >= leechers, "each peer has an address of its own");
    t.is((await place.leftovers()).length > 0, true);
    if (signal === "SIGKILL") process.kill(tester.pid, signal);
    else t.is((await tester.stop(20_000, signal)).status, 130);
    await tester.exited;
    while ((await place.leftovers()).length > 0) await delay(50);
    t.false(existsSync(`/run/netns/${namespace}`));
    t.is(await place.countLeft(), 0);
    // The counter counts: without a run the prefix is one of the internet again.
    await place.run("bash", "-c", "echo > /dev/udp/45.10.3.2/9");
    t.is(await place.countLeft(), 1);
  });
}

whenLong("two networks of one run are apart, and each has its load", async (t) => {
  await using place = await LoadPlace.make("45.10.0.0/16");
  const path = place.pathOf("result.json");
  const start = (each: string) => ({ start: "ours", network: { prefix: each } });
  const leech = { behaviour: "leecher", count: 5 };
  const scenario = {
    ...scenarioOf({ seconds: 5 }),
    targets: { one: start("45.10.3.0/24"), other: start("45.10.4.0/30") },
    groups: { a: { ...leech, target: "one" }, b: { ...leech, target: "other" } },
  };
  const tester = await place.loadTest(scenario, ["--result", path]);
  t.is((await tester.exited).status, 0, tester.tail());
  const result = JSON.parse(readFileSync(path, "utf8")) as LoadTestResult;
  t.is(totalOf(result, "completed", "a"), 5);
  t.is(totalOf(result, "completed", "b"), 5);
  t.deepEqual(await place.leftovers(), []);
});

/** Ends without load, with one sentence. */
async function refused(
  t: ExecutionContext,
  network: object,
  sentence: RegExp,
  before: readonly string[] = [],
): Promise<void> {
  await using place = await LoadPlace.make("0.0.0.0/0");
  const routes = await place.run("ip", "-4", "route", "show", "table", "all");
  const tester = await place.loadTest(scenarioOf({ network }), [], before);
  t.is((await tester.exited).status, 1);
  t.regex(tester.tail(), sentence);
  t.deepEqual(await place.run("ip", "-4", "route", "show", "table", "all"), routes);
}

test.serial("a prefix that this machine uses itself is refused", async (t) => {
  await refused(
    t,
    { prefix: "192.168.7.128/25" },
    /network of the target "client" with the prefix 192\.168\.7\.128\/25: it overlaps a route or an address of this machine, 192\.168\.7\.0\/24 dev out0/,
  );
});

test.serial("a user without the rights of root gets one sentence", async (t) => {
  const before = ["unshare", "--user", "--"];
  await refused(t, {}, /"client": a network namespace needs the rights of root/, before);
});

test.serial("a machine without iproute2 gets one sentence", async (t) => {
  const before = ["/usr/bin/env", "PATH=/nonexistent"];
  await refused(t, {}, /the program ip is not installed; Debian has it in iproute2/, before);
});
