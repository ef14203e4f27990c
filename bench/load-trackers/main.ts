// `pnpm bench:load-trackers`: requests a second that one thread of the load tester exchanges with opentracker and our tracker,
// and with the DHT nodes of libtorrent and of ours, which are processes of their own with their limits raised: as fast as the
// target answers (closed), and at a rate (open). Then HTTP announces beside wrk, at a tracker in C, in turns.
//
//   --seconds N   length of each run (5)
//   --pairs N     runs beside wrk (7)
//   --only TEXT   runs whose name contains the text

import { parseArgs } from "node:util";
import { startTrackerLoad } from "../../packages/load-tester/src/trackers/start-tracker-load.ts";
import { trackerInfoHashes } from "../../packages/load-tester/src/trackers/clients/tracker-swarms.ts";
import type { Group, Pace } from "../../packages/load-tester/src/scenario/scenario.ts";
import { Opentracker } from "../../test/support/clients/opentracker.ts";
import { dhtServers, startDhtNode } from "../../test/support/load/dht-nodes.ts";
import { groupOf } from "../../test/support/load/group-of.ts";
import { driveLoad } from "../../test/support/load/drive-load.ts";
import { startProcess } from "../../test/support/programs/process.ts";
import { fileURLToPath } from "node:url";
import { table } from "../support/statistics.ts";
import { besideWrk, besideWrkHead } from "./beside-wrk.ts";
import { startDhtLoad } from "../../packages/load-tester/src/dht/start-dht-load.ts";
import type { ReadyTarget } from "../../packages/load-tester/src/generator/generator.messages.ts";
import type { StartLoad } from "../../packages/load-tester/src/generator/load.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    pairs: { type: "string", default: "7" },
    only: { type: "string", default: "" },
  },
});
const seconds = Number(values.seconds);
const seed = 17;
const swarms = 100;
const clients = 2_000;

const dhtPlans: readonly Omit<Plan, "scheme">[] = [
  { name: "dht closed", clients: 100, pace: { kind: "depth", depth: 1 } },
  { name: "dht open 20,000/s", clients: 200, pace: perSecond(20_000) },
];

interface Plan {
  readonly name: string;
  readonly scheme: "udp" | "http";
  readonly clients: number;
  readonly pace: Pace;
}

const plans: readonly Plan[] = [
  { name: "udp closed", scheme: "udp", clients: 200, pace: { kind: "depth", depth: 1 } },
  { name: "udp open 40,000/s", scheme: "udp", clients, pace: perSecond(40_000) },
  { name: "http closed", scheme: "http", clients: 50, pace: { kind: "depth", depth: 1 } },
  { name: "http open 4,000/s", scheme: "http", clients, pace: perSecond(4_000) },
];

const head = [
  "target",
  "run",
  "answers/s",
  "p50 ms",
  "p99 ms",
  "intents",
  "late p99",
  "CPU",
  "faults",
];
const rows = [head];
if (plans.some(({ name }) => `opentracker ${name}`.includes(values.only))) {
  await using opentracker = await Opentracker.start(
    plans.flatMap(({ name }) => trackerInfoHashes(seed, name, swarms)),
  );
  await runAll("opentracker", opentracker.url);
}
if (plans.some(({ name }) => `ours ${name}`.includes(values.only))) {
  const script = fileURLToPath(new URL("own-tracker.ts", import.meta.url));
  await using own = await startProcess([process.execPath, script]);
  const port = await own.lineWhere("its port", (line) => (/^\d+$/.test(line) ? line : undefined));
  await runAll("ours", `http://127.0.0.1:${port}/announce`);
}
for (const { name, command } of dhtServers) {
  if (!dhtPlans.some((plan) => `${name} ${plan.name}`.includes(values.only))) continue;
  await using node = await startDhtNode(command);
  for (const plan of dhtPlans) await measure(name, plan.name, startDhtLoad, dhtGroup(plan), node);
}
if (rows.length > 1) console.log(table(rows));
if ("beside wrk".includes(values.only)) {
  console.log(table([besideWrkHead, ...(await besideWrk(Number(values.pairs), seconds))]));
}

async function runAll(tracker: string, httpUrl: string): Promise<void> {
  for (const plan of plans) {
    const url = httpUrl.replace("http:", `${plan.scheme}:`);
    const target = { name: tracker, kind: "tracker" as const, host: "127.0.0.1", port: 0, url };
    await measure(tracker, plan.name, startTrackerLoad, trackerGroup(plan), { target });
  }
}

async function measure(
  name: string,
  run: string,
  start: StartLoad,
  group: Group,
  { target }: { readonly target: ReadyTarget },
): Promise<void> {
  if (!`${name} ${run}`.includes(values.only)) return;
  const result = await driveLoad({ start, group, target, seed, seconds });
  const { recorder } = result;
  const answers = ["announces", "scrapes", "queries"] as const;
  const total = answers.reduce((sum, counter) => sum + recorder.countOf(counter), 0);
  const perSecond = Math.round(total / seconds).toLocaleString("en");
  const latency = [0.5, 0.99].map((share) => recorder.latency(share).toFixed(2));
  const late =
    recorder.intents === 0 ? ["", ""] : [recorder.intents, recorder.lateness(0.99).toFixed(2)];
  rows.push([
    name,
    run,
    perSecond,
    ...latency,
    ...late.map(String),
    result.cpu.toFixed(2),
    recorder.faults,
  ]);
}

function perSecond(rate: number): Pace {
  return { kind: "rate", perSecond: rate, spacing: "constant", fromMs: 0, untilMs: Infinity };
}

function trackerGroup({ name, clients, pace }: Plan): Group {
  const load = { kind: "tracker", swarms, pace, scrapes: 0.05, wanted: 50, seeds: 0.3 } as const;
  return groupOf(name, clients, load);
}

function dhtGroup({ name, clients, pace }: Omit<Plan, "scheme">): Group {
  const queries = { ping: 0.1, find_node: 0.3, get_peers: 0.4, announce_peer: 0.2 };
  return groupOf(name, clients, { kind: "dht", pace, queries });
}
