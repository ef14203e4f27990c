// `pnpm bench:compare`: Troupe beside other clients, as leecher, seeder and checker, in turns.
//
//   --only ROW[,ROW]         these rows alone; the names are in rows/rows.ts
//   --client NAME[,NAME]     these clients alone: ours, libtorrent, aria2, qbittorrent, rtorrent, and the programs beside
//                            them: floor (bench/data-plane), openssl, node, cold, killed
//   --runs N                 runs of each (7)
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
import { clientNames } from "./clients.ts";
import { findVersions } from "./machine.ts";
import { measureRow, placeOf } from "./measure-row.ts";
import type { MeasuredRow } from "./measured-row.ts";
import { readOptions, type CompareOptions } from "./options.ts";
import { mergePage } from "./page.ts";
import { rowText } from "./row-table.ts";
import { rows } from "./rows/rows.ts";
import { BenchTracker } from "./tracker.ts";

const page = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
const makeBundle = fileURLToPath(new URL("../../scripts/make-bundle.ts", import.meta.url));
const rowNames = rows.map(({ name }) => name);
const contestantNames = [...clientNames, "floor", "openssl", "node", "cold", "killed"];

const options = optionsOrExit();
const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "");
const jsonFile = options.json ?? join(tmpdir(), `troupe-compare-${stamp}.json`);
// As every `pnpm install` does.
await runProcess([process.execPath, "--disable-warning=ExperimentalWarning", makeBundle]);
const versions = await findVersions();
for (const sentence of versions.missing.values()) console.error(sentence);

const measured: MeasuredRow[] = [];
using folder = temporaryFolder("troupe-compare");
await using tracker = await BenchTracker.start();
for (const row of rows.filter(({ name }) => options.rows.includes(name))) {
  const contestants = row.contestants.filter(
    (name) => versions.installed.has(name) && (options.contestants?.includes(name) ?? true),
  );
  if (contestants.length === 0) continue;
  const place = placeOf(row, folder.path, {
    tracker,
    compiledFolder: join(folder.path, "compiled"),
  });
  const { runs } = options;
  // oxlint-disable-next-line no-await-in-loop
  const result = await measureRow(row, place, { runs, contestants, versions, say: console.error });
  measured.push(result);
  console.log(`\n${rowText(result)}`);
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

function writePage(row: MeasuredRow): void {
  const old = existsSync(page) ? readFileSync(page, "utf8") : undefined;
  const section = { row: row.name, text: rowText(row), isWhole: row.missing.length === 0 };
  writeFileSync(page, mergePage(old, [section], rowNames));
}
