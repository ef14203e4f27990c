// A move that is killed at a disk call: the same move finishes afterwards, every byte is there, nothing is left in the old
// folder and nothing is fetched. `pnpm test:crash:moves` kills it at each of its disk calls, to another volume and within one,
// with and without links; FROM and TO pick a part of the calls.

import test from "ava";
import { MoveScene, type Comeback, type MoveKind } from "./move-scene.ts";
import { isLong as isLongLane } from "../support/lanes.ts";

const isLong = process.env["CRASHES"] === "all";
const first = Number(process.env["FROM"] ?? "1");
const last = Number(process.env["TO"] ?? "Infinity");

const comebacks: readonly Comeback[] = [
  "restored",
  "added in the old folder",
  "added in the new folder",
];

const kinds: readonly MoveKind[] = [
  { isOtherVolume: true, hasLinks: true },
  { isOtherVolume: true, hasLinks: false },
  { isOtherVolume: false, hasLinks: true },
  { isOtherVolume: false, hasLinks: false },
];

/** The move of a complete torrent to its final folder. */
const kindsAtCompletion: readonly MoveKind[] = [
  { isOtherVolume: true, hasLinks: true, isAtCompletion: true },
  { isOtherVolume: false, hasLinks: true, isAtCompletion: true },
];

const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

const allKinds = [...kinds, ...kindsAtCompletion];
/**
 * The gate has the move at completion that copies. packages/file-worker/test/move/cut-off.test.ts cuts the moves of all kinds off
 * at each disk call.
 */
const tried =
  isLong || isLongLane ? allKinds : kindsAtCompletion.filter(({ isOtherVolume }) => isOtherVolume);
/** The removal of the gate: a disk call of the middle. */
const middleCall = 40;

for (const kind of tried) {
  const where = `${kind.isOtherVolume ? "to another volume" : "within a volume"}, ${kind.hasLinks ? "with" : "without"} links`;

  onLinux(
    kind.isAtCompletion === true
      ? `E10: a move at completion that is killed at any disk call is finished by the same add: ${where}`
      : `E11: a move that is killed at any disk call is finished by the same move: ${where}`,
    async (t) => {
      await using scene = await MoveScene.open();
      const whole = await scene.run(kind, 0, "restored");
      t.deepEqual(whole.violations, []);
      t.true(whole.calls > 40, `${whole.calls} disk calls are recorded`);
      const shortCount = isLongLane && kind.isOtherVolume && kind.hasLinks ? 3 : 1;
      const step = isLong ? 1 : Math.ceil(whole.calls / (shortCount + 1));
      let [points, kills] = [0, 0];
      const end = isLong || isLongLane ? Math.min(last, whole.calls) : step;
      // The number of calls differs from run to run: of the last ones some come after the end.
      for (let at = isLong ? first : step; at <= end; at += step) {
        const comeback = comebacks[points % comebacks.length] ?? "restored";
        const { wasKilled, violations } = await scene.run(kind, at, comeback);
        t.deepEqual(violations, [], `call ${at}, ${comeback}`);
        points += 1;
        if (wasKilled) kills += 1;
      }
      t.log(`killed at ${kills} of ${points} points, of ${whole.calls} disk calls`);
      t.true(kills > 0);
    },
  );
}

onLinux(
  "a stopped torrent that is removed after a killed move is gone, with its files in both folders",
  async (t) => {
    await using scene = await MoveScene.open();
    const kind = { isOtherVolume: true, hasLinks: false, isStopped: true };
    const isWhole = isLong || isLongLane;
    const calls = isWhole ? (await scene.runRemoval(kind, 0)).calls : middleCall;
    const step = isLong ? 1 : Math.ceil(calls / (isLongLane ? 6 : 1));
    let kills = 0;
    for (let at = isLong ? first : step; at <= Math.min(last, calls); at += step) {
      const { wasKilled, violations } = await scene.runRemoval(kind, at);
      t.deepEqual(violations, [], `call ${at}`);
      if (wasKilled) kills += 1;
    }
    t.log(`killed at ${kills} points, of ${calls} disk calls`);
    t.true(kills > 0);
  },
);
