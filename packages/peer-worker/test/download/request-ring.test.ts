import test from "ava";
import fc from "fast-check";

import { RequestRing } from "../../src/download/request-ring.ts";

function listOf(ring: RequestRing): [number, number][] {
  return Array.from({ length: ring.length }, (_, at) => [ring.blockAt(at), ring.timeMsAt(at)]);
}

test("requests come out in order, also after the ring has grown", (t) => {
  const ring = new RequestRing(500);
  for (let block = 0; block < 10; block++) ring.push(block, block);
  for (let block = 0; block < 8; block++) ring.removeAt(0);
  for (let block = 10; block < 60; block++) ring.push(block, block);
  t.deepEqual(
    listOf(ring).map(([block]) => block),
    Array.from({ length: 52 }, (_, at) => at + 8),
  );
});

test("a request beyond the limit drops the oldest", (t) => {
  const ring = new RequestRing(3);
  for (let block = 0; block < 5; block++) ring.push(block, 0);
  t.deepEqual(listOf(ring), [
    [2, 0],
    [3, 0],
    [4, 0],
  ]);
});

test("requests older than a time are dropped", (t) => {
  const ring = new RequestRing(10);
  for (let block = 0; block < 5; block++) ring.push(block, block * 10);
  ring.removeBefore(25);
  t.deepEqual(listOf(ring), [
    [3, 30],
    [4, 40],
  ]);
});

test("the ring is a list with a limit", (t) => {
  const step = fc.oneof(
    fc.record({ push: fc.nat(40) }),
    fc.record({ remove: fc.nat(40) }),
    fc.record({ removeAt: fc.nat(40) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const ring = new RequestRing(33);
      const model: number[] = [];
      for (const each of steps) {
        if ("push" in each) {
          ring.push(each.push, 0);
          if (model.push(each.push) > 33) model.shift();
        } else if ("remove" in each) {
          const at = model.indexOf(each.remove);
          if (ring.indexOf(each.remove) !== at) return false;
          if (at >= 0) model.splice(at, 1);
          if (ring.remove(each.remove) !== at >= 0) return false;
        } else if (each.removeAt < model.length) {
          model.splice(each.removeAt, 1);
          ring.removeAt(each.removeAt);
        }
      }
      return (
        listOf(ring).every(([block], at) => block === model[at]) && ring.length === model.length
      );
    }),
  );
  t.pass();
});
