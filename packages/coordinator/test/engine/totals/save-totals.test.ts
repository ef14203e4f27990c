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

test("the totals have the nodes of the DHT of both families, once a node of ours has run", async (t) => {
  const { engine } = makeScene();
  t.false("dhtNodes" in (await totalsNow(engine)));
  const dht = { counts: { nodes4: 3, nodes6: 4 } };
  const network = { ...engine.network, dht: dht as never };
  t.like(await totalsNow({ ...engine, network }), { dhtNodes: 7 });
});

test("a glance waits half a second for the first answer of the state folder, and then never", async (t) => {
  const { engine, time } = makeScene();
  const asked: unknown[] = [];
  const answer = Promise.withResolvers<{ totals: typeof noTotals }>();
  const call = (name: string): Promise<unknown> => {
    asked.push(name);
    return answer.promise;
  };
  const records = { calls: { call } };
  const services = {
    ...engine,
    records: records as never,
    options: { ...engine.options, stateDirectory: "/state" },
  };
  const first = totalsNow(services, { isGlance: true });
  time.advance(500);
  t.deepEqual(await first, { session: noTotals });
  const second = await totalsNow(services, { isGlance: true });
  t.deepEqual(Object.keys(second), ["session"]);
  answer.resolve({ totals: { ...noTotals, uploadedBytes: 7 } });
  await answer.promise;
  await new Promise(setImmediate);
  t.like(await totalsNow(services, { isGlance: true }), { overall: { uploadedBytes: 7 } });
  t.is(asked.length, 1);
});
