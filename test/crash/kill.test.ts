// A download that is killed at a disk call, or at any moment: the list is whole, nothing is claimed that is not there,
// and nothing that was said to be had is lost. `pnpm test:crash` runs the long form.

import test, { type ExecutionContext } from "ava";
import { SeededRandom } from "@troupe/actor-runtime/simulated";
import { CrashScene, type Crash } from "./crash-scene.ts";

const crashes = Number(process.env["CRASHES"] ?? "20");
const isLong = crashes >= 100;
const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

/** Kills as often as asked: three of five at a disk call, the others at some moment. */
async function killOften(
  t: ExecutionContext,
  scene: CrashScene,
  count: number,
  longestMs: number,
): Promise<void> {
  const whole = await scene.run(undefined);
  t.deepEqual([whole.violations, whole.unfound], [[], 0]);
  t.true(whole.calls >= 300, `${whole.calls} disk calls are recorded`);
  const random = new SeededRandom("kills");
  let atCalls = 0;
  for (let number = 0; number < count; number++) {
    const isAtCall = number % 5 < 3;
    const end = isAtCall
      ? { atCall: 1 + random.integer(whole.calls) }
      : { afterMs: 100 + random.integer(longestMs) };
    const crash: Crash = await scene.run(end);
    const where = JSON.stringify(end);
    t.deepEqual(crash.violations, [], where);
    t.is(crash.unfound, 0, `${where}: pieces that are there and would be fetched again`);
    if (isAtCall && crash.wasKilled) atCalls++;
  }
  t.true(atCalls > count / 4, `${atCalls} times it was killed at a disk call`);
}

onLinux(
  `F16, E04: killed at ${crashes} points, a download loses nothing and claims nothing`,
  async (t) => {
    t.timeout(60_000 + crashes * 20_000);
    await using scene = await CrashScene.open(20e6);
    await killOften(t, scene, crashes, 1_500);
  },
);

if (isLong) {
  // Files are synced, and records kept, several times on the way.
  const count = Math.ceil(crashes / 10);
  onLinux(
    `F16, E04: killed at ${count} points, a slow download loses nothing and claims nothing`,
    async (t) => {
      t.timeout(60_000 + count * 60_000);
      await using scene = await CrashScene.open(400e3);
      await killOften(t, scene, count, 25_000);
    },
  );
}
