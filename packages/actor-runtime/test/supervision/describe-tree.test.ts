import test from "ava";
import { describeTree, type PoolSpec } from "../../src/index.ts";
import { childSpec, supervisorSpec } from "../support/specs.ts";

test("a tree prints one line a member, indented by depth", (t) => {
  const pool: PoolSpec = {
    kind: "pool",
    name: "hash",
    shutdownMs: 2_000,
    open: () => {
      throw new Error("not in this test");
    },
  };
  const spec = supervisorSpec(
    "engine",
    [
      pool,
      childSpec("file", { restart: "transient", isOnDemand: true, shutdownMs: 10_000 }),
      supervisorSpec("peers", [childSpec("peer-0")]),
      supervisorSpec("discovery", [childSpec("dht")], { restart: "temporary" }),
    ],
    { maxRestarts: 3, withinMs: 10_000 },
  );
  t.is(
    describeTree(spec),
    [
      "engine     one-for-one, 3 restarts in 10000 ms",
      "  hash       pool, 2000 ms to stop",
      "  file       transient, on demand, 10000 ms to stop",
      "  peers      one-for-one, 10 restarts in 60000 ms",
      "    peer-0     permanent, 2000 ms to stop",
      "  discovery  one-for-one, temporary, 10 restarts in 60000 ms",
      "    dht        permanent, 2000 ms to stop",
    ].join("\n"),
  );
});
