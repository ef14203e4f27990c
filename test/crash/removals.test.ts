// A removal of 6,000 files that is killed at a disk call is finished by the next restore, and nothing is fetched again.
// The gate kills it at two calls, the long lanes at five, and `pnpm test:crash:moves` at twenty.

import test from "ava";
import { RemovalScene } from "./removal-scene.ts";
import { isLong } from "../support/lanes.ts";

const places = process.env["CRASHES"] === "all" ? 20 : isLong ? 5 : 2;

const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

let opened: RemovalScene | undefined;
/** Kills that left some of the files. */
let partial = 0;

async function sceneOf(): Promise<RemovalScene> {
  opened ??= await RemovalScene.open();
  return opened;
}

test.after.always(async () => {
  await opened?.[Symbol.asyncDispose]();
});

onLinux("a removal that is not killed leaves nothing", async (t) => {
  const { calls, filesLeft, violations } = await (await sceneOf()).run(0);
  t.deepEqual([filesLeft, violations], [0, []]);
  t.true(calls > 6_000, `${calls} disk calls`);
});

for (let place = 0; place < places; place++) {
  // The first calls put the removal on record.
  const [at, counted] = place === 0 ? [2, "all" as const] : [Math.round((place * 6_000) / places)];
  onLinux(
    `a removal that is killed at disk call ${at} is finished by the next restore`,
    async (t) => {
      const scene = await sceneOf();
      const { wasKilled, filesLeft, violations } = await scene.run(at, counted);
      t.deepEqual(violations, []);
      t.true(wasKilled);
      if (filesLeft > 0 && filesLeft < 6_000) partial += 1;
    },
  );
}

onLinux("all kills but the first come amid the files", (t) => {
  t.true(partial >= places - 1, `${partial} of ${places} kills came amid the files`);
});
