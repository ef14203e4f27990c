// A DHT with 20 % hostile nodes: Sybils around the targets, eclipses, wrong ids, poisoned nodes.

import test from "ava";
import { isLong } from "../support/lanes.ts";
import { describeReport, runDht, successOf } from "../support/simulated/dht/run.ts";
import { hostileRun } from "../support/simulated/dht/scale.ts";

const seed = 2;

test.serial(
  "case 82: with a fifth of all nodes hostile, 99 % of the look-ups find an announced peer",
  async (t) => {
    const report = await runDht({ ...hostileRun, seed });
    for (const line of describeReport(report)) t.log(line);
    t.true(successOf(report) >= 0.99);
  },
);

test.serial(
  "case 82: without the rules for networks and ids, fewer look-ups find a peer",
  async (t) => {
    const lookUps = Math.ceil(hostileRun.lookUps / (isLong ? 1 : 3));
    const report = await runDht({ ...hostileRun, lookUps, seed, hasSybilRules: false });
    for (const line of describeReport(report)) t.log(line);
    t.true(successOf(report) < 0.9);
  },
);
