import { readScenario } from "@troupe/load-tester";
import test from "ava";
import { parseArguments } from "../../src/arguments/parse-arguments.ts";
import { UsageError } from "../../src/arguments/usage-error.ts";

function optionMs(time: string): number | undefined {
  const invocation = parseArguments(["download", "a.torrent", "--give-up", time]);
  return invocation.command === "download" ? invocation.giveUpAfterMs : undefined;
}

function phaseMs(time: string): number | undefined {
  const text = JSON.stringify({
    targets: { client: "127.0.0.1:6881" },
    torrents: { payload: { size: "1MiB" } },
    groups: { idle: { behaviour: "idle", count: 1 } },
    phases: { all: time },
  });
  return readScenario(text, { fileName: "times.json", folder: "/" }).phases[0]?.durationMs;
}

for (const [time, ms] of [
  ["1500ms", 1_500],
  ["90s", 90_000],
  ["2m", 120_000],
  ["2min", 120_000],
  ["2 min", 120_000],
  ["1.5h", 5_400_000],
  ["1d", 86_400_000],
] as const) {
  test(`options and scenario files read the time ${time} alike`, (t) => {
    t.deepEqual([optionMs(time), phaseMs(time)], [ms, ms]);
  });
}

test("an option without a unit counts seconds, and takes a second at least", (t) => {
  t.is(optionMs("90"), 90_000);
  for (const text of ["999ms", "0", "2 weeks", "1.s", "5 S"])
    t.throws(() => optionMs(text), {
      instanceOf: UsageError,
      message: /^--give-up takes a time of at least a second like 90s/,
    });
});
