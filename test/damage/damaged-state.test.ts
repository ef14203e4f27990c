// F29: state that is damaged at seeded places. Nothing crashes, no piece is claimed that is not there, one damage does not
// take the jobs beside it, what was lost is said in words, and the next start is as usual. `pnpm test:damage` runs the
// long form.

import { join } from "node:path";
import test from "ava";
import { quickDisk } from "../support/files/quick-disk.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { DamageBench } from "./damage-run.ts";
import { makeKeptStates } from "./saved-jobs.ts";
import { isLong } from "../support/lanes.ts";

const damages = Number(process.env["DAMAGES"] ?? (isLong ? "40" : "8"));

test(`F29: with state damaged at ${damages} places no missing piece is reported, and every loss is`, async (t) => {
  using folder = temporaryFolder("damaged-state", quickDisk());
  const benches: DamageBench[] = [];
  for (const state of await makeKeptStates(folder.path)) {
    const bench = await DamageBench.open(state, join(folder.path, "workshop"));
    t.deepEqual(bench.violations, [], `undamaged: ${bench.name}`);
    benches.push(bench);
  }
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= damages; seed++) {
    const bench = benches[seed % benches.length];
    const outcome = await bench?.run(seed);
    t.deepEqual(outcome?.violations, []);
    const { summary = "" } = outcome ?? {};
    counts.set(summary, (counts.get(summary) ?? 0) + 1);
  }
  for (const [summary, count] of [...counts].toSorted()) t.log(`${count} × ${summary}`);
});
