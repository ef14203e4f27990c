// A download that is killed at a disk call, or after any block of its seeder: the list is whole, nothing is claimed that is
// not there, and nothing that was said to be had is fetched again. `pnpm test:crash` kills it at each of its disk calls, after
// three hundred blocks, twenty times a slow one that syncs and commits on the way, and twenty times one whose files are made
// ahead; FROM and TO pick a part of these.

import test from "ava";
import { SeededRandom } from "@troupe/actor-runtime/simulated";
import {
  CrashScene,
  fileCount,
  payloadBytes,
  type Crash,
  type End,
  type Pace,
} from "./crash-scene.ts";
import { isLong as isLongLane } from "../support/lanes.ts";

const isLong = process.env["CRASHES"] === "all";
const first = Number(process.env["FROM"] ?? "1");
const last = Number(process.env["TO"] ?? "Infinity");
const callCount = isLongLane ? 6 : 1;
const blockCount = isLong ? 320 : isLongLane ? 3 : 1;
const slowCount = isLong ? 20 : 0;
const aheadCount = isLong ? 20 : isLongLane ? 2 : 1;

/** A download as fast as it goes; in 25 s; in two seconds, in which a thread makes its files. */
const paces = {
  quick: {},
  slow: { bytesPerSecond: 400e3 },
  ahead: { makingMs: 30 },
} as const satisfies Record<string, Pace>;
type Kind = keyof typeof paces;

const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

/** Where to end one run, and of which download. */
interface Point {
  readonly end: End;
  readonly kind: Kind;
}

/** @param whole A download that was not killed. */
function points({ calls }: Crash): Point[] {
  const random = new SeededRandom("kills");
  const afterBlocks = (count: number, kind: Kind): Point[] =>
    Array.from({ length: count }, () => ({
      end: { afterBytes: random.integer(payloadBytes) },
      kind,
    }));
  const step = isLong ? 1 : Math.ceil(calls / callCount);
  // A single call is one in the middle.
  const start = callCount === 1 && !isLong ? Math.floor(calls / 2) : 1;
  const numbers = Array.from(
    { length: Math.ceil(calls / step) },
    (_, index) => start + index * step,
  );
  return [
    ...afterBlocks(blockCount, "quick"),
    ...numbers.map((atCall) => ({ end: { atCall }, kind: "quick" as const })),
    ...afterBlocks(slowCount, "slow"),
    ...afterBlocks(aheadCount, "ahead"),
  ];
}

onLinux(
  "F16, E04: a download that is killed at any disk call or after any block loses no piece and reports no missing one",
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
    t.true(whole.calls >= 3.75 * fileCount, `${whole.calls} disk calls are recorded`);
    const all = points(whole);
    const [killed, ended] = [{ calls: 0, blocks: 0, slow: 0, ahead: 0 }, { before: 0 }];
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
      else killed.blocks++;
    }
    t.true(killed.calls + killed.blocks + killed.slow + killed.ahead > ended.before);
    t.log(
      `${all.length} points, of ${whole.calls} disk calls; killed at ${killed.calls} calls and after ${killed.blocks} blocks, slow ones at ${killed.slow} more, ${killed.ahead} whose files are made ahead; ${ended.before} had ended before`,
    );
    t.log(`at worst ${worstRedone} pieces, all of them in flight, come again`);
  },
);
