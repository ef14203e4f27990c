import test from "ava";
import {
  dhtUnneeded,
  nextDhtNode,
  type DhtNodeEvent,
  type DhtNodeState,
} from "../../../src/engine/dht/dht-node-state.ts";

const ports = { ipv4: 6_881 };
const events: Readonly<Record<DhtNodeEvent["event"], DhtNodeEvent>> = {
  needed: { event: "needed" },
  listening: { event: "listening", ports },
  crashed: { event: "crashed" },
  failed: { event: "failed", reason: "no socket" },
  closed: { event: "closed" },
};

const passes = test.macro({
  exec: (t, names: readonly DhtNodeEvent["event"][], kinds: readonly DhtNodeState["kind"][]) => {
    let state = dhtUnneeded;
    const seen = names.map((name) => {
      state = nextDhtNode(state, events[name]);
      return state.kind;
    });
    t.deepEqual(seen, [...kinds]);
  },
  title: (given = "") => given,
});

test(
  "a node starts when it is needed, and again after a crash",
  passes,
  ["crashed", "needed", "needed", "listening", "crashed", "crashed", "listening"],
  ["unneeded", "starting", "starting", "running", "starting", "starting", "running"],
);
test(
  "a node that has failed stays off",
  passes,
  ["needed", "failed", "listening", "needed", "crashed", "closed"],
  ["starting", "off", "off", "off", "off", "closed"],
);
test(
  "a node may fail while it runs",
  passes,
  ["needed", "listening", "failed"],
  ["starting", "running", "off"],
);
test(
  "nothing follows the close",
  passes,
  ["closed", "needed", "listening", "failed"],
  ["closed", "closed", "closed", "closed"],
);

test("a running node has its ports, and a node that is off its reason", (t) => {
  const running = nextDhtNode({ kind: "starting" }, events.listening);
  t.deepEqual(running, { kind: "running", ports });
  t.deepEqual(nextDhtNode(running, events.failed), { kind: "off", reason: "no socket" });
});
