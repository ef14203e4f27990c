// ava ends a run in which nothing happens for a while, but not while a test with a limit of its own may still run: it lets
// that while pass once and never looks again, so that a process that hangs then holds the run forever.

import test from "ava";
import { listTrackedFiles, readRepositoryFile } from "../support/files/repository.ts";

const minuteMs = 60_000;

/** Limits that grow with the size of the run, which the caller sets together with the limit of ava. */
const others = [
  "test/crash/kill.test.ts",
  "test/crash/moves.test.ts",
  "test/damage/damaged-state.test.ts",
  "test/interop/films.test.ts",
  "test/simulation/dht.test.ts",
  "test/simulation/dht-announces.test.ts",
  "test/simulation/dht-hostile.test.ts",
];

/** In milliseconds, of both forms of a test: a limit is a number, or a choice as `isLong ? 600_000 : 60_000`. */
function limitsOf(path: string): { readonly usual: number; readonly longest: number }[] {
  const calls = readRepositoryFile(path).matchAll(/t\.timeout\((.*)\)/g);
  return [...calls].map(([, form = ""]) => {
    const words = /^(?:\w+ \? ([\d_]+) : )?([\d_]+)$/.exec(form) ?? [];
    const [long = 0, usual = NaN] = words.slice(1).map((word) => toNumber(word));
    return { usual, longest: Math.max(long, usual) };
  });
}

function toNumber(word: string | undefined): number {
  return Number((word ?? "0").replaceAll("_", ""));
}

function idleMsOf(config: string): number {
  const [, minutes] = /timeout: "(\d+)m"/.exec(readRepositoryFile(config)) ?? [];
  return Number(minutes) * minuteMs;
}

for (const [config, form, ...patterns] of [
  ["ava.config.js", "usual", "packages/*.test.ts", "test/*.test.ts", "examples/*.test.ts"],
  ["ava.interop.config.js", "longest", "test/interop/*.test.ts", "test/leaks/*.test.ts"],
  ["ava.load.config.js", "longest", "test/interop/load-*.test.ts"],
  ["ava.simulation.config.js", "longest", "test/simulation/*.test.ts"],
  ["ava.torrents.config.js", "longest", "test/torrents/*.test.ts"],
] as const) {
  test(`the limit of each test is below the time without an event after which ${config} ends a run`, (t) => {
    const files = listTrackedFiles(...patterns).filter((path) => !others.includes(path));
    t.true(files.length > 0);
    const limits = files.flatMap((path) => limitsOf(path).map((limit) => ({ path, ...limit })));
    t.deepEqual(
      limits.filter((limit) => !(limit[form] < idleMsOf(config))),
      [],
    );
  });
}
