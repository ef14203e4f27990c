// Load tests of an engine of ours with torrents of version 2, over real threads and sockets.

import { loadTest } from "@troupe/load-tester";
import test from "ava";

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

for (const version of ["v2", "hybrid"] as const)
  test.serial(
    `J06: leechers take a ${version} pattern from a started engine, which closes the peers of hash-stress beside them`,
    async (t) => {
      t.timeout(120_000);
      const result = await loadTest(
        {
          name: "hash-stress",
          targets: { client: { start: "ours", has: "whole", torrent: "payload" } },
          torrents: { payload: { size: "4MiB", piece: "64KiB", version } },
          groups: {
            leech: { behaviour: "leecher", count: 10, take: 8 },
            stress: { behaviour: "hostile", count: kinds.length, kinds, up: "1MiB/s" },
          },
          phases: { all: "8s" },
        },
        { ownCommand: command },
      );
      const count = (counter: string, group: string): number =>
        result.counts
          .filter((each) => each.counter === counter && each.group === group)
          .reduce((sum, { value }) => sum + value, 0);
      t.deepEqual(
        [count("completed", "leech"), count("wrong_blocks", "leech"), count("blocks", "leech")],
        [10, 0, 10 * 8 * 4],
      );
      t.is(count("closed_by_target", "stress"), kinds.length);
    },
  );
