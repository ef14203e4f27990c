// A removal of 6,000 files that is killed at a disk call is finished by the next restore, and nothing is fetched again.
// `pnpm test:crash:moves` kills it at twenty calls instead of five.

import test from "ava";
import { RemovalScene } from "./removal-scene.ts";

const places = process.env["CRASHES"] === "all" ? 20 : 5;

const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

onLinux("a removal that is killed at any disk call is finished by the next restore", async (t) => {
  t.timeout(300_000);
  await using scene = await RemovalScene.open();
  const whole = await scene.run(0);
  t.deepEqual([whole.filesLeft, whole.violations], [0, []]);
  t.true(whole.calls > 6_000, `${whole.calls} disk calls`);
  let [partial, silent] = [0, 0];
  for (let place = 0; place < places; place++) {
    // The first calls put the removal on record.
    const [at, counted] =
      place === 0 ? [2, "all" as const] : [Math.round((place * 6_000) / places)];
    const { wasKilled, filesLeft, violations, wasSilent } = await scene.run(at, counted);
    t.deepEqual(violations, [], `call ${at} of ${whole.calls}`);
    t.true(wasKilled);
    if (filesLeft > 0 && filesLeft < 6_000) partial += 1;
    if (wasSilent) silent += 1;
  }
  t.log(`${partial} of ${places} kills came amid the files`);
  t.true(partial >= places - 1);
  t.true(silent <= 1, `${silent} restores left files`);
});
