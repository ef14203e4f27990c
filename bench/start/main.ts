// `pnpm bench:start`: the price of a start of the command and of the library, each beside `node -e 0` in the same turn.
//
//   --runs N     runs of each (7)
//   --only NAME  some rows, with commas between
//
// "Cold" is a run with an empty cache of compiled code. Runs that are not counted fill the cache for the others.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  bundleEach,
  bundleModules,
  moduleEntryPoints,
  plainEntryPoints,
  scriptEntryPoints,
} from "../../scripts/bundle-modules.ts";
import { bundlePlainly, bundleScripts } from "../../scripts/bundle-script.ts";
import { runMeasured, type Cost } from "../support/measure.ts";
import { Seeder } from "../support/seeder.ts";
import { median, spread, table } from "../support/statistics.ts";
import { writePayload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { startProcess } from "../../test/support/programs/process.ts";
import { quietWords } from "../../test/support/swarm/quiet.ts";

const mebibyte = 1 << 20;
/** The code that is kept is complete after the second run. */
const fillingRuns = 3;
const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const { values } = parseArgs({
  options: { runs: { type: "string", default: "7" }, only: { type: "string" } },
});

using folder = temporaryFolder("troupe-start");
const payload = writePayload({
  folder: join(folder.path, "source"),
  name: "payload",
  pieceLengthBytes: mebibyte,
  files: 16 * mebibyte,
});
const torrent = writeTorrentFile(payload);
await using seeder = await Seeder.start({
  infoHash: torrent.infoHash,
  file: join(payload.folder, payload.name),
  pieceLengthBytes: payload.pieceLengthBytes,
});
const target = join(folder.path, "target");
const download = [command, "download", torrent.path, "--dir", target, "--json", "--port", "0"];
const words = [...download, "--state-dir", join(folder.path, "state"), ...quietWords];
const peer = ["--peer", `127.0.0.1:${seeder.port}`];

interface Row {
  readonly name: string;
  readonly words: readonly string[];
  readonly isCold?: boolean;
  /** Ends the run: the time is that until the line. */
  readonly line?: string;
}

const program = await joinedProgram(join(folder.path, "library"));
const library = [program, torrent.path, target, String(seeder.port)];
const all: readonly Row[] = [
  { name: "node", words: ["-e", "0"] },
  { name: "version", words: [command, "--version"] },
  { name: "info", words: [command, "info", torrent.path] },
  { name: "listening", words, line: '"listening"' },
  { name: "download", words: [...words, ...peer] },
  { name: "cold-listening", words, line: '"listening"', isCold: true },
  { name: "cold-download", words: [...words, ...peer], isCold: true },
  { name: "library", words: library },
];
const chosen = values.only?.split(",");
const rows = all.filter(({ name }) => name === "node" || (chosen?.includes(name) ?? true));

/** The processor time is unknown of a run that ends early. */
type Price = Pick<Cost, "wallSeconds" | "cpuSeconds">;

const costs = new Map(rows.map((row) => [row, [] as Price[]]));
for (const row of rows) {
  for (let count = 0; count < fillingRuns && row.isCold !== true; count++) await run(row);
}
for (let count = 0; count < Number(values.runs); count++) {
  for (const row of rows) costs.get(row)?.push(await run(row));
}
console.log(report());

/** A program with the library, whose threads start from the same files as those of the package. */
async function joinedProgram(outdir: string): Promise<string> {
  const source = fileURLToPath(new URL("library-run.ts", import.meta.url));
  await bundleModules({ program: source }, outdir);
  await bundleEach(moduleEntryPoints(), outdir);
  await bundlePlainly(plainEntryPoints(), outdir);
  await bundleScripts(scriptEntryPoints(), outdir);
  writeFileSync(join(outdir, "package.json"), '{ "type": "module" }');
  return join(outdir, "program.js");
}

async function run(row: Row): Promise<Price> {
  const cold = join(folder.path, "cold");
  for (const path of [target, join(folder.path, "state"), cold]) {
    rmSync(path, { recursive: true, force: true });
  }
  const cache = row.isCold === true ? cold : join(folder.path, "cache");
  const environment = { XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: join(cache, "compiled") };
  const call = [process.execPath, ...row.words];
  if (row.line === undefined) return (await runMeasured(call, { environment })).cost;
  return await runUntil(call, row.line, environment);
}

async function runUntil(
  call: readonly string[],
  text: string,
  environment: Readonly<Record<string, string>>,
): Promise<Price> {
  const startMs = performance.now();
  await using child = await startProcess(call, { environment });
  await child.lineWhere(text, (line) => line.includes(text) || undefined);
  const wallSeconds = (performance.now() - startMs) / 1_000;
  return { wallSeconds, cpuSeconds: Number.NaN };
}

function report(): string {
  const lines = rows.map((row) => {
    const wall = (costs.get(row) ?? []).map((cost) => 1_000 * cost.wallSeconds);
    const cpu = (costs.get(row) ?? []).map((cost) => 1_000 * cost.cpuSeconds);
    const isTimed = row.line !== undefined;
    const figures = [spread(wall, 0), isTimed ? "–" : spread(cpu, 0)];
    return [
      row.name,
      ...figures,
      ratio(row, "wallSeconds"),
      isTimed ? "–" : ratio(row, "cpuSeconds"),
    ];
  });
  return table([["row", "ms", "CPU ms", "ms ÷ node", "CPU ÷ node"], ...lines]);
}

/** The ratio of the medians. */
function ratio(row: Row, figure: "wallSeconds" | "cpuSeconds"): string {
  const of = (name: Row): number => median((costs.get(name) ?? []).map((cost) => cost[figure]));
  const [node] = rows;
  return node === undefined ? "–" : (of(row) / of(node)).toFixed(2);
}
