// `pnpm bench:metrics`: the price of `metrics()` with many torrents. It compares the call, and the reading in the engine's
// thread, with a structured clone of the result. It also measures how late the engine's turns are with a call a second and
// without, in two programs at the same time, so that other work on the machine delays both.
//
//   --torrents N   seeding torrents without peers (1,000)
//   --seconds N    time for which turns are measured (30)
//   --runs N       runs of each (3)

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ThreadCounts } from "../../test/support/counts/thread-hook.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import {
  runProcess,
  startProcess,
  type RunningProcess,
} from "../../test/support/programs/process.ts";
import { makeState, type MadeTorrent } from "../restore/make-state.ts";
import { median, spread, table } from "../support/statistics.ts";

/** Time after which a program that has added its torrents is at rest. */
const settleMs = 10_000;
/** The greatest figures that pass. */
const mostClones = 1.5;
const mostLaterMs = 1;

interface Times {
  readonly readMs: number;
  readonly cloneMs: number;
}

interface Turns {
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly maxMs: number;
}

const { values } = parseArgs({
  options: {
    torrents: { type: "string", default: "1000" },
    seconds: { type: "string", default: "30" },
    runs: { type: "string", default: "3" },
  },
});
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const hook = new URL("../../test/support/counts/thread-hook.ts", import.meta.url);
const torrents: readonly MadeTorrent[] = Array.from(
  { length: Number(values.torrents) },
  (_, torrent) => ({
    name: `torrent-${torrent}`,
    files: [{ path: ["a"], lengthBytes: 256 * 16_384 }],
  }),
);

const kinds = ["quiet", "asked"] as const;
type Kind = (typeof kinds)[number];
using folders = new DisposableStack();
const stateOf = (kind: Kind): string => {
  const { path } = folders.use(temporaryFolder(`troupe-metrics-${kind}`));
  makeState(path, torrents);
  return path;
};
const states: Readonly<Record<Kind, string>> = {
  quiet: stateOf("quiet"),
  asked: stateOf("asked"),
};
const reads: Times[] = [];
const calls: Times[] = [];
const turns: Record<Kind, Turns[]> = { quiet: [], asked: [] };
for (let run = 0; run < Number(values.runs); run++) {
  reads.push(await timeReads());
  const [quiet, asked] = await Promise.all([measureTurns("quiet"), measureTurns("asked")]);
  turns.quiet.push(quiet);
  turns.asked.push(asked);
}

const clones = (of: readonly Times[]): number =>
  median(of.map(({ readMs, cloneMs }) => readMs / cloneMs));
const rowOf = (name: string, of: readonly Times[]): string[] => [
  name,
  spread(
    of.map(({ readMs }) => 1_000 * readMs),
    0,
  ),
  spread(
    of.map(({ cloneMs }) => 1_000 * cloneMs),
    0,
  ),
  clones(of).toFixed(2),
];
console.log(
  table([
    ["", "µs", "a structured clone, µs", "clones"],
    rowOf("read in the engine's thread", reads),
    rowOf("call of the library", calls),
  ]),
);
console.log();
const lateRow = (name: Kind): string[] => [
  name,
  ...(["p99Ms", "mostMs", "maxMs"] as const).map((figure) =>
    spread(
      turns[name].map((each) => each[figure]),
      2,
    ),
  ),
];
console.log(
  table([
    ["turns of the engine", "p99, ms late", "p99.9, ms", "most, ms"],
    lateRow("quiet"),
    lateRow("asked"),
  ]),
);
const laterMs = median(
  turns.asked.map(({ p99Ms }, run) => p99Ms - (turns.quiet[run]?.p99Ms ?? Number.NaN)),
);
const isCheap = clones(reads) <= mostClones && laterMs <= mostLaterMs;
console.log(
  `\na reading takes ${clones(reads).toFixed(2)} clones (bar ${mostClones}); p99 of the turns is ${laterMs.toFixed(2)} ms later (bar ${mostLaterMs})`,
);
process.exitCode = isCheap ? 0 : 1;

async function timeReads(): Promise<Times> {
  const lines = await runProcess([process.execPath, here("read-cost.ts"), String(torrents.length)]);
  return timesOf(JSON.parse(lines.at(-1) ?? "") as Readonly<Record<keyof Times, number[]>>);
}

function timesOf({ readMs, cloneMs }: Readonly<Record<keyof Times, number[]>>): Times {
  return { readMs: median(readMs), cloneMs: median(cloneMs) };
}

/** Runs each measurement in a program of its own, so that the threads count once. */
async function measureTurns(kind: Kind): Promise<Turns> {
  using counts = temporaryFolder("troupe-turns");
  const url = new URL(hook);
  url.searchParams.set("to", counts.path);
  url.searchParams.set("what", "lateness");
  const words = ["--disable-warning=ExperimentalWarning", "--import", url.href];
  await using program = await startProcess([
    ...[process.execPath, ...words],
    ...[here("engine-run.ts"), states[kind]],
  ]);
  await objectWith(program, "added");
  await delay(settleMs);
  if (kind === "asked") program.say("ask");
  process.kill(program.pid, "SIGUSR2");
  await delay(Number(values.seconds) * 1_000);
  process.kill(program.pid, "SIGUSR2");
  const path = join(counts.path, "engine.json");
  while (!existsSync(path)) await delay(50);
  const { lateness } = JSON.parse(readFileSync(path, "utf8")) as ThreadCounts;
  if (lateness === undefined) throw new Error("bug: no delays");
  if (kind === "asked") {
    program.say("cost");
    calls.push(timesOf(await objectWith(program, "readMs")));
  }
  return lateness;
}

/** The first line that is an object with this key. */
async function objectWith<Found>(program: RunningProcess, key: string): Promise<Found> {
  return await program.lineWhere(key, (line) => {
    if (!line.startsWith("{")) return undefined;
    const found = JSON.parse(line) as Found & object;
    return key in found ? found : undefined;
  });
}
