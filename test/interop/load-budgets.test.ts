// A load test of twenty seconds with budgets, as a build runs it: by the command, judged by its exit code.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runCommand, type CommandEnd } from "../support/programs/command.ts";

const mostAttempts = 3;

const scenario = `
targets:
  seeder: { start: ours }
  tracker: { start: opentracker, over: udp }
torrents:
  payload: { size: 16MiB, piece: 256KiB }
groups:
  take: { behaviour: leecher, target: seeder, count: 50, take: 8, arrival: { ramp: 3s } }
  ask:
    behaviour: leecher
    target: seeder
    count: 50
    arrival: { ramp: 3s }
    load: { rate: 500/s, from: steady }
  clients:
    behaviour: tracker
    target: tracker
    count: 500
    swarms: 20
    arrival: { ramp: 3s }
    load: { rate: 1000/s, from: steady }
phases: { ramp: 5s, steady: 15s }
budgets:
  - wrong_blocks <= 0
  - wrong_answers <= 0
  - completed{take} / arrived{take} >= 100%
  - request_block{ask,steady}.p99 < 500ms
  - announce{clients,steady}.p99 < 500ms
`;

/** The tester, or a target, had no processor time: late answers alone say nothing of the targets. */
function isBusy({ stdout }: CommandEnd): boolean {
  const broken = stdout.split("\n").filter((line) => line.startsWith("BROKEN"));
  const areLate = broken.length > 0 && broken.every((line) => line.includes(".p99 "));
  return areLate || stdout.includes("generator-saturated");
}

async function runLoad(words: readonly string[]): Promise<CommandEnd> {
  for (let attempt = 1; ; attempt++) {
    // One after the other.
    // oxlint-disable-next-line no-await-in-loop
    const end = await runCommand(["load-test", ...words]);
    if (attempt === mostAttempts || !isBusy(end)) return end;
  }
}

test("our seeder and opentracker keep the budgets of a load test of 20 s", async (t) => {
  using folder = temporaryFolder();
  const file = join(folder.path, "build.yaml");
  writeFileSync(file, scenario);
  const { status, stdout, stderr } = await runLoad([file]);
  t.is(status, 0, `${stdout}\n${stderr}`);
  t.regex(stdout, /passed: every budget holds/);
});
