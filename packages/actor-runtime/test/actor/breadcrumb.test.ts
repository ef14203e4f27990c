import test from "ava";
import { breadcrumbWords } from "../../src/index.ts";
import { BreadcrumbWriter } from "../../src/actor/breadcrumb.ts";

const sender = { name: "somebody", epoch: 1 };

/** Handlers of two tables over one note, which each of them reads. */
function noting() {
  const breadcrumb = new Int32Array(breadcrumbWords);
  const seen: number[][] = [];
  const look = () => void seen.push([...breadcrumb.subarray(0, 2)]);
  const breadcrumbs = new BreadcrumbWriter(
    breadcrumb,
    (message) => (message as { readonly torrent: number }).torrent,
  );
  const calls = breadcrumbs.tableOf({
    look,
    fail: () => {
      throw new Error("poison");
    },
    "fail-later": async () => {
      await Promise.resolve();
      throw new Error("slow poison");
    },
  });
  const hears = breadcrumbs.tableOf({ heard: look });
  const say = (name: string, torrent: number) =>
    (calls.get(name) ?? hears.get(name))?.({}, { torrent }, sender);
  return { breadcrumb, seen, say };
}

test("while a message is handled the breadcrumb has its handler and subject", (t) => {
  const { breadcrumb, seen, say } = noting();
  say("look", 7);
  say("heard", 8);
  t.deepEqual(seen, [
    [1, 7],
    [4, 8],
  ]);
  t.true(breadcrumb.every((word) => word === 0));
});

test("the breadcrumb of a crashed handler stays", (t) => {
  const { breadcrumb, say } = noting();
  t.throws(() => say("fail", 9), { message: "poison" });
  t.deepEqual([...breadcrumb.subarray(0, 2)], [2, 9]);
});

test("a handler that fails later sets its breadcrumb again", async (t) => {
  const { breadcrumb, say } = noting();
  const failing = say("fail-later", 9) as Promise<void>;
  say("look", 3);
  t.is(breadcrumb[0], 0);
  await t.throwsAsync(failing, { message: "slow poison" });
  t.deepEqual([...breadcrumb.subarray(0, 2)], [3, 9]);
});
