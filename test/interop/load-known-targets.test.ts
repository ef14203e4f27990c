// The tester's counts beside those of targets in C, which count for themselves.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { patternTorrent } from "@troupe/load-peers";
import { loadTest, savePatternData, type ScenarioFile } from "@troupe/load-tester";
import { parseTorrent } from "@troupe/protocol/metainfo";
import test from "ava";
import { startKnownSeeder } from "../../bench/support/known-seeder.ts";
import { knownTrackerUrl, startKnownTracker } from "../../bench/support/known-tracker.ts";
import { RunTotals } from "../../packages/load-tester/src/results/merge/run-totals.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";

const lengthBytes = 4 * 1_048_576;
const pieceLengthBytes = 65_536;
const blockBytes = 16_384;
const phases = { load: "2s", rest: "2s" };
const load = { rate: "200/s", from: "load", until: "rest" };

for (const scheme of isLong ? (["udp", "http"] as const) : (["udp"] as const)) {
  for (const closes of scheme === "http" ? [false, true] : [false]) {
    const how = closes ? " that closes connections" : "";
    test.serial(`announces over ${scheme} agree with the counts of a tracker${how}`, async (t) => {
      const slow = { of: 10, delayMs: 40 };
      await using tracker = await startKnownTracker({ delayMs: 5, slow }, closes);
      const scenario: ScenarioFile = {
        targets: { tracker: knownTrackerUrl(tracker, scheme) },
        groups: { clients: { behaviour: "tracker", count: 20, swarms: 20, load } },
        phases,
      };
      const totals = RunTotals.ofResult(await loadTest(scenario));
      const counts = await tracker.stop();
      t.is(totals.count("announces"), 400);
      t.deepEqual([counts.announces, counts.answered], [400, 400]);
      t.is(counts.slow, Math.floor(counts.announces / slow.of));
      t.is(totals.histogram("announce").count, 400);
      t.true(totals.histogram("announce").percentile(0) >= 5_000);
      t.true(totals.histogram("announce").percentile(99) >= 40_000);
    });
  }
}

longTest("announces that a tracker drops have no answer, and all others have one", async (t) => {
  await using tracker = await startKnownTracker({ dropOf: 10 });
  const scenario: ScenarioFile = {
    targets: { tracker: knownTrackerUrl(tracker, "udp") },
    groups: { clients: { behaviour: "tracker", count: 20, swarms: 20, load } },
    phases,
  };
  const totals = RunTotals.ofResult(await loadTest(scenario));
  const counts = await tracker.stop();
  t.is(counts.dropped, Math.floor(counts.announces / 10));
  t.is(totals.count("announces"), 360);
});

test.serial("blocks agree with the counts of a seeder", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-known-"));
  try {
    const wish = { name: "payload", lengthBytes, pieceLengthBytes, trackers: [] };
    const pattern = await savePatternData(wish, folder, new AbortController().signal);
    const { infoHash } = parseTorrent(patternTorrent(pattern));
    const slow = { of: 20, delayMs: 40 };
    const torrent = { infoHash, file: join(folder, "payload"), pieceLengthBytes };
    await using seeder = await startKnownSeeder(torrent, { delayMs: 5, slow, dropOf: 10 });
    const scenario: ScenarioFile = {
      targets: { seeder: `127.0.0.1:${seeder.port}` },
      torrents: { payload: { size: "4MiB", piece: "64KiB" } },
      groups: { readers: { behaviour: "leecher", count: 10, load } },
      phases,
    };
    const totals = RunTotals.ofResult(await loadTest(scenario));
    const counts = await seeder.stop();
    t.is(counts.requests, 400);
    t.is(counts.dropped, 40);
    t.is(counts.answered, 360);
    t.is(counts.payloadBytes, 360 * blockBytes);
    const blocks = totals.histogram("request_block");
    t.is(totals.count("bytes_down"), counts.payloadBytes);
    t.true(blocks.percentile(0) >= 5_000);
  } finally {
    await rm(folder, { recursive: true });
  }
});
