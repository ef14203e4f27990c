// `pnpm bench:open-load`: whether the load tester holds its times, and what open and closed loads show of a target that stops.
//
//   --only TEXT   runs whose name contains the text

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadTest, type RunFacts, type ScenarioFile } from "@troupe/load-tester";
import { findListener } from "../../packages/load-tester/src/targets/processes/listening-process.ts";
import { RunTotals } from "../../packages/load-tester/src/results/merge/run-totals.ts";
import type { LoadTestResult } from "../../packages/load-tester/src/results/result.ts";
import { table } from "../support/statistics.ts";

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });

const troupe = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const stopAfterMs = 8_000;
const stopForMs = 2_000;

interface Run {
  readonly name: string;
  readonly peers: number;
  readonly load: NonNullable<ScenarioFile["groups"][string]["load"]>;
  readonly isStopped: boolean;
}

const during = { spacing: "constant", from: "measured", until: "after" } as const;
const fast: Run = {
  name: "open, 10,000/s",
  peers: 1_000,
  load: { rate: "10000/s", ...during },
  isStopped: false,
};
const runs: readonly Run[] = [
  fast,
  fast,
  fast,
  {
    name: "open, 1,000/s, stopped for 2 s",
    peers: 100,
    load: { rate: "1000/s", ...during },
    isStopped: true,
  },
  { name: "closed, depth 1, stopped for 2 s", peers: 100, load: { depth: 1 }, isStopped: true },
];

const head = [
  ...["run", "requests", "not sent", "late p99", "read wait p99"],
  ...["p50", "p50 from sending", "p95", "p99", "max", "outcome"],
];
const rows: (readonly string[])[] = [];
for (const run of runs.filter(({ name }) => name.includes(values.only))) {
  // oxlint-disable-next-line no-await-in-loop
  rows.push(rowOf(run.name, await measure(run)));
}
console.log(table([head, ...rows]));

async function measure({ peers, load, isStopped }: Run): Promise<LoadTestResult> {
  const scenario: ScenarioFile = {
    targets: { seeder: { start: "ours", torrent: "payload", has: "whole" } },
    torrents: { payload: { size: "64MiB", piece: "256KiB" } },
    groups: {
      leech: {
        behaviour: "leecher",
        count: peers,
        arrival: { ramp: "1s" },
        load,
        ...("depth" in load && { take: "endless" }),
      },
    },
    phases: { before: "3s", measured: "20s", after: "1s" },
  };
  return await loadTest(scenario, {
    ownCommand: [process.execPath, troupe],
    onBegin: (facts) => {
      if (isStopped) stopTarget(facts);
    },
  });
}

/** Stops the process of the target for a while, within the phase `measured`. */
function stopTarget({ startedAt, phases, targets }: RunFacts): void {
  const [port = "0"] = targets[0]?.address.split(":").slice(-1) ?? [];
  const pid = findListener("tcp", Number(port));
  if (pid === undefined) throw new Error(`no process listens on port ${port}`);
  const beginMs = Date.parse(startedAt) + (phases[1]?.beginMs ?? 0) - Date.now();
  setTimeout(() => process.kill(pid, "SIGSTOP"), beginMs + stopAfterMs);
  setTimeout(() => process.kill(pid, "SIGCONT"), beginMs + stopAfterMs + stopForMs);
}

function rowOf(name: string, result: LoadTestResult): readonly string[] {
  const totals = RunTotals.ofResult(result);
  const part = { phases: ["measured"] };
  const blocks = totals.histogram("request_block", part);
  const sent = totals.histogram("request_block_from_sending", part);
  const ms = (us: number): string => `${(us / 1_000).toFixed(2)} ms`;
  const at = (percent: number): string => ms(blocks.percentile(percent));
  return [
    name,
    String(blocks.count),
    String(totals.count("not_sent_ours")),
    ms(totals.histogram("lateness").percentile(99)),
    ms(totals.histogram("read_wait").percentile(99)),
    at(50),
    sent.count === 0 ? "" : ms(sent.percentile(50)),
    ...[95, 99, 100].map(at),
    result.outcome.kind,
  ];
}
