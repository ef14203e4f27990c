import test from "ava";
import fc from "fast-check";
import { nodeIdFrom, type NodeId } from "@troupe/protocol/dht";

import { IdMap } from "../../src/stores/id-map.ts";

/** Ids of one `start` have their first bytes in common. */
function idOf(start: number, end: number): NodeId {
  return nodeIdFrom(Uint8Array.from({ length: 20 }, (_, at) => (at < 4 ? start : end)));
}

test("an IdMap holds what a Map of the ids as text holds", (t) => {
  const byte = fc.integer({ min: 0, max: 3 });
  const steps = fc.array(fc.record({ isAdded: fc.boolean(), start: byte, end: byte }));
  fc.assert(
    fc.property(steps, (all) => {
      const map = new IdMap<string>();
      const model = new Map<string, string>();
      for (const { isAdded, start, end } of all) {
        const id = idOf(start, end);
        const key = `${start} ${end}`;
        if (!isAdded) {
          map.delete(id);
          model.delete(key);
        } else if (map.get(id) === undefined) {
          map.add(id, key);
          model.set(key, key);
        }
        t.is(map.get(id), model.get(key));
        t.is(map.size, model.size);
        t.deepEqual([...map.values()].toSorted(), [...model.values()].toSorted());
      }
    }),
    { numRuns: 100 },
  );
});

test("values that come and go do not disturb an iteration", (t) => {
  const map = new IdMap<number>();
  for (let end = 0; end < 4; end++) map.add(idOf(1, end), end);
  const seen: number[] = [];
  for (const value of map.values()) {
    seen.push(value);
    map.delete(idOf(1, value));
  }
  t.deepEqual(seen.toSorted(), [0, 1, 2, 3]);
  t.is(map.size, 0);
});
