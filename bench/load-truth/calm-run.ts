// A calm run against a seeder or a tracker of known delays: neither side is at fault, and every figure is known.

import { loadTest, type LoadTestResult, type ScenarioFile } from "@troupe/load-tester";
import { RunTotals } from "../../packages/load-tester/src/results/merge/run-totals.ts";
import type { CounterName } from "../../packages/load-tester/src/measures/measures.ts";
import { knownTorrents } from "../../test/support/load/known-content.ts";
import { startKnownSeeder, type KnownSeederTorrent } from "../support/known-seeder.ts";
import { knownTrackerUrl, startKnownTracker } from "../support/known-tracker.ts";
import { KernelWatch } from "./kernel-watch.ts";
import { countedPackets, countPackets } from "./packet-count.ts";

const rate = "1000/s";
const delayMs = 5;
/** One of 50 is far above p90, and all of p99. */
const slow = { of: 50, delayMs: 40 };
/** A target that waits for a wake-up by the kernel keeps no delay to a tenth of a millisecond on a virtual machine. */
const delays = { delayMs, slow, isSpinning: true };
const known = [
  { percent: 50, ms: delayMs },
  { percent: 90, ms: delayMs },
  { percent: 99, ms: slow.delayMs },
  { percent: 99.9, ms: slow.delayMs },
] as const;
/** Percentiles up to this one have few samples of any single stall. */
const steadyPercent = 90;
/** The high percentiles are judged without longer waits of the tester. */
const longestWaitUs = 2_000;
const [mostShare, mostMs] = [0.03, 0.3];
/** Threads that waited longer than this for a core, in one second, took part in what is measured. */
const mostCoreWaitMs = 25;
const measures = { seeder: "request_block", tracker: "announce" } as const;

/** The target of a run: two that spin would leave no core to the tester. */
export type CalmTarget = keyof typeof measures;

/** Head of the rows of {@link calmRun}. */
export const calmRunHead: readonly string[] = [
  ...["target", "outcome", "read wait max", "requests", "p50 in ms", "p90", "p99", "p99.9"],
];

/** The result of a run. `disturbed`: the tester blames itself. */
export interface TruthRun {
  readonly kind: "right" | "wrong" | "disturbed";
  readonly row: readonly string[];
  /** The wrong figures, or the kernel's figures of a disturbed run. */
  readonly remarks: readonly string[];
}

/** Each count beside that of the target, and of nft. */
type Counted = readonly (readonly [name: string, ours: number, theirs: number])[];

/** Runs once. */
export async function calmRun(torrent: KnownSeederTorrent, name: CalmTarget): Promise<TruthRun> {
  return await (name === "seeder" ? readersRun(torrent) : clientsRun());
}

async function readersRun(torrent: KnownSeederTorrent): Promise<TruthRun> {
  await using seeder = await startKnownSeeder(torrent, delays);
  const target = `127.0.0.1:${seeder.port}`;
  const group = { behaviour: "leecher", count: 50 } as const;
  return await judgedRun(
    "seeder",
    { port: seeder.port, pid: seeder.pid, target, group },
    async (totals) => {
      const { dialled } = await countedPackets();
      const theirs = await seeder.stop();
      return [
        ["requests of blocks", ours(totals, "requests"), theirs.requests],
        ["answered blocks", ours(totals, "answered"), theirs.answered],
        ["payload", ours(totals, "bytes_down"), theirs.payloadBytes],
        ["SYN packets", dialled, theirs.connections],
      ];
    },
  );
}

async function clientsRun(): Promise<TruthRun> {
  await using tracker = await startKnownTracker(delays);
  const target = knownTrackerUrl(tracker, "udp");
  const group = { behaviour: "tracker", count: 50, swarms: 10 } as const;
  return await judgedRun(
    "tracker",
    { port: tracker.port, pid: tracker.pid, target, group },
    async (totals) => {
      const packets = await countedPackets();
      const { announces, answered, udpConnects, farewells, other } = await tracker.stop();
      return [
        ["announces", ours(totals, "requests"), announces],
        ["answered announces", ours(totals, "answered"), answered],
        ["datagrams to the tracker", packets.asked, announces + udpConnects + farewells + other],
        ["datagrams from the tracker", packets.answered, answered + udpConnects + farewells],
      ];
    },
  );
}

