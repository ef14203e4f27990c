import test from "ava";
import { noTotals } from "@troupe/messages";
import { saveTotals, totalsNow } from "../../../src/engine/totals/save-totals.ts";
import { makeScene } from "../../support/engine-scene.ts";

test("without a state folder only the session has totals", async (t) => {
  const { engine } = makeScene();
  engine.totals.torrentRemoved({ ...noTotals, uploadedBytes: 7 });
  await saveTotals(engine);
  t.deepEqual(await totalsNow(engine), {
    session: { ...noTotals, uploadedBytes: 7, sessions: 1 },
  });
});
