import test from "ava";
import { TroupeError } from "@troupe/control";
import { EngineRevival } from "../../../src/api/life/engine-revival.ts";

const gone = () => new TroupeError("actor-gone", "the engine is not there");

test("a question to an engine that crashes is asked of the next one, once that has all torrents", async (t) => {
  const revival = new EngineRevival();
  let asked = 0;
  const answer = revival.untilAnswered(async () => {
    asked += 1;
    await Promise.resolve();
    if (asked > 1) return "answer";
    revival.begin();
    throw gone();
  });
  await new Promise(setImmediate);
  t.is(asked, 1);
  revival.end();
  t.is(await answer, "answer");
});

test("an error that is no crash goes to the caller", async (t) => {
  const refused = revivalThat(() => new Error("refused"));
  await t.throwsAsync(refused, { message: "refused" });
});

test("a question that a lost engine did not answer, and each later one, rejects with the loss", async (t) => {
  const revival = new EngineRevival();
  revival.begin();
  const waiting = revival.untilAnswered(() => Promise.reject(gone()));
  revival.lose(new TroupeError("engine-lost", "it crashed six times"));
  await t.throwsAsync(waiting, { code: "engine-lost" });
  await t.throwsAsync(
    revival.untilAnswered(() => Promise.reject(gone())),
    { code: "engine-lost" },
  );
});

function revivalThat(error: () => Error): Promise<never> {
  return new EngineRevival().untilAnswered(() => Promise.reject(error()));
}
