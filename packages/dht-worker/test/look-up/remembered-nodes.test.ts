import test from "ava";
import fc from "fast-check";
import { nodeIdFrom, type Contact } from "@troupe/protocol/dht";
import {
  mostRememberedNodes,
  rememberedMs,
  RememberedNodes,
} from "../../src/look-up/remembered-nodes.ts";
import { hostAt, makeNodes, ModelNetwork, randomId } from "../support/model-network.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";

const random = seededRandom(4);

function randomContact(index: number): Contact {
  return { id: randomId(random), host: hostAt(index), port: 6881 };
}

test("a look-up starts from the nodes that an earlier one of the same target ended at", (t) => {
  const nodes = makeNodes(random, 300, undefined);
  const network = new ModelNetwork(random, nodes);
  const remembered = new RememberedNodes();
  const targets = Array.from({ length: 50 }, () => randomId(random));
  for (const target of targets)
    for (const node of network.nearest(target, 8)) remembered.add(node, 0);
  for (const target of targets) {
    const hosts = remembered.near(target, 8, 1).map(({ host }) => host);
    const [nearest] = network.nearest(target, 1);
    t.is(hosts[0], nearest?.host);
    t.is(hosts.length, 8);
  }
});

test("nodes are remembered for 30 min after their last answer", (t) => {
  const remembered = new RememberedNodes();
  const [old, again] = [randomContact(1), randomContact(2)];
  remembered.add(old, 0);
  remembered.add(again, 0);
  remembered.add(again, 1_000);
  t.is(remembered.size, 2);
  t.is(remembered.near(old.id, 8, rememberedMs).length, 2);
  t.deepEqual(remembered.near(old.id, 8, rememberedMs + 1), [again]);
  t.is(remembered.size, 1);
});

test("a node that does not answer is forgotten", (t) => {
  const remembered = new RememberedNodes();
  const [gone, stays] = [randomContact(1), randomContact(2)];
  remembered.add(gone, 0);
  remembered.add(stays, 0);
  remembered.forget(gone.host, gone.port);
  remembered.forget(gone.host, gone.port);
  t.deepEqual(remembered.near(gone.id, 8, 0), [stays]);
});

test("a node that has another id since counts by the new one", (t) => {
  const remembered = new RememberedNodes();
  const before = randomContact(1);
  const after = { ...before, id: randomId(random) };
  remembered.add(before, 0);
  remembered.add(after, 1);
  t.deepEqual(remembered.near(before.id, 8, 1), [after]);
});

test("when there is no room, the node that has not answered for longest is forgotten", (t) => {
  const remembered = new RememberedNodes();
  const first = randomContact(0);
  remembered.add(first, 0);
  for (let index = 1; index < mostRememberedNodes; index++) remembered.add(randomContact(index), 1);
  remembered.add(first, 2);
  remembered.add(randomContact(mostRememberedNodes), 3);
  t.is(remembered.size, mostRememberedNodes);
  t.deepEqual(remembered.near(first.id, 1, 3), [first]);
});

test("any sequence of answers, failures and time keeps the nodes of the last 30 min", (t) => {
  const steps = fc.array(
    fc.record({
      index: fc.nat(15),
      first: fc.nat(255),
      isFailure: fc.boolean(),
      pauseMs: fc.nat(rememberedMs / 4),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      const remembered = new RememberedNodes();
      const model = new Map<string, number>();
      let nowMs = 0;
      for (const { index, first, isFailure, pauseMs } of sequence) {
        nowMs += pauseMs;
        const host = hostAt(index);
        const id = nodeIdFrom(new Uint8Array(20).fill(first));
        if (isFailure) {
          remembered.forget(host, 6881);
          model.delete(host);
        } else {
          remembered.add({ id, host, port: 6881 }, nowMs);
          model.set(host, nowMs);
        }
        const expected = [...model].filter(([, atMs]) => nowMs - atMs <= rememberedMs).length;
        if (remembered.near(id, 100, nowMs).length !== expected) return false;
      }
      return true;
    }),
    { numRuns: 200 },
  );
  t.pass();
});
