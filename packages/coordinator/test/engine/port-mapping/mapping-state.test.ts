import test from "ava";
import type { GatewayClient, Grant } from "../../../src/engine/port-mapping/gateway-client.ts";
import {
  isSearchDue,
  mappingOff,
  nextMapping,
  type MappingState,
} from "../../../src/engine/port-mapping/mapping-state.ts";

const gateway = { host: "192.168.1.1", localHost: "192.168.1.9" };
const client: GatewayClient = {
  protocol: "PCP",
  map: () => Promise.reject(new Error("not in this test")),
  verify: () => Promise.resolve(true),
  unmap: () => Promise.resolve(),
  close: () => {},
};
const grant = (transport: "tcp" | "udp", lifetimeMs: number): Grant => ({
  ...{ transport, externalPort: 6_881, lifetimeMs },
});
const minuteMs = 60_000;

function mapped(atMs: number): MappingState {
  const mapping = { gateway, client, udpPort: 6_881, tcp: grant("tcp", 60 * minuteMs) };
  const udp = grant("udp", 20 * minuteMs);
  return nextMapping(mappingOff, { event: "granted", mapped: { ...mapping, udp }, atMs });
}

test("mappings are renewed at half of the shorter lifetime", (t) => {
  t.like(mapped(1_000), { kind: "mapped", renewAtMs: 1_000 + 10 * minuteMs });
});

test("a search without a grant is repeated in the next round, after five minutes every 15 min, at a new gateway at once", (t) => {
  const listening = nextMapping(mappingOff, { event: "listening", atMs: 0 });
  const early = nextMapping(listening, { event: "failed", gateway, atMs: 1_000 });
  if (early.kind !== "unmapped") return t.fail();
  t.true(isSearchDue(early, gateway, minuteMs));
  const failed = nextMapping(early, { event: "failed", gateway, atMs: 5 * minuteMs });
  if (failed.kind !== "unmapped") return t.fail();
  t.false(isSearchDue(failed, gateway, 20 * minuteMs - 1));
  t.true(isSearchDue(failed, gateway, 20 * minuteMs));
  t.true(isSearchDue(failed, { ...gateway, host: "10.0.0.1" }, 6 * minuteMs));
  t.true(isSearchDue(failed, { ...gateway, localHost: "192.168.1.8" }, 6 * minuteMs));
  t.true(isSearchDue(failed, undefined, 6 * minuteMs));
});

test("a lost mapping is searched for in each round of an hour, then every 15 min", (t) => {
  let state = nextMapping(mapped(0), { event: "failed", gateway, atMs: minuteMs });
  t.like(state, { kind: "unmapped", retryAtMs: minuteMs });
  state = nextMapping(state, { event: "failed", gateway, atMs: 60 * minuteMs });
  t.like(state, { retryAtMs: 60 * minuteMs });
  state = nextMapping(state, { event: "failed", gateway, atMs: 61 * minuteMs });
  t.like(state, { retryAtMs: 76 * minuteMs });
});

test("nothing happens after the end", (t) => {
  const closed = nextMapping(mapped(0), { event: "closed" });
  t.deepEqual(nextMapping(closed, { event: "listening", atMs: 1 }), { kind: "closed" });
  t.deepEqual(nextMapping(closed, { event: "failed", atMs: 1 }), { kind: "closed" });
});