interface CalmLoad {
  readonly port: number;
  readonly pid: number;
  readonly target: string;
  readonly group: { readonly behaviour: "leecher" | "tracker"; readonly count: number };
}

async function judgedRun(
  name: CalmTarget,
  { port, pid, target, group }: CalmLoad,
  count: (totals: RunTotals) => Promise<Counted>,
): Promise<TruthRun> {
  await countPackets(port);
  const processes = new Map([
    ["tester", process.pid],
    [name, pid],
  ]);
  using kernel = new KernelWatch(processes);
  const load = { rate, spacing: "constant", from: "load", until: "rest" } as const;
  const scenario: ScenarioFile = {
    targets: { [name]: target },
    ...(name === "seeder" && { torrents: knownTorrents }),
    groups: { load: { ...group, load } },
    "warm-up": "2s",
    phases: { load: "6s", rest: "1s" },
  };
  const result = await loadTest(scenario);
  const seconds = kernel.end();
  const totals = RunTotals.ofResult(result);
  const row = [name, ...rowOf(result, totals, name)];
  const wrongSums = wrongCounts(await count(totals));
  const { outcome } = result;
  if (outcome.kind === "generator-saturated") {
    return { kind: "disturbed", row, remarks: [outcome.reason, ...wrongSums, ...seconds] };
  }
  const end = outcome.kind === "passed" ? [] : [`it ended as ${JSON.stringify(outcome)}`];
  const late = wrongLatencies(totals, name);
  const stallMs = kernel.longestWaitMs(/\/(?:generator-|known-)/);
  if (end.length === 0 && wrongSums.length === 0 && late.length > 0 && stallMs > mostCoreWaitMs) {
    return { kind: "disturbed", row, remarks: [...late, ...seconds] };
  }
  const wrong = [...end, ...wrongSums, ...late];
  if (wrong.length === 0) return { kind: "right", row, remarks: [] };
  return { kind: "wrong", row, remarks: [...wrong, ...seconds] };
}

function ours(totals: RunTotals, counter: CounterName): number {
  return totals.count(counter, { hasWarmUp: true });
}

function rowOf(
  { outcome }: LoadTestResult,
  totals: RunTotals,
  name: CalmTarget,
): readonly string[] {
  const histogram = totals.histogram(measures[name]);
  const percentiles = known.map(({ percent }) =>
    (histogram.percentile(percent) / 1_000).toFixed(2),
  );
  const waitMs = totals.histogram("read_wait").maxUs / 1_000;
  const requests = ours(totals, "requests");
  return [outcome.kind, waitMs.toFixed(1), requests.toLocaleString("en"), ...percentiles];
}

function wrongLatencies(totals: RunTotals, name: CalmTarget): string[] {
  const isJudgedWhole = totals.histogram("read_wait").maxUs <= longestWaitUs;
  const histogram = totals.histogram(measures[name]);
  return known.flatMap(({ percent, ms }) => {
    const seenMs = histogram.percentile(percent) / 1_000;
    const isJudged = percent <= steadyPercent || isJudgedWhole;
    if (!isJudged || Math.abs(seenMs - ms) <= Math.max(mostMs, mostShare * ms)) return [];
    return [`${measures[name]} has a p${percent} of ${seenMs} ms, and ${ms} ms are known`];
  });
}

function wrongCounts(counted: Counted): string[] {
  return counted
    .filter(([, one, theirs]) => one !== theirs)
    .map(([what, one, theirs]) => `${what}: ${one} were counted, the target counts ${theirs}`);
}
