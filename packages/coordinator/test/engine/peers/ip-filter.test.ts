import test from "ava";
import { rangesOf } from "@troupe/messages/testing";
import { setIpFilter } from "../../../src/engine/peers/ip-filter.ts";
import { makeScene } from "../../support/engine-scene.ts";

test("a new IP filter reaches the engine before every peer-worker", (t) => {
  const { engine, refs, logged } = makeScene({ workers: 2 });
  const ranges = rangesOf("8.0.0.1", "9.0.0.0-9.0.0.255");
  setIpFilter(engine, { ranges });
  t.true(engine.network.ipFilter.has("9.0.0.7"));
  t.deepEqual(
    refs.map((ref) => ref.casts("set-ip-filter")),
    [[{ ranges }], [{ ranges }]],
  );
  t.deepEqual(logged, [{ level: "info", event: "ip-filter-set", fields: { ranges: 2 } }]);
});

test("without ranges no address is filtered", (t) => {
  const { engine, ref } = makeScene();
  setIpFilter(engine, { ranges: rangesOf("8.0.0.1") });
  setIpFilter(engine, {});
  t.false(engine.network.ipFilter.has("8.0.0.1"));
  t.deepEqual(ref(0).casts("set-ip-filter").at(-1), {});
});
