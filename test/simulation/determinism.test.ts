import { fileURLToPath } from "node:url";
import test from "ava";
import { runProcess } from "../support/programs/process.ts";
import { runDownload } from "../support/simulated/runs/download.ts";
import { rightSha256 } from "../support/simulated/engine/invariants.ts";
import { calmScenario, deadlyScenario } from "../support/simulated/runs/scenario.ts";

const tracer = fileURLToPath(new URL("../support/simulated/runs/trace.ts", import.meta.url));

test("downloaded files equal the seeded files by SHA-256", async (t) => {
  const { swarm, sha256, violations } = await runDownload(calmScenario(1));
  t.deepEqual(sha256(), rightSha256(swarm.torrent));
  t.deepEqual(violations, []);
});

test("AE8, AE9, C01: the tracker gets started, completed and stopped, once each", async (t) => {
  const { swarm } = await runDownload(calmScenario(2));
  t.deepEqual(swarm.tracker.heard, ["started 6889", "completed 6889", "stopped 6889"]);
});

test("the same seed gives the same trace, byte for byte, and another seed another trace", async (t) => {
  const traceOf = async (seed: number): Promise<readonly string[]> => {
    const { swarm } = await runDownload(calmScenario(seed), { keepTrace: true });
    return swarm.world.trace;
  };
  const first = await traceOf(7);
  const again = await traceOf(7);
  t.is(again.join("\n"), first.join("\n"));
  t.true(first.length > 500);
  t.not((await traceOf(8)).join("\n"), first.join("\n"));
});

test("two processes give the same trace, also with kills and broken connections", async (t) => {
  const seed = 3;
  const { swarm } = await runDownload(deadlyScenario(seed), { keepTrace: true });
  const here = `${swarm.world.traceDigest()} ${swarm.world.trace.length}`;
  const there = await runProcess([process.execPath, tracer, String(seed)]);
  t.deepEqual(there, [here]);
});
