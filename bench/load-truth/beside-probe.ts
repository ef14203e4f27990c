// The load tester beside a probe in C, which announces to the same tracker in the same seconds.

import { loadTest, type ScenarioFile } from "@troupe/load-tester";
import { RunTotals } from "../../packages/load-tester/src/results/merge/run-totals.ts";
import { runProcess } from "../../test/support/programs/process.ts";
import { knownTrackerUrl, startKnownTracker } from "../support/known-tracker.ts";
import { buildNative } from "../support/native.ts";
import type { TruthRun } from "./calm-run.ts";
import { KernelWatch } from "./kernel-watch.ts";

const ourRate = "5000/s";
/** The probe spins while it waits: at the load's own rate it would busy a core. */
const probe = { perSecond: 500, count: 2_000 } as const;
/** Time of load before the probe begins, the warm-up included. */
const probeAfterMs = 3_000;
const [mostFromIntendedUs, mostFromSendingUs] = [200, 50];

/** Head of the row of {@link besideProbe}. */
export const besideProbeHead: readonly string[] = [
  ...["outcome", "p50 in µs, from the intended time", "from the sending"],
  ...["probe's, from the intended time", "from the sending"],
];

interface ProbeCounts {
  readonly count: number;
  readonly unanswered: number;
  readonly fromIntended: { readonly p50: number };
  readonly fromSending: { readonly p50: number };
}

/** @param most Runs: one that blames the tester is repeated. */
export async function besideProbe(most: number): Promise<TruthRun> {
  for (let run = 1; ; run++) {
    // oxlint-disable-next-line no-await-in-loop
    const done = await runOnce();
    if (done.kind !== "disturbed" || run === most) return done;
    for (const remark of done.remarks) console.log(`beside the probe (disturbed): ${remark}`);
  }
}

async function runOnce(): Promise<TruthRun> {
  const program = await buildNative(new URL("probe.c", import.meta.url));
  await using tracker = await startKnownTracker();
  using kernel = new KernelWatch(
    new Map([
      ["tester", process.pid],
      ["tracker", tracker.pid],
    ]),
  );
  const probed = Promise.withResolvers<ProbeCounts>();
  const begin = async (): Promise<ProbeCounts> => {
    const words = [tracker.port, probe.perSecond, probe.count].map(String);
    const [line = ""] = await runProcess([program, ...words]);
    return JSON.parse(line) as ProbeCounts;
  };
  const { outcome, totals } = await ourRun(knownTrackerUrl(tracker, "udp"), () => {
    setTimeout(() => void begin().then(probed.resolve, probed.reject), probeAfterMs);
  });
  const theirs = await probed.promise;
  const ours = {
    fromIntended: totals.histogram("announce").percentile(50),
    fromSending: totals.histogram("announce_from_sending").percentile(50),
  };
  const row = [
    outcome.kind,
    ...[ours.fromIntended, ours.fromSending, theirs.fromIntended.p50, theirs.fromSending.p50].map(
      (us) => us.toFixed(0),
    ),
  ];
  if (outcome.kind === "generator-saturated") {
    return { kind: "disturbed", row, remarks: [outcome.reason, ...kernel.end()] };
  }
  const remarks = [
    ...(outcome.kind === "passed" ? [] : [`it ended as ${JSON.stringify(outcome)}`]),
    ...tooLong(
      "the intended time",
      ours.fromIntended,
      theirs.fromIntended.p50 + mostFromIntendedUs,
    ),
    ...tooLong("the sending", ours.fromSending, theirs.fromSending.p50 + mostFromSendingUs),
  ];
  return { kind: remarks.length === 0 ? "right" : "wrong", row, remarks };
}

async function ourRun(
  tracker: string,
  begun: () => void,
): Promise<{
  readonly outcome: { readonly kind: string; readonly reason: string };
  readonly totals: RunTotals;
}> {
  const load = { rate: ourRate, spacing: "constant", from: "load", until: "rest" } as const;
  const scenario: ScenarioFile = {
    targets: { tracker },
    groups: { clients: { behaviour: "tracker", count: 100, swarms: 10, load } },
    "warm-up": "2s",
    phases: { load: "6s", rest: "1s" },
  };
  const result = await loadTest(scenario, { onBegin: begun });
  const { outcome } = result;
  const reason = "reason" in outcome ? outcome.reason : "";
  return { outcome: { kind: outcome.kind, reason }, totals: RunTotals.ofResult(result) };
}

function tooLong(from: string, us: number, mostUs: number): string[] {
  if (us <= mostUs) return [];
  return [`the p50 from ${from} is ${us.toFixed(0)} µs, ${mostUs.toFixed(0)} µs are allowed`];
}
