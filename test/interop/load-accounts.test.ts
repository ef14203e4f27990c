// Load tests whose target does not answer, over real threads and sockets: the sums close beside the target's own count, and no
// run passes.

import { loadTest, type LoadTestResult } from "@troupe/load-tester";
import test from "ava";
import { ScriptedSeeder, type Fate } from "../support/load/scripted-seeder.ts";

const torrent = { lengthBytes: 2 ** 22, pieceLengthBytes: 2 ** 18, name: "payload" };
const loads = {
  open: { rate: "400/s", from: "steady" },
  closed: { depth: 4 },
} as const;

interface Run {
  readonly result: LoadTestResult;
  readonly seen: number;
}

async function run(load: keyof typeof loads, fateOf: (request: number) => Fate): Promise<Run> {
  await using seeder = await ScriptedSeeder.start(torrent, fateOf);
  const result = await loadTest({
    name: "accounts",
    targets: { client: seeder.address },
    torrents: { payload: { size: "4MiB", piece: "256KiB", name: "payload" } },
    groups: {
      leech: {
        ...{ behaviour: "leecher", count: 20, load: loads[load], timeout: "4s" },
        ...(load === "closed" && { take: "endless" }),
      },
    },
    phases: { begin: "500ms", steady: "2s" },
    drain: "5s",
    budgets: ["request_block.p50 < 10s"],
  });
  return { result, seen: seeder.requests };
}

function count({ counts }: LoadTestResult, counter: string): number {
  return counts.reduce((sum, each) => sum + (each.counter === counter ? each.value : 0), 0);
}

function sums(result: LoadTestResult): { readonly requests: number; readonly planned: number } {
  const of = (...counters: string[]) =>
    counters.reduce((sum, counter) => sum + count(result, counter), 0);
  return {
    requests: of("answered", "answered_wrong", "requests_refused", "abandoned", "unanswered"),
    planned: of("sent", "not_unchoked", "not_sent_target", "not_sent_ours"),
  };
}

for (const load of ["open", "closed"] as const) {
  test.serial(
    `a target that answers all passes, and the sums close beside its own count, with a load that is ${load}`,
    async (t) => {
      const { result, seen } = await run(load, () => "answer");
      t.deepEqual(sums(result), {
        requests: count(result, "requests"),
        planned: count(result, "planned"),
      });
      t.deepEqual([count(result, "requests"), count(result, "answered")], [seen, seen]);
      t.is(count(result, "planned"), load === "open" ? 800 : 20);
      t.not(result.outcome.kind, "budget-broken");
    },
  );

  test.serial(
    `a target that drops a tenth of the requests does not pass, with a load that is ${load}`,
    async (t) => {
      const { result, seen } = await run(load, (request) =>
        request % 10 === 9 ? "drop" : "answer",
      );
      const dropped = Math.floor(seen / 10);
      t.deepEqual([count(result, "requests"), count(result, "unanswered")], [seen, dropped]);
      t.is(sums(result).requests, seen);
      t.false(result.outcome.kind === "passed", result.outcome.kind);
      t.true(
        result.budgets.some(({ text, holds }) => !holds && text.startsWith("unanswered_share")),
      );
    },
  );

  test.serial(
    `a target that closes its connections is blamed for what was not sent, with a load that is ${load}`,
    async (t) => {
      const { result } = await run(load, (request) => (request >= 200 ? "close" : "answer"));
      t.deepEqual(sums(result), {
        requests: count(result, "requests"),
        planned: count(result, "planned"),
      });
      t.true(count(result, "unanswered") > 0);
      if (load === "open") t.true(count(result, "not_sent_target") > 200);
      t.is(count(result, "not_sent_ours"), 0);
      t.false(result.outcome.kind === "passed", result.outcome.kind);
    },
  );
}

test.serial(
  "a target that stands still before the end does not pass, and its last requests have latencies",
  async (t) => {
    const { result, seen } = await run("open", (request) => (request >= 500 ? "drop" : "answer"));
    const unanswered = seen - 500;
    t.deepEqual([count(result, "answered"), count(result, "unanswered")], [500, unanswered]);
    t.is(seen, 800);
    const [verdict] = result.budgets.filter(({ text }) => text.startsWith("unanswered_share"));
    t.deepEqual([verdict?.holds, verdict?.seen], [false, 0.375]);
    t.false(result.outcome.kind === "passed", result.outcome.kind);
  },
);
