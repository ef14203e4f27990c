import test from "ava";
import fc from "fast-check";
import { RequestList } from "../../src/peers/request-list.ts";

test("a list of requests behaves like an array, whatever is added and taken", (t) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("add"), piece: fc.nat({ max: 5 }), begin: fc.nat({ max: 5 }) }),
    fc.record({ kind: fc.constant("take"), piece: fc.nat({ max: 5 }), begin: fc.nat({ max: 5 }) }),
    fc.record({ kind: fc.constant("first"), piece: fc.constant(0), begin: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const list = new RequestList();
      const model: number[][] = [];
      for (const [index, { kind, piece, begin }] of steps.entries()) {
        if (kind === "add") {
          list.add(piece, begin, index, index / 2);
          model.push([piece, begin, index, index / 2]);
        } else {
          const at =
            kind === "first"
              ? Math.min(0, model.length - 1)
              : model.findIndex((one) => one[0] === piece && one[1] === begin);
          const [due] = at < 0 ? [] : model.splice(at, 1);
          const taken = kind === "first" ? list.takeFirst() : list.take(piece, begin);
          t.is(taken, due !== undefined);
          if (due !== undefined) {
            const { takenPiece, takenBegin, takenLengthBytes, takenMs } = list;
            t.deepEqual([takenPiece, takenBegin, takenLengthBytes, takenMs], due);
          }
        }
        t.is(list.count, model.length);
        t.is(list.firstLengthBytes, model[0]?.[2] ?? 0);
      }
    }),
    { numRuns: 300 },
  );
});
