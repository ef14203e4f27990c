import test from "ava";
import { FolderNames } from "../../../src/api/job/folder-names.ts";

/** A folder whose listing takes `tookMs`. */
function scene(tookMs: number) {
  const files = new Set(["a"]);
  const world = { nowMs: 0, listings: 0 };
  let entered: (() => void) | undefined;
  const names = new FolderNames(
    async () => {
      world.listings++;
      const listed = [...files];
      entered?.();
      await Promise.resolve();
      world.nowMs += tookMs;
      return listed;
    },
    () => world.nowMs,
  );
  const whenListed = (work: () => void): void => void (entered = work);
  return { files, world, names, whenListed };
}

test("a listing serves callers for twenty times as long as it took", async (t) => {
  const { files, world, names } = scene(5);
  t.deepEqual([...(await names.all())], ["a"]);
  files.add("of another process");
  world.nowMs += 99;
  t.deepEqual([...(await names.all())], ["a"]);
  world.nowMs += 1;
  t.deepEqual([...(await names.all())], ["a", "of another process"]);
  t.is(world.listings, 2);
});

test("own changes show at once, also those during a listing", async (t) => {
  const { files, names, whenListed } = scene(5);
  whenListed(() => names.put("during"));
  t.deepEqual([...(await names.all())], ["a", "during"]);
  names.put("b");
  names.drop("a");
  files.delete("a");
  t.deepEqual([...(await names.all())], ["during", "b"]);
});

test("callers at the same time share a listing, and one that fails is made again", async (t) => {
  let listings = 0;
  const names = new FolderNames(async () => {
    listings++;
    if (listings === 1) throw new Error("the disk is away");
    return await Promise.resolve(["a"]);
  });
  await Promise.all([t.throwsAsync(names.all()), t.throwsAsync(names.all())]);
  t.is(listings, 1);
  t.deepEqual([...(await names.all())], ["a"]);
});
