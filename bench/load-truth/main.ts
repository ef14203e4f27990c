// `pnpm bench:load-truth`: the load tester's figures beside those of targets of known delays, of nft and of a probe in C.
//
//   --runs N      calm runs, of a seeder and a tracker in turn (20)
//   --only TEXT   parts whose name contains the text: calm, probe
//
// Runs in a network name space of its own, whose packets nft counts. Exits with 1 when a figure is wrong.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { saveKnownContent } from "../../test/support/load/known-content.ts";
import { bringUpLoopback, runInOwnNetwork } from "../support/own-network.ts";
import { table } from "../support/statistics.ts";
import { besideProbe, besideProbeHead } from "./beside-probe.ts";
import { calmRun, calmRunHead, type TruthRun } from "./calm-run.ts";

const self = fileURLToPath(import.meta.url);
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "20" },
    only: { type: "string", default: "" },
    inside: { type: "boolean", default: false },
  },
});
/** Runs that the machine disturbed are repeated so often, all together, as a multiple of the calm runs. */
const mostRuns = 3;
const probeRuns = 5;

if (values.inside) await measure();
else runInOwnNetwork(self);

async function measure(): Promise<void> {
  await bringUpLoopback();
  if ("calm".includes(values.only)) await calm(Number(values.runs));
  if ("probe".includes(values.only)) await probe();
}

/** Repeats runs that the tester blames on itself or in which a thread waited for a core, with what the kernel says of their seconds. */
async function calm(runs: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "troupe-load-truth-"));
  const rows: (readonly string[])[] = [];
  try {
    const torrent = await saveKnownContent(folder);
    let disturbed = 0;
    while (rows.length < runs && rows.length + disturbed < mostRuns * runs) {
      // oxlint-disable-next-line no-await-in-loop
      const { row, kind, remarks } = await calmRun(
        torrent,
        rows.length % 2 === 0 ? "seeder" : "tracker",
      );
      if (kind === "disturbed") disturbed += 1;
      else rows.push([String(rows.length + 1), ...row]);
      if (kind === "wrong") process.exitCode = 1;
      for (const remark of remarks) console.log(`run ${rows.length} (${kind}): ${remark}`);
    }
    console.log(table([["run", ...calmRunHead], ...rows]));
    console.log(`${rows.length} of ${runs} runs; ${disturbed} more were disturbed`);
    if (rows.length < runs) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Right if most runs are: a wake-up in a virtual machine swings by more than what is judged. */
async function probe(): Promise<void> {
  const runs: TruthRun[] = [];
  while (runs.length < probeRuns) {
    // oxlint-disable-next-line no-await-in-loop
    const run = await besideProbe(mostRuns);
    runs.push(run);
    for (const remark of run.remarks) console.log(`beside the probe (${run.kind}): ${remark}`);
  }
  console.log(table([besideProbeHead, ...runs.map(({ row }) => row)]));
  const right = runs.filter(({ kind }) => kind === "right").length;
  console.log(`${right} of ${probeRuns} runs beside the probe are right`);
  if (right <= probeRuns / 2) process.exitCode = 1;
}
