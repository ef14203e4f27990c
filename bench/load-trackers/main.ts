// `pnpm bench:load-trackers`: announces and scrapes a second that one thread of the load tester exchanges with opentracker
// and with our tracker, which are processes of their own: as fast as the target answers (closed), and at a rate (open).
//
//   --seconds N   length of each run (5)
//   --only TEXT   runs whose name contains the text

import { parseArgs } from "node:util";
import { startTrackerLoad } from "../../packages/load-tester/src/trackers/start-tracker-load.ts";
import { trackerInfoHashes } from "../../packages/load-tester/src/trackers/clients/tracker-swarms.ts";
import type { Group, Pace } from "../../packages/load-tester/src/scenario/scenario.ts";
import { Opentracker } from "../../test/support/clients/opentracker.ts";
import { startProcess } from "../../test/support/programs/process.ts";
import { fileURLToPath } from "node:url";
import { table } from "../support/statistics.ts";
import { drive } from "./drive.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "5" }, only: { type: "string", default: "" } },
});
const seconds = Number(values.seconds);
const seed = 17;
const swarms = 100;
const clients = 2_000;

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

const rows = [["tracker", "run", "answers/s", "p50 ms", "p99 ms", "late p99", "CPU", "faults"]];
{
  await using opentracker = await Opentracker.start(
    plans.flatMap(({ name }) => trackerInfoHashes(seed, name, swarms)),
  );
  await runAll("opentracker", opentracker.url);
}
{
  const script = fileURLToPath(new URL("own-tracker.ts", import.meta.url));
  await using own = await startProcess([process.execPath, script]);
  const port = await own.lineWhere("its port", (line) => (/^\d+$/.test(line) ? line : undefined));
  await runAll("ours", `http://127.0.0.1:${port}/announce`);
}
console.log(table(rows));

async function runAll(tracker: string, httpUrl: string): Promise<void> {
  for (const plan of plans) {
    if (!`${tracker} ${plan.name}`.includes(values.only)) continue;
    const url = httpUrl.replace("http:", `${plan.scheme}:`);
    const target = { name: tracker, kind: "tracker" as const, host: "127.0.0.1", port: 0, url };
    const group = groupOf(plan);
    const run = await drive({ start: startTrackerLoad, group, target, seed, seconds });
    const { recorder } = run;
    const answers = recorder.countOf("announces") + recorder.countOf("scrapes");
    const late = plan.pace.kind === "rate" ? recorder.lateness(0.99).toFixed(2) : "";
    const measures = [0.5, 0.99].map((share) => recorder.percentile("announce", share).toFixed(2));
    const perSecond = Math.round(answers / run.seconds).toLocaleString("en");
    rows.push([
      tracker,
      plan.name,
      perSecond,
      ...measures,
      late,
      run.cpu.toFixed(2),
      recorder.faults,
    ]);
  }
}

function perSecond(rate: number): Pace {
  return { kind: "rate", perSecond: rate, spacing: "constant", fromMs: 0, untilMs: Infinity };
}

function groupOf({ name, clients, pace }: Plan): Group {
  return {
    name,
    target: "tracker",
    count: clients,
    arrival: { kind: "at-once", afterMs: 0 },
    stay: { kind: "end" },
    againAfterMs: undefined,
    retryAfterMs: undefined,
    load: { kind: "tracker", swarms, pace, scrapes: 0.05, wanted: 50, seeds: 0.3 },
  };
}
