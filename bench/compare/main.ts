// `pnpm bench:compare`: Troupe beside other clients, as leecher, seeder and checker, in turns.
//
//   --only ROW[,ROW]         these rows alone; the names are in rows/rows.ts
//   --client NAME[,NAME]     these clients alone: ours, libtorrent, aria2, qbittorrent, rtorrent, and the programs beside
//                            them: floor (bench/data-plane), openssl, node, cold, killed
//   --against COMMIT         this checkout beside an earlier commit, which is built in a folder of its own, and that commit
//                            beside itself: what two runs of one program differ by
//   --bar RATIO              the least ratio to the earlier commit (0.98); a cost may be as much larger
//   --runs N                 runs of each (7), or pairs of two commits (16)
//   --json FILE              for the results; by default a new file in the temporary folder
//   --write-docs             puts the rows into docs/benchmarks.md; a row without all of its clients replaces none
//
// A client that is not installed, or fails, is named and left out; after a failure the exit status is 1, after a wrong word 2.
// Every run waits for a quiet machine first, at most half a minute.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../../test/support/programs/process.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { againstText } from "./against-table.ts";
import { buildCommit, type BuiltCommit } from "./built-commit.ts";
import { clientNames, commitNames } from "./clients.ts";
import { findVersions } from "./machine.ts";
import { measureRow, placeOf } from "./measure-row.ts";
import type { MeasuredRow } from "./measured-row.ts";
import { readOptions, type CompareOptions } from "./options.ts";
import { mergePage } from "./page.ts";
import type { Contestant } from "./row.ts";
import { rowText } from "./row-table.ts";
import { rows } from "./rows/rows.ts";
import { BenchTracker } from "./tracker.ts";

const page = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
const makeBundle = fileURLToPath(new URL("../../scripts/make-bundle.ts", import.meta.url));
const rowNames = rows.map(({ name }) => name);
const contestantNames = [...clientNames, "floor", "openssl", "node", "cold", "killed"];

const againstNames = ["ours", ...commitNames] as const;

const options = optionsOrExit();
const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "");
const jsonFile = options.json ?? join(tmpdir(), `troupe-compare-${stamp}.json`);
// Makes the bundle, like every `pnpm install`.
await runProcess([process.execPath, "--disable-warning=ExperimentalWarning", makeBundle]);
const versions = await findVersions();
for (const sentence of versions.missing.values()) console.error(sentence);

const measured: MeasuredRow[] = [];
using folder = temporaryFolder("troupe-compare");
const before = await earlierCommit();
await using tracker = await BenchTracker.start();
for (const row of rows.filter(({ name }) => options.rows.includes(name))) {
  const expected: readonly Contestant[] = before === undefined ? row.contestants : againstNames;
  const contestants = expected.filter(
    (name) => versions.installed.has(name) && (options.contestants?.includes(name) ?? true),
  );
  if (contestants.length === 0) continue;
  if (before !== undefined && !row.takesCommits) {
    console.error(`${row.name} is left out: it does not compare commits`);
    continue;
  }
  const place = placeOf(row, folder.path, {
    tracker,
    compiledFolder: join(folder.path, "compiled"),
    ...(before === undefined ? {} : { commandBefore: before.command }),
  });
  const { runs, bar } = options;
  const turns = { runs, contestants, expected, versions, say: console.error };
  // oxlint-disable-next-line no-await-in-loop
  const result = await measureRow(row, place, turns);
  measured.push(result);
  console.log(`\n${before === undefined ? rowText(result) : againstText(result, bar)}`);
  // Row by row: an interrupted comparison keeps those that it has.
  writeFileSync(jsonFile, `${JSON.stringify(measured, undefined, 1)}\n`);
  if (options.writesDocs) writePage(result);
}
console.error(`\nresults: ${jsonFile}`);
if (measured.some(({ missing }) => missing.some((sentence) => sentence.includes(" failed: ")))) {
  process.exitCode = 1;
}

function optionsOrExit(): CompareOptions {
  try {
    return readOptions(process.argv.slice(2), rowNames, contestantNames);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

async function earlierCommit(): Promise<BuiltCommit | undefined> {
  if (options.against === undefined) return undefined;
  const built = await buildCommit(options.against, join(folder.path, "before"));
  for (const name of commitNames) versions.installed.set(name, built.version);
  return built;
}

function writePage(row: MeasuredRow): void {
  const old = existsSync(page) ? readFileSync(page, "utf8") : undefined;
  const section = { row: row.name, text: rowText(row), isWhole: row.missing.length === 0 };
  writeFileSync(page, mergePage(old, [section], rowNames));
}
