import test from "ava";
import fc from "fast-check";
import { compareDistance, nodeIdFrom } from "@troupe/protocol/dht";
import type { KnownNode } from "../../src/look-up/look-up-node.ts";
import { merged, SortedNodes } from "../../src/look-up/sorted-nodes.ts";

const target = nodeIdFrom(new Uint8Array(20).fill(0x5a));
const limit = 6;

interface Step {
  readonly first: number;
  readonly last: number;
  readonly isRemoval: boolean;
  readonly isAsked: boolean;
}

function nodeOf({ first, last, isAsked }: Step, index: number): KnownNode {
  const id = new Uint8Array(20);
  id[0] = first;
  id[19] = last;
  return {
    id: nodeIdFrom(id),
    host: `45.1.1.${index}`,
    port: 1,
    place: `${index}`,
    isFitting: false,
    state: { kind: isAsked ? "asked" : "unasked" },
  };
}

const steps = fc.array(
  fc.record({
    first: fc.nat(3),
    last: fc.nat(1),
    isRemoval: fc.nat(5).map((draw) => draw === 0),
    isAsked: fc.boolean(),
  }),
  { maxLength: 40 },
);

test("any sequence of additions and removals keeps the nearest nodes, in order", (t) => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const sorted = new SortedNodes(target, limit);
      let model: KnownNode[] = [];
      for (const [index, step] of sequence.entries()) {
        const [victim] = model.slice(step.first);
        if (step.isRemoval && victim !== undefined) {
          sorted.remove(victim);
          model = model.filter((node) => node !== victim);
          sorted.remove(victim);
        } else {
          const node = nodeOf(step, index);
          model.push(node);
          model.sort((a, b) => compareDistance(target, a.id, b.id));
          const last = model.findLast(({ state }) => state.kind === "unasked");
          const expected = model.length > limit ? last : undefined;
          if (sorted.add(node) !== expected) return false;
          model = model.filter((other) => other !== expected);
        }
        const nodes = [...sorted];
        if (nodes.length !== model.length || nodes.some((node, at) => node !== model[at]))
          return false;
      }
      return true;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test("two lists are read as one, the nearest node first", (t) => {
  const [even, odd] = [new SortedNodes(target, limit), new SortedNodes(target, limit)];
  for (let first = 0; first < 7; first++) {
    const node = nodeOf({ first, last: 0, isRemoval: false, isAsked: false }, first);
    (first % 2 === 0 ? even : odd).add(node);
  }
  const nodes = [...merged(target, even, odd)];
  t.is(nodes.length, 7);
  t.deepEqual(
    nodes,
    nodes.toSorted((a, b) => compareDistance(target, a.id, b.id)),
  );
  t.deepEqual([...merged(target, new SortedNodes(target, 1), new SortedNodes(target, 1))], []);
});
