// HTTP announces of one thread of the load tester beside requests of one thread of wrk, in turns, at the tracker in C.

import { announceUrl } from "@troupe/protocol/tracker";
import { infoHashFromBytes } from "@troupe/protocol/units";
import { startTrackerLoad } from "../../packages/load-tester/src/trackers/start-tracker-load.ts";
import { driveLoad } from "../../test/support/load/drive-load.ts";
import { groupOf } from "../../test/support/load/group-of.ts";
import { runProcess } from "../../test/support/programs/process.ts";
import { knownTrackerUrl, startKnownTracker } from "../support/known-tracker.ts";
import { median } from "../support/statistics.ts";

const connections = 50;

/** Head of the table of {@link besideWrk}. */
export const besideWrkHead = ["tracker", "ours/s", "wrk/s", "ratio", "least", "greatest"];

/**
 * @param pairs Runs of each; the first pair warms both up and is not counted.
 * @returns Rows: a tracker that keeps connections, and one that closes each.
 */
export async function besideWrk(pairs: number, seconds: number): Promise<string[][]> {
  const rows: string[][] = [];
  for (const closes of [false, true]) {
    // oxlint-disable-next-line no-await-in-loop
    const runs = await runsInTurns(closes, pairs, seconds);
    const ratios = runs.map(({ ours, wrk }) => ours / wrk);
    rows.push([
      closes ? "closes connections" : "keeps connections",
      Math.round(median(runs.map(({ ours }) => ours))).toLocaleString("en"),
      Math.round(median(runs.map(({ wrk }) => wrk))).toLocaleString("en"),
      ...[median(ratios), Math.min(...ratios), Math.max(...ratios)].map((ratio) =>
        ratio.toFixed(2),
      ),
    ]);
  }
  return rows;
}

/** Announces a second. */
interface Pair {
  readonly ours: number;
  readonly wrk: number;
}

async function runsInTurns(closes: boolean, pairs: number, seconds: number): Promise<Pair[]> {
  await using tracker = await startKnownTracker({}, closes);
  const url = knownTrackerUrl(tracker, "http");
  const runs: Pair[] = [];
  for (let run = 0; run <= pairs; run++) {
    // oxlint-disable-next-line no-await-in-loop
    runs.push({ ours: await ourRate(url, seconds), wrk: await wrkRate(url, seconds) });
  }
  return runs.slice(1);
}

async function ourRate(url: string, seconds: number): Promise<number> {
  const pace = { kind: "depth", depth: 1 } as const;
  const swarms = { swarms: connections, wanted: 50, seeds: 0.3, scrapes: 0 };
  const group = groupOf("clients", connections, { kind: "tracker", pace, ...swarms });
  const target = { name: "tracker", kind: "tracker", host: "127.0.0.1", port: 0, url } as const;
  const run = await driveLoad({ start: startTrackerLoad, group, target, seed: 17, seconds });
  if (run.recorder.faults !== "none") throw new Error(`faulty answers: ${run.recorder.faults}`);
  return run.recorder.countOf("announces") / run.seconds;
}

async function wrkRate(url: string, seconds: number): Promise<number> {
  const announce = announceUrl(url, {
    infoHash: infoHashFromBytes(new Uint8Array(20).fill(0xaa)),
    peerId: new Uint8Array(20).fill(0x61),
    ...{ port: 1_024, uploaded: 0, downloaded: 2 ** 28, left: 2 ** 29, numWant: 50 },
    key: "00000000",
  });
  const words = ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, announce];
  const lines = await runProcess(words, { debianPackage: "wrk" });
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(lines.join("\n")) ?? [];
  if (rate === undefined) throw new Error(`wrk printed no rate:\n${lines.join("\n")}`);
  return Number(rate);
}
