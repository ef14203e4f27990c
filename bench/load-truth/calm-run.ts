// A calm run against a seeder and a tracker of known delays: neither side is at fault, and every figure is known.

import { loadTest, type LoadTestResult, type ScenarioFile } from "@troupe/load-tester";
import { RunTotals } from "../../packages/load-tester/src/results/merge/run-totals.ts";
import type { CounterName } from "../../packages/load-tester/src/measures/measures.ts";
import { knownTorrents } from "../../test/support/load/known-content.ts";
import {
  startKnownSeeder,
  type KnownSeederCounts,
  type KnownSeederTorrent,
} from "../support/known-seeder.ts";
import {
  knownTrackerUrl,
  startKnownTracker,
  type KnownTrackerCounts,
} from "../support/known-tracker.ts";
import { KernelWatch } from "./kernel-watch.ts";
import { countedPackets, countPackets, type PacketCounts } from "./packet-count.ts";

const rate = "1000/s";
const delayMs = 5;
/** One of 20 is far above p90, and all of p99. */
const slow = { of: 20, delayMs: 40 };
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
const paths = [
  { measure: "request_block", group: "readers" },
  { measure: "announce", group: "clients" },
] as const;

/** Head of the rows of {@link calmRun}. */
export const calmRunHead: readonly string[] = [
  ...["outcome", "read wait max", "requests"],
  ...["blocks p50", "p90", "p99", "p99.9", "announces p50", "p90", "p99", "p99.9"],
];

/** The result of a run. `disturbed`: the tester blames itself. */
export interface TruthRun {
  readonly kind: "right" | "wrong" | "disturbed";
  readonly row: readonly string[];
  /** The wrong figures, or the kernel's figures of a disturbed run. */
  readonly remarks: readonly string[];
}

interface Counted {
  readonly totals: RunTotals;
  readonly seeder: KnownSeederCounts;
  readonly tracker: KnownTrackerCounts;
  readonly packets: PacketCounts;
}

/** Runs once. */
export async function calmRun(torrent: KnownSeederTorrent): Promise<TruthRun> {
  await using seeder = await startKnownSeeder(torrent, { delayMs, slow });
  await using tracker = await startKnownTracker({ delayMs, slow });
  await countPackets(tracker.port, seeder.port);
  const processes = [
    ["tester", process.pid],
    ["seeder", seeder.pid],
    ["tracker", tracker.pid],
  ] as const;
  using kernel = new KernelWatch(new Map(processes));
  const result = await loadTest(scenarioOf(seeder.port, knownTrackerUrl(tracker, "udp")));
  const seconds = kernel.end();
  const totals = RunTotals.ofResult(result);
  const packets = await countedPackets();
  const counts = { totals, seeder: await seeder.stop(), tracker: await tracker.stop(), packets };
  const row = rowOf(result, totals);
  const wrongSums = wrongCounts(counts);
  const { outcome } = result;
  if (outcome.kind === "generator-saturated") {
    return { kind: "disturbed", row, remarks: [outcome.reason, ...wrongSums, ...seconds] };
  }
  const end = outcome.kind === "passed" ? [] : [`it ended as ${JSON.stringify(outcome)}`];
  const wrong = [...end, ...wrongSums, ...wrongLatencies(totals)];
  if (wrong.length === 0) return { kind: "right", row, remarks: [] };
  return { kind: "wrong", row, remarks: [...wrong, ...seconds] };
}

function scenarioOf(seederPort: number, tracker: string): ScenarioFile {
  const load = { rate, spacing: "constant", from: "load", until: "rest" } as const;
  return {
    targets: { seeder: `127.0.0.1:${seederPort}`, tracker },
    torrents: knownTorrents,
    groups: {
      readers: { behaviour: "leecher", target: "seeder", count: 50, load },
      clients: { behaviour: "tracker", target: "tracker", count: 50, swarms: 10, load },
    },
    "warm-up": "2s",
    phases: { load: "6s", rest: "1s" },
  };
}

function rowOf({ outcome }: LoadTestResult, totals: RunTotals): readonly string[] {
  const percentiles = paths.flatMap(({ measure, group }) => {
    const histogram = totals.histogram(measure, { groups: [group] });
    return known.map(({ percent }) => (histogram.percentile(percent) / 1_000).toFixed(2));
  });
  const waitMs = totals.histogram("read_wait").maxUs / 1_000;
  const requests = totals.count("requests", { hasWarmUp: true });
  return [outcome.kind, waitMs.toFixed(1), requests.toLocaleString("en"), ...percentiles];
}

function wrongLatencies(totals: RunTotals): string[] {
  const isJudgedWhole = totals.histogram("read_wait").maxUs <= longestWaitUs;
  return paths.flatMap(({ measure, group }) => {
    const histogram = totals.histogram(measure, { groups: [group] });
    return known.flatMap(({ percent, ms }) => {
      const seenMs = histogram.percentile(percent) / 1_000;
      const isJudged = percent <= steadyPercent || isJudgedWhole;
      if (!isJudged || Math.abs(seenMs - ms) <= Math.max(mostMs, mostShare * ms)) return [];
      return [`${measure} has a p${percent} of ${seenMs} ms, and ${ms} ms are known`];
    });
  });
}

/** Each count beside those of the target and of nft. */
function wrongCounts({ totals, seeder, tracker, packets }: Counted): string[] {
  const ours = (counter: CounterName, group: string): number =>
    totals.count(counter, { groups: [group], hasWarmUp: true });
  const { announces, udpConnects, farewells, other } = tracker;
  const pairs = [
    ["requests of blocks", ours("requests", "readers"), seeder.requests],
    ["answered blocks", ours("answered", "readers"), seeder.answered],
    ["payload", ours("bytes_down", "readers"), seeder.payloadBytes],
    ["SYN packets", packets.dialled, seeder.connections],
    ["announces", ours("requests", "clients"), announces],
    ["answered announces", ours("answered", "clients"), tracker.answered],
    ["datagrams to the tracker", packets.asked, announces + udpConnects + farewells + other],
    ["datagrams from the tracker", packets.answered, tracker.answered + udpConnects + farewells],
  ] as const;
  return pairs
    .filter(([, one, theirs]) => one !== theirs)
    .map(([name, one, theirs]) => `${name}: ${one} were counted, the target counts ${theirs}`);
}
