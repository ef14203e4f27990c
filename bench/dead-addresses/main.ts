// `pnpm bench:dead-addresses`: how long ten thousand addresses of a tracker, of which only the last one is good, keep a
// download from its first piece.
//
//   --refusing N      addresses that refuse (8,999: with the others, all that we take of one answer)
//   --black-holes N   addresses that never answer (1,000)
//   --runs N          runs of each order (3)
//
// Everything runs in a network of its own, with public-looking addresses on its loopback and a packet filter for the
// black holes; needs Linux, and the Debian packages iproute2 and nftables. The kernel counts the dials, not
// the bench.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runInOwnNetwork } from "../support/own-network.ts";
import { median, spread, table } from "../support/statistics.ts";
import { orders, runOnce, type DeadRun } from "./run.ts";

const self = fileURLToPath(import.meta.url);
const { values } = parseArgs({
  options: {
    refusing: { type: "string", default: "8999" },
    "black-holes": { type: "string", default: "1000" },
    runs: { type: "string", default: "3" },
    inside: { type: "boolean", default: false },
  },
});

if (values.inside) console.log(await measure());
else runInOwnNetwork(self);

async function measure(): Promise<string> {
  const counts = { refusing: Number(values.refusing), blackHoles: Number(values["black-holes"]) };
  const rows = [
    ["order", "s to first piece", "most half-open", "refused", "black holes dialled", "good"],
  ];
  for (const order of orders) {
    const runs: DeadRun[] = [];
    for (let run = 0; run < Number(values.runs); run++) runs.push(await runOnce(counts, order));
    rows.push([
      order,
      spread(
        runs.map(({ firstPieceSeconds }) => firstPieceSeconds),
        2,
      ),
      `${Math.max(...runs.map(({ mostHalfOpen }) => mostHalfOpen))}`,
      `${median(runs.map(({ refused }) => refused))}`,
      `${median(runs.map(({ blackHolesDialled }) => blackHolesDialled))}`,
      `${median(runs.map(({ goodDialled }) => goodDialled))}`,
    ]);
  }
  return table(rows);
}
