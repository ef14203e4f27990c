import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { SharedAnswers } from "../../src/calls/shared-answers.ts";

test("callers within a second share an answer, later ones ask again", async (t) => {
  const time = new ManualTime();
  const answers = new SharedAnswers(time);
  let asked = 0;
  const ask = (): Promise<number> => Promise.resolve(++asked);
  t.is(await answers.get("files", ask), 1);
  time.advance(999);
  t.is(await answers.get("files", ask), 1);
  time.advance(1);
  t.is(await answers.get("files", ask), 2);
});

test("a command forgets the answers, and an error is not shared", async (t) => {
  const answers = new SharedAnswers(new ManualTime());
  let asked = 0;
  const ask = (): Promise<number> => Promise.resolve(++asked);
  await t.throwsAsync(
    answers.get("files", () => Promise.reject(new Error("a fault"))),
    { message: "a fault" },
  );
  t.is(await answers.get("files", ask), 1);
  answers.forget();
  t.is(await answers.get("files", ask), 2);
});

test("four questions are under way, further ones wait, and the 257th that waits is refused", async (t) => {
  const answers = new SharedAnswers(new ManualTime());
  const open: PromiseWithResolvers<number>[] = [];
  const ask = (): Promise<number> => {
    const answer = Promise.withResolvers<number>();
    open.push(answer);
    return answer.promise;
  };
  const all = Array.from({ length: 260 }, (_, at) => answers.get(`files of ${at}`, ask));
  t.is(open.length, 4);
  await t.throwsAsync(answers.get("one more", ask), { code: "too-many-calls" });
  open[0]?.resolve(7);
  t.is(await all[0], 7);
  for (let at = 1; at < 260; at++) {
    while (open[at] === undefined) await Promise.resolve();
    open[at]?.resolve(at);
  }
  t.is((await Promise.all(all)).length, 260);
});
