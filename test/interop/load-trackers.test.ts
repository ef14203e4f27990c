import test from "ava";
import { startDhtLoad } from "../../packages/load-tester/src/dht/start-dht-load.ts";
import { trackerInfoHashes } from "../../packages/load-tester/src/trackers/clients/tracker-swarms.ts";
import type { Pace } from "../../packages/load-tester/src/scenario/scenario.ts";
import { startTrackerLoad } from "../../packages/load-tester/src/trackers/start-tracker-load.ts";
import { Opentracker } from "../support/clients/opentracker.ts";
import { startOwnTracker } from "../support/clients/own-tracker.ts";
import type { TestTracker } from "../support/clients/test-tracker.ts";
import { dhtServers, startDhtNode } from "../support/load/dht-nodes.ts";
import { driveLoad, type RunResult } from "../support/load/drive-load.ts";
import { groupOf } from "../support/load/group-of.ts";

const seed = 17;
const swarms = 10;
const clients = 100;
const perSecond = 500;
const seconds = 2;
const pace: Pace = {
  kind: "rate",
  perSecond,
  spacing: "constant",
  fromMs: 0,
  untilMs: Infinity,
};
/** Loopback addresses: all of 127/8 are bindable. */
const sourceOf = (peer: number): string => `127.0.7.${1 + (peer % 250)}`;

const trackers: readonly {
  readonly name: string;
  readonly start: (hashes: readonly string[]) => Promise<TestTracker>;
}[] = [
  { name: "opentracker", start: (hashes) => Opentracker.start(hashes) },
  { name: "our tracker", start: () => startOwnTracker("127.0.0.1") },
  { name: "our tracker at IPv6", start: () => startOwnTracker("::1") },
];

for (const { name, start } of trackers) {
  for (const scheme of ["udp", "http"] as const) {
    test.serial(
      `${name} answers each announce and scrape over ${scheme}, and breaks no rule`,
      async (t) => {
        await using tracker = await start(trackerInfoHashes(seed, "clients", swarms));
        const url = tracker.url.replace("http:", `${scheme}:`);
        const target = { name, kind: "tracker" as const, host: "127.0.0.1", port: 0, url };
        const load = {
          kind: "tracker",
          swarms,
          pace,
          scrapes: 0.2,
          wanted: 50,
          seeds: 0.3,
        } as const;
        const group = groupOf("clients", clients, load);
        const run = { start: startTrackerLoad, group, target, seed, seconds, sourceOf };
        const { recorder } = await driveLoad(run);
        t.is(recorder.faults, "none");
        const answers = recorder.countOf("announces") + recorder.countOf("scrapes");
        t.is(answers, perSecond * seconds);
        t.true(recorder.countOf("scrapes") > 150);
        t.true(recorder.countOf("completed") > 20);
      },
    );
  }
}

for (const { name, command } of dhtServers) {
  test.serial(
    `the DHT node of ${name} answers each query, and keeps the rules of tokens`,
    async (t) => {
      await using node = await startDhtNode(command);
      const queries = { ping: 0.2, find_node: 0.2, get_peers: 0.3, announce_peer: 0.3 };
      const group = groupOf("askers", 50, { kind: "dht", pace, queries });
      const { target } = node;
      const run = { start: startDhtLoad, group, target, seed, seconds, sourceOf };
      const { recorder }: RunResult = await driveLoad(run);
      t.is(recorder.faults, "none");
      // Each node asks for a token as well.
      t.true(recorder.countOf("queries") >= perSecond * seconds);
    },
  );
}
