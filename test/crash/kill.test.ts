// A download that is killed at a disk call, or at any moment: the list is whole, nothing is claimed that is not there,
// and nothing that was said to be had is fetched again. `pnpm test:crash` kills it at each of its disk calls, at two
// hundred moments, twenty times a slow one that syncs and commits on the way, and twenty times one whose files are made
// ahead; FROM and TO pick a part of these.

import test from "ava";
import { SeededRandom } from "@troupe/actor-runtime/simulated";
import { CrashScene, type Crash, type End, type Pace } from "./crash-scene.ts";

const isLong = process.env["CRASHES"] === "all";
const first = Number(process.env["FROM"] ?? "1");
const last = Number(process.env["TO"] ?? "Infinity");
/** Some come after its end. */
const momentCount = isLong ? 320 : 3;
const slowCount = isLong ? 20 : 0;
const aheadCount = isLong ? 20 : 2;
const slowMs = 25_000;
const aheadMs = 1_800;

/** A download in half a second; in 25 s; in two seconds, of which making the files takes all but the first. */
const paces = {
  quick: { bytesPerSecond: 20e6 },
  slow: { bytesPerSecond: 400e3 },
  ahead: { bytesPerSecond: 40e6, makingMs: 30 },
} as const satisfies Record<string, Pace>;
type Kind = keyof typeof paces;

const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

/** Where to end one run, and of which download. */
interface Point {
  readonly end: End;
  readonly kind: Kind;
}

/** @param whole A download that was not killed. */
function points({ calls, tookMs }: Crash): Point[] {
  const random = new SeededRandom("kills");
  const moments = (count: number, longestMs: number): number[] =>
    Array.from({ length: count }, () => 100 + random.integer(longestMs - 100));
  const step = isLong ? 1 : Math.ceil(calls / 6);
  const numbers = Array.from({ length: Math.ceil(calls / step) }, (_, index) => 1 + index * step);
  return [
    ...moments(momentCount, tookMs).map((afterMs) => ({
      end: { afterMs },
      kind: "quick" as const,
    })),
    ...numbers.map((atCall) => ({ end: { atCall }, kind: "quick" as const })),
    ...moments(slowCount, slowMs).map((afterMs) => ({ end: { afterMs }, kind: "slow" as const })),
    ...moments(aheadCount, aheadMs).map((afterMs) => ({
      end: { afterMs },
      kind: "ahead" as const,
    })),
  ];
}

onLinux(
  "F16, E04: a download that is killed at any disk call or moment loses no piece and reports no missing one",
  async (t) => {
    await using scenes = new AsyncDisposableStack();
    const opened = new Map<Kind, CrashScene>();
    const run = async ({ end, kind }: Point): Promise<Crash> => {
      const scene = opened.get(kind) ?? scenes.use(await CrashScene.open(paces[kind]));
      opened.set(kind, scene);
      return await scene.run(end);
    };
    const whole = await run({ end: undefined, kind: "quick" });
    t.deepEqual([whole.violations, whole.unfound, whole.redone], [[], 0, 0]);
    t.true(whole.calls >= 300, `${whole.calls} disk calls are recorded`);
    const all = points(whole);
    const [killed, ended] = [{ calls: 0, moments: 0, slow: 0, ahead: 0 }, { before: 0 }];
    let worstRedone = 0;
    for (const point of all.slice(first - 1, last)) {
      const { end, kind } = point;
      const crash = await run(point);
      const where = JSON.stringify(point);
      t.deepEqual(crash.violations, [], where);
      t.is(crash.unfound, 0, `${where}: pieces that are there and would be fetched again`);
      worstRedone = Math.max(worstRedone, crash.redone);
      if (!crash.wasKilled) ended.before++;
      else if (kind !== "quick") killed[kind]++;
      else if (end !== undefined && "atCall" in end) killed.calls++;
      else killed.moments++;
    }
    t.true(killed.calls + killed.moments + killed.slow + killed.ahead > ended.before);
    t.log(
      `${all.length} points, of ${whole.calls} disk calls; killed at ${killed.calls} calls and ${killed.moments} moments, slow ones at ${killed.slow} more, ${killed.ahead} whose files are made ahead; ${ended.before} had ended before`,
    );
    t.log(`at worst ${worstRedone} pieces, all of them in flight, come again`);
  },
);
