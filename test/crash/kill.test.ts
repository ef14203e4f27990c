// A download that is killed at a disk call, or at any moment: the list is whole, nothing is claimed that is not there,
// and nothing that was said to be had is fetched again. `pnpm test:crash` kills it at each of its disk calls, at two
// hundred moments, and twenty times a slow one that syncs and commits on the way; FROM and TO pick a part of these.

import test from "ava";
import { SeededRandom } from "@troupe/actor-runtime/simulated";
import { CrashScene, type Crash, type End } from "./crash-scene.ts";

const isLong = process.env["CRASHES"] === "all";
const first = Number(process.env["FROM"] ?? "1");
const last = Number(process.env["TO"] ?? "Infinity");
/** Some come after its end. */
const momentCount = isLong ? 320 : 8;
const slowCount = isLong ? 20 : 0;
const quickBytesPerSecond = 20e6;
/** 25 s for all. */
const slowBytesPerSecond = 400e3;
const slowMs = 25_000;
const patienceMs = 60_000 + (isLong ? 1_000 : 20) * 20_000;
const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

/** Where to end one run, and of which download. */
interface Point {
  readonly end: End;
  readonly isSlow: boolean;
}

/** @param whole A download that nobody killed. */
function points({ calls, tookMs }: Crash): Point[] {
  const random = new SeededRandom("kills");
  const moments = (count: number, longestMs: number): number[] =>
    Array.from({ length: count }, () => 100 + random.integer(longestMs - 100));
  const step = isLong ? 1 : Math.ceil(calls / 12);
  const numbers = Array.from({ length: Math.ceil(calls / step) }, (_, index) => 1 + index * step);
  return [
    ...moments(momentCount, tookMs).map((afterMs) => ({ end: { afterMs }, isSlow: false })),
    ...numbers.map((atCall) => ({ end: { atCall }, isSlow: false })),
    ...moments(slowCount, slowMs).map((afterMs) => ({ end: { afterMs }, isSlow: true })),
  ];
}

onLinux(
  "F16, E04: killed at any disk call and at any moment, a download loses nothing and claims nothing",
  async (t) => {
    t.timeout(patienceMs);
    await using scene = await CrashScene.open(quickBytesPerSecond);
    await using slowScene = slowCount > 0 ? await CrashScene.open(slowBytesPerSecond) : undefined;
    const whole = await scene.run(undefined);
    t.deepEqual([whole.violations, whole.unfound, whole.redone], [[], 0, 0]);
    t.true(whole.calls >= 300, `${whole.calls} disk calls are recorded`);
    const all = points(whole);
    const [killed, ended] = [{ calls: 0, moments: 0, slow: 0 }, { before: 0 }];
    let worstRedone = 0;
    for (const { end, isSlow } of all.slice(first - 1, last)) {
      const crash = await (isSlow ? slowScene : scene)?.run(end);
      const where = JSON.stringify(end);
      t.deepEqual(crash?.violations, [], where);
      t.is(crash?.unfound, 0, `${where}: pieces that are there and would be fetched again`);
      worstRedone = Math.max(worstRedone, crash?.redone ?? 0);
      if (crash?.wasKilled !== true) ended.before++;
      else if (isSlow) killed.slow++;
      else if (end !== undefined && "atCall" in end) killed.calls++;
      else killed.moments++;
    }
    t.true(killed.calls + killed.moments + killed.slow > ended.before);
    t.log(
      `${all.length} points, of ${whole.calls} disk calls; killed at ${killed.calls} calls and ${killed.moments} moments, slow ones at ${killed.slow} more; ${ended.before} had ended before`,
    );
    t.log(`at worst ${worstRedone} pieces, all of them in flight, come again`);
  },
);
