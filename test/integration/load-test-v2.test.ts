// Load tests of an engine of ours with torrents of version 2, over real threads and sockets.

import { loadTest } from "@troupe/load-tester";
import test from "ava";
import type { CounterName } from "../../packages/load-tester/src/measures/measures.ts";
import { RunTotals } from "../../packages/load-tester/src/results/merge/run-totals.ts";
import { isLong } from "../support/lanes.ts";

const command = [
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  new URL("../../packages/cli/bin/troupe.mjs", import.meta.url).pathname,
];
/** Kinds that are closed for their hash messages. */
const kinds = [
  "hash-request-flood",
  "leaf-request-flood",
  "hash-requests-out-of-range",
  "hash-requests-of-unknown-files",
  "unrequested-hashes",
  "hashes-of-16-mib",
  "hash-reject-flood",
];

for (const version of isLong ? (["v2", "hybrid"] as const) : (["hybrid"] as const))
  test.serial(
    `J06: leechers take a ${version} pattern from a started engine, which closes the peers of hash-stress beside them`,
    async (t) => {
      const ended = new AbortController();
      const result = await loadTest(
        {
          name: "hash-stress",
          targets: { client: { start: "ours", has: "whole", torrent: "payload" } },
          torrents: { payload: { size: "4MiB", piece: "64KiB", version } },
          groups: {
            leech: { behaviour: "leecher", count: 10, take: 8 },
            stress: { behaviour: "hostile", count: kinds.length, kinds, up: "1MiB/s" },
          },
          phases: { all: "600s" },
        },
        {
          ownCommand: command,
          signal: ended.signal,
          onSecond: (_second, { totals }) => {
            const isOver = count(totals, "completed", "leech") === 10;
            if (isOver && count(totals, "closed_by_target", "stress") === kinds.length)
              ended.abort();
          },
        },
      );
      const totals = RunTotals.ofResult(result);
      t.deepEqual(
        (["completed", "wrong_blocks", "blocks"] as const).map((name) =>
          count(totals, name, "leech"),
        ),
        [10, 0, 10 * 8 * 4],
      );
      t.is(count(totals, "closed_by_target", "stress"), kinds.length);
    },
  );

function count(totals: RunTotals, counter: CounterName, group: string): number {
  return totals.count(counter, { groups: [group] });
}
