// `pnpm bench:import`: the time in which `troupe import` brings the torrents of another client. Nothing is hashed meanwhile: samples are
// hashed when the torrents run.
//
//   --torrents N   of each client (2000)
//   --runs N       imports into a fresh state folder (3)

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ImportedTorrent } from "@troupe/coordinator";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { runMeasured } from "../support/measure.ts";
import { median, spread, table } from "../support/statistics.ts";
import { leaveTorrents, leavers, type Leaver } from "./leave-torrents.ts";

/** The line of `troupe import --json`. */
interface ImportedLine {
  readonly torrents: readonly Pick<ImportedTorrent, "hadPieces" | "outcome" | "pieceCount">[];
}

const { values } = parseArgs({
  options: {
    torrents: { type: "string", default: "2000" },
    runs: { type: "string", default: "3" },
  },
});
const torrents = Number(values.torrents);
const troupe = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));

const head = ["client", "torrents", "seconds", "torrents a second", "resident, MiB"];
const rows: string[][] = [];
for (const client of leavers) rows.push(await measured(client));
console.log(table([head, ...rows]));

/** @throws When a torrent does not come along. */
async function measured(client: Leaver): Promise<string[]> {
  using folder = temporaryFolder("troupe-import");
  const from = leaveTorrents(client, folder.path, torrents);
  const seconds: number[] = [];
  const peaks: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const state = join(folder.path, `state-${run}`);
    // One import after the other. oxlint-disable-next-line no-await-in-loop
    const { cost, lines } = await runMeasured([
      ...[process.execPath, troupe, "import", from],
      ...["--state-dir", state, "--json"],
    ]);
    const line = lines.find((each) => each.includes(`"event":"imported"`)) ?? "";
    const result = JSON.parse(line) as ImportedLine;
    const whole = result.torrents.filter(
      ({ hadPieces, outcome, pieceCount }) => outcome === "imported" && hadPieces === pieceCount,
    );
    if (whole.length !== torrents) throw new Error(`${whole.length} of ${torrents} came along`);
    seconds.push(cost.wallSeconds);
    peaks.push(cost.peakRssBytes / 1_048_576);
  }
  const rate = (torrents / median(seconds)).toFixed(0);
  return [client, `${torrents}`, spread(seconds, 2), rate, spread(peaks, 0)];
}
