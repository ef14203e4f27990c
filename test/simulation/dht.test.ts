// A DHT of production nodes in virtual time, half of them replaced every 30 min, 5 % of all datagrams lost.
// `pnpm test:dht` runs it with 2,000 nodes and prints the figures.

import test from "ava";
import {
  describeReport,
  endMsOf,
  firstMsOf,
  newcomerMs,
  runDht,
  successOf,
  type DhtReport,
} from "../support/simulated/dht/run.ts";
import { dhtNodes, isLarge, usualRun } from "../support/simulated/dht/scale.ts";

let usual: Promise<DhtReport> | undefined;
const usualReport = (): Promise<DhtReport> => (usual ??= runDht({ ...usualRun, seed: 1 }));

test.serial(`${dhtNodes} nodes: look-ups find an announced peer in time`, async (t) => {
  const report = await usualReport();
  for (const line of describeReport(report)) t.log(line);
  // One of few look-ups is more than 0.5 %.
  t.true(successOf(report) >= (isLarge ? 0.995 : 0.98));
  t.true(firstMsOf(report, 95) <= 2_000);
  t.true(endMsOf(report, 95) <= 8_000);
});

test.serial(
  `${dhtNodes} nodes: a newcomer knows its surroundings within ${newcomerMs / 1_000} s`,
  async (t) => {
    const { newcomers } = await usualReport();
    const [depth, nodes] = isLarge ? [8, 50] : [4, 40];
    t.is(newcomers.length, usualRun.newcomers);
    for (const newcomer of newcomers) {
      t.true(newcomer.depth >= depth && newcomer.nodes >= nodes, JSON.stringify(newcomer));
    }
  },
);
