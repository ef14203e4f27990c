// `pnpm bench:restore`: how long a program that is started again takes until everything is as it was.
//
//   --runs N   runs of each (3)

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runProcess } from "../../test/support/programs/process.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { spread, table } from "../support/statistics.ts";
import { makeState, type MadeTorrent } from "./make-state.ts";

interface Report {
  readonly torrents: number;
  readonly lost: number;
  readonly pieces: number;
  readonly startMs: number;
  readonly listMs: number;
  readonly restoreMs: number;
  readonly cpuMs: number;
}

const { values } = parseArgs({ options: { runs: { type: "string", default: "3" } } });
const program = fileURLToPath(new URL("restore-run.ts", import.meta.url));

const manyTorrents: readonly MadeTorrent[] = Array.from({ length: 500 }, (_, torrent) => ({
  name: `torrent-${torrent}`,
  files: [
    { path: ["a"], lengthBytes: 1_000 * 16_384 },
    { path: ["b"], lengthBytes: 1_000 * 16_384 },
  ],
}));
const manyFiles: readonly MadeTorrent[] = [
  {
    name: "many-files",
    files: Array.from({ length: 100_000 }, (_, file) => ({
      path: [`folder-${file % 100}`, `file-${file}`],
      lengthBytes: 4_096,
    })),
  },
];

const rows = [["", "restored in ms", "of that listed", "CPU ms", "engine's start ms"]];
rows.push(await measured("500 torrents, 1,000,000 pieces (bar 3,000)", manyTorrents));
rows.push(await measured("1 torrent, 100,000 files (bar 1,000)", manyFiles));
console.log(table(rows));

async function measured(what: string, torrents: readonly MadeTorrent[]): Promise<string[]> {
  using folder = temporaryFolder("troupe-restore");
  makeState(folder.path, torrents);
  const reports: Report[] = [];
  // The first one fills the cache of compiled code and of the folder, and is not counted.
  for (let run = 0; run <= Number(values.runs); run++) {
    const lines = await runProcess([process.execPath, program, folder.path]);
    const report = JSON.parse(lines.at(-1) ?? "{}") as Report;
    if (report.lost > 0 || report.torrents !== torrents.length) {
      throw new Error(`not everything came back: ${lines.join("\n")}`);
    }
    if (run > 0) reports.push(report);
  }
  const of = (read: (report: Report) => number): string => spread(reports.map(read), 0);
  return [
    what,
    of(({ restoreMs }) => restoreMs),
    of(({ listMs }) => listMs),
    of(({ cpuMs }) => cpuMs),
    of(({ startMs }) => startMs),
  ];
}
