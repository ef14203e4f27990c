// `pnpm bench:load-test`: one scenario against several clients, in turns, by the command that users have.
//
//   clients   500 leechers beside 100 misbehaving peers for a minute (the scenario hostile-mix)
//   storm     10,000 misbehaving connections beside 20 leechers (hostile-storm)
//
//   --only A,B    clients: ours, libtorrent, transmission, rtorrent, qbittorrent, aria2
//   --save D      folder for the results, the tables and one report of all clients

import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readResult, reportHtml, type LoadTestResult } from "@troupe/load-tester";
import { root } from "../../test/support/files/repository.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { startProcess } from "../../test/support/programs/process.ts";
import { table } from "../support/statistics.ts";
import { clientRow, clientTitles, stormRow, stormTitles } from "./rows.ts";

interface Row {
  readonly scenario: string;
  readonly clients: readonly string[];
  readonly titles: readonly string[];
  readonly rowOf: (client: string, result: LoadTestResult, ours: LoadTestResult) => string[];
}

const rows: Readonly<Record<string, Row>> = {
  clients: {
    scenario: "hostile-mix",
    clients: ["ours", "libtorrent", "transmission", "rtorrent", "qbittorrent"],
    titles: clientTitles,
    rowOf: clientRow,
  },
  storm: {
    scenario: "hostile-storm",
    clients: ["ours", "libtorrent"],
    titles: stormTitles,
    rowOf: stormRow,
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" }, save: { type: "string" } },
});
using scratch = temporaryFolder("load-test");
const folder = values.save ?? scratch.path;
await mkdir(folder, { recursive: true });
for (const [name, row] of Object.entries(rows)) {
  if (positionals.length === 0 || positionals.includes(name)) await measure(name, row);
}

async function measure(name: string, row: Row): Promise<void> {
  const clients = values.only?.split(",") ?? row.clients;
  const results: [client: string, result: LoadTestResult][] = [];
  for (const client of clients) results.push([client, await run(row.scenario, client, name)]);
  const [first] = results;
  if (first === undefined) return;
  const lines = results.map(([client, result]) => row.rowOf(client, result, first[1]));
  const text = table([[...row.titles], ...lines]);
  console.log(`\n${row.scenario}\n\n${text}`);
  await writeFile(join(folder, `${name}.md`), `${text}\n`);
  await writeFile(join(folder, `${name}.html`), reportHtml(results.map(([, result]) => result)));
}

/** A broken budget is a result too, and so is a run whose generator was too slow: its row says so. */
async function run(scenario: string, client: string, name: string): Promise<LoadTestResult> {
  const path = join(folder, `${name}-${client}.json`);
  const command = fileURLToPath(new URL("packages/cli/bin/troupe.mjs", root));
  const words = ["load-test", scenario, "--target", client, "--result", path];
  await rm(path, { force: true });
  await using test = await startProcess([process.execPath, command, ...words]);
  const exit = await test.exited;
  const result = existsSync(path) ? await readResult(path) : undefined;
  const isSaturated = result?.outcome.kind === "generator-saturated";
  if (result !== undefined && (exit.status === 0 || exit.status === 4 || isSaturated))
    return result;
  throw new Error(`${scenario} against ${client} ended with ${exit.status}: ${test.tail()}`);
}
