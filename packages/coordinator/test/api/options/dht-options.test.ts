import test from "ava";
import { dhtSettings } from "../../../src/api/options/dht-options.ts";

const node = { host: "192.0.2.7", port: 6_881 };

test("the DHT is on with public routers, off, or has nodes and routers of its own", (t) => {
  t.deepEqual(dhtSettings(true, []), { dht: { bootstrap: [] } });
  t.deepEqual(dhtSettings(false, []), {});
  t.deepEqual(dhtSettings({}, []), { dht: { bootstrap: [] } });
  t.deepEqual(dhtSettings({ nodes: [node], routers: [] }, []), {
    dht: { bootstrap: [node], routers: [] },
  });
  t.deepEqual(dhtSettings({ limits: { answerBytesPerSecond: 20_000 } }, []), {
    dht: { bootstrap: [], limits: { answerBytesPerSecond: 20_000 } },
  });
});

test("an engine of loopback addresses alone has a node only if its options name nodes", (t) => {
  const loopback = ["127.0.0.1", "::1"];
  t.deepEqual(dhtSettings(true, loopback), {});
  t.deepEqual(dhtSettings(true, ["127.0.0.1", "192.0.2.1"]), { dht: { bootstrap: [] } });
  t.deepEqual(dhtSettings({ limits: { lookUps: 8 }, routers: [] }, loopback), {});
  t.deepEqual(dhtSettings({ nodes: [node] }, loopback), { dht: { bootstrap: [node] } });
});

test("settings that are none are refused", (t) => {
  for (const wrong of [
    "on",
    null,
    { nodes: "192.0.2.7:1" },
    { nodes: [{ host: "a", port: 0 }] },
    { routers: [{ host: "", port: 1 }] },
    { nodes: Array<typeof node>(101).fill(node) },
    { limits: { answerBytesPerSecond: 0 } },
    { limits: 8_000 },
  ]) {
    t.throws(() => dhtSettings(wrong as never, []), { code: "option-out-of-range" });
  }
  for (const unknown of [{ bootstrap: [] }, { limits: { bytesPerSecond: 1 } }]) {
    t.throws(() => dhtSettings(unknown as never, []), { code: "option-unknown" });
  }
});
