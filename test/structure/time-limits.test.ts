// ava ends a run in which nothing happens for a while, but not while a test with a longer limit of its own may still run:
// it lets that while pass once and never looks again, so that a process that hangs then holds the run forever.

import test from "ava";
import { listTrackedFiles, readRepositoryFile } from "../support/files/repository.ts";

const minuteMs = 60_000;

/** Limits in milliseconds that a file sets; of a choice between a long form and the usual one the usual one, the last. */
function limitsOf(path: string): number[] {
  const calls = readRepositoryFile(path).matchAll(/t\.timeout\([^)]*?([\d_]+)\)/g);
  return [...calls].map(([, limit = ""]) => Number(limit.replaceAll("_", "")));
}

function idleMinutesOf(config: string): number {
  const [, minutes] = /timeout: "(\d+)m"/.exec(readRepositoryFile(config)) ?? [];
  return Number(minutes);
}

test("limits of tests are found", (t) => {
  t.true(listTrackedFiles("test/*.test.ts").flatMap(limitsOf).length > 20);
});

for (const [config, ...patterns] of [
  ["ava.config.js", "packages/*.test.ts", "test/*.test.ts", "examples/*.test.ts"],
  ["ava.interop.config.js", "test/interop/*.test.ts"],
  ["ava.load.config.js", "test/interop/load-*.test.ts"],
  ["ava.simulation.config.js", "test/simulation/*.test.ts"],
] as const) {
  test(`no test has a limit above the time without an event after which ${config} ends a run`, (t) => {
    const allowedMs = idleMinutesOf(config) * minuteMs;
    t.true(allowedMs > 0);
    const limits = listTrackedFiles(...patterns).flatMap(limitsOf);
    t.deepEqual(
      limits.filter((limitMs) => limitMs > allowedMs),
      [],
    );
  });
}
