// `pnpm bench:planted-sleep`: whether `load-test compare` finds a sleep of 5 ms in the disk reads of our uploads, and finds
// nothing where nothing was planted. Each pair of runs has an unchanged seeder on one side.
//
//   --pairs N   (5)

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { root } from "../../test/support/files/repository.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { runProcess, startProcess } from "../../test/support/programs/process.ts";
import { table } from "../support/statistics.ts";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "5" } } });
const pairs = Number(values.pairs);
const command = [process.execPath, fileURLToPath(new URL("packages/cli/bin/troupe.mjs", root))];
const slowReads = fileURLToPath(new URL("slow-reads.cjs", import.meta.url));
const load = ["--count", "50", "--rate", "500/s", "--for", "8s"];

using folder = temporaryFolder("planted-sleep");
const data = join(folder.path, "data");
const torrent = join(folder.path, "payload.torrent");
await runProcess([...command, "load-test", "torrent", "--size", "64M", "--save", torrent]);
await runProcess([...command, "load-test", "data", "--size", "64M", "--dir", data]);
const rows = [["pair", "planted: exit", "not planted: exit"]];
let [found, falseAlarms] = [0, 0];
for (let pair = 1; pair <= pairs; pair++) {
  const before = await run(`${pair}-before`, false);
  const after = await run(`${pair}-after`, false);
  const slower = await run(`${pair}-slower`, true);
  const [planted, notPlanted] = [await compare(before, slower), await compare(before, after)];
  if (planted === 4) found++;
  if (notPlanted === 4) falseAlarms++;
  rows.push([String(pair), String(planted), String(notPlanted)]);
}
console.log(table(rows));
console.log(`found ${found} of ${pairs}; false alarms ${falseAlarms} of ${pairs}`);
if (found < pairs || falseAlarms > 0) process.exitCode = 1;

/** @returns Path of the result. */
async function run(name: string, isSlow: boolean): Promise<string> {
  using state = temporaryFolder("planted-sleep-state");
  const words = ["seed", torrent, "--dir", data, "--state-dir", state.path];
  const quiet = ["--no-dht", "--no-lsd", "--no-port-mapping", "--upload-slots", "all"];
  const environment = isSlow ? { NODE_OPTIONS: `--require ${slowReads}` } : {};
  await using seeder = await startProcess(
    [...command, ...words, ...quiet, "--port", "0", "--json"],
    { environment },
  );
  const port = await seeder.lineWhere("its port", (line) => /"port":(\d+)/.exec(line)?.[1]);
  await seeder.lineWhere("all pieces", (line) => (line.includes('"complete"') ? line : undefined));
  const result = join(folder.path, `${name}.json`);
  const target = ["--target", `127.0.0.1:${port}`, "--torrent", torrent, "--data", data];
  await runProcess([...command, "load-test", "peers", ...target, ...load, "--result", result]);
  return result;
}

async function compare(before: string, after: string): Promise<number | undefined> {
  const words = ["load-test", "compare", before, "--with", after];
  await using comparison = await startProcess([...command, ...words]);
  return (await comparison.exited).status;
}
