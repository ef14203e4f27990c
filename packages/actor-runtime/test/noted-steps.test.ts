import test from "ava";
import { inputWords } from "../src/index.ts";
import { NotedSteps } from "../src/noted-steps.ts";

const sender = { name: "somebody", epoch: 1 };

/** Handlers of two tables over one note, which each of them reads. */
function noting() {
  const input = new Int32Array(inputWords);
  const seen: number[][] = [];
  const look = () => void seen.push([...input.subarray(0, 2)]);
  const steps = new NotedSteps(
    input,
    (message) => (message as { readonly torrent: number }).torrent,
  );
  const calls = steps.tableOf({
    look,
    fail: () => {
      throw new Error("poison");
    },
    "fail-later": async () => {
      await Promise.resolve();
      throw new Error("slow poison");
    },
  });
  const hears = steps.tableOf({ heard: look });
  const say = (name: string, torrent: number) =>
    (calls.get(name) ?? hears.get(name))?.({}, { torrent }, sender);
  return { input, seen, say };
}

test("each message is noted with its handler and its subject while it is handled", (t) => {
  const { input, seen, say } = noting();
  say("look", 7);
  say("heard", 8);
  t.deepEqual(seen, [
    [1, 7],
    [4, 8],
  ]);
  t.true(input.every((word) => word === 0));
});

test("what a handler died of stays noted", (t) => {
  const { input, say } = noting();
  t.throws(() => say("fail", 9), { message: "poison" });
  t.deepEqual([...input.subarray(0, 2)], [2, 9]);
});

test("a handler that fails later is noted again", async (t) => {
  const { input, say } = noting();
  const failing = say("fail-later", 9) as Promise<void>;
  say("look", 3);
  t.is(input[0], 0);
  await t.throwsAsync(failing, { message: "slow poison" });
  t.deepEqual([...input.subarray(0, 2)], [3, 9]);
});
