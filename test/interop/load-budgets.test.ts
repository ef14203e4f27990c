// Load tests of twenty seconds with budgets, as a build runs them: by the command, judged by its exit code.

import test from "ava";
import { runCommand, type CommandEnd } from "../support/programs/command.ts";

/** The generator had no processor time: this says nothing of the target. */
const mostAttempts = 3;

async function runLoad(words: readonly string[]): Promise<CommandEnd> {
  for (let attempt = 1; ; attempt++) {
    // One after the other.
    // oxlint-disable-next-line no-await-in-loop
    const end = await runCommand(["load-test", ...words]);
    if (attempt === mostAttempts || !end.stdout.includes("generator-saturated")) return end;
  }
}

test.serial("our seeder keeps the budgets of the scenario ci-budgets", async (t) => {
  const { status, stdout, stderr } = await runLoad(["ci-budgets"]);
  t.is(status, 0, `${stdout}\n${stderr}`);
  t.regex(stdout, /passed: every budget holds/);
});

test.serial("opentracker keeps the budgets of 2,000 announces and scrapes a second", async (t) => {
  const words = ["tracker", "--target", "opentracker", "--count", "500", "--rate", "2000/s"];
  const budgets = ["announce.p99 < 200ms", "wrong_answers <= 0", "errors < 0.1%"];
  const options = budgets.flatMap((budget) => ["--budget", budget]);
  const { status, stdout, stderr } = await runLoad([...words, "--for", "15s", ...options]);
  t.is(status, 0, `${stdout}\n${stderr}`);
  t.regex(stdout, /passed: every budget holds/);
});

test.serial("a budget that cannot hold ends a load test with exit 4", async (t) => {
  const words = ["peers", "--target", "ours", "--size", "16M", "--count", "10", "--for", "3s"];
  const { status, stdout, stderr } = await runLoad([...words, "--budget", "blocks <= 0"]);
  t.is(status, 4, `${stdout}\n${stderr}`);
});
