import test from "ava";
import fc from "fast-check";

import { OrderedBlocks } from "../../src/web-seed/ordered-blocks.ts";

function block(position: number) {
  return { piece: 0, begin: position, lengthBytes: 16_384, position };
}

test("blocks come in the order of their positions, whatever the order of their requests", (t) => {
  const step = fc.record({ isAdded: fc.boolean(), at: fc.nat({ max: 20 }) });
  fc.assert(
    fc.property(fc.array(step), fc.nat({ max: 20 }), (steps, from) => {
      const blocks = new OrderedBlocks();
      const expected = new Set<number>();
      for (const { isAdded, at } of steps) {
        if (isAdded) blocks.add(block(at));
        else t.is(blocks.remove(at), expected.has(at));
        if (isAdded) expected.add(at);
        else expected.delete(at);
      }
      const first = [...expected]
        .filter((position) => position >= from)
        .toSorted((a, b) => a - b)[0];
      t.is(blocks.firstFrom(from)?.position, first);
      t.is(blocks.size, expected.size);
    }),
  );
});
