import test from "ava";
import { dhtEndpoints, dhtLimits } from "../../src/options/dht-values.ts";

const node = { host: "192.0.2.7", port: 6_881 };

test("a hundred nodes may be named, each with a host and a port", (t) => {
  const most = Array<typeof node>(100).fill(node);
  t.deepEqual(dhtEndpoints("nodes", most), most);
  for (const wrong of [[...most, node], "192.0.2.7:1", [{ host: "a", port: 0 }]]) {
    t.throws(() => dhtEndpoints("nodes", wrong as never), { code: "option-out-of-range" });
  }
});

test("a limit lets a node work, or is Infinity", (t) => {
  t.deepEqual(dhtLimits("limits", { lookUps: 1, queryBurst: Infinity }), {
    lookUps: 1,
    queryBurst: Infinity,
  });
  t.throws(() => dhtLimits("limits", { lookUps: 0 }), {
    code: "option-out-of-range",
    message: /limits\.lookUps/,
  });
  for (const [limit, least] of [
    ["queriesPerSecond", 20],
    ["answerBytesPerSecond", 1_000],
    ["queriesPerAddress", 10],
  ] as const) {
    t.deepEqual(dhtLimits("limits", { [limit]: least }), { [limit]: least });
    t.throws(() => dhtLimits("limits", { [limit]: least - 1 }), { code: "option-out-of-range" });
  }
  t.throws(() => dhtLimits("limits", 8 as never), { code: "option-out-of-range" });
  t.throws(() => dhtLimits("limits", { bytes: 1 } as never), { code: "option-unknown" });
});
