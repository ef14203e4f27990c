import test from "ava";
import fc from "fast-check";

import { RequestList, noPlace } from "../../src/upload/request-list.ts";
import { MemoryBudget } from "../../src/memory/memory-budget.ts";

const block = 16_384;

type Request = readonly [piece: number, begin: number, lengthBytes: number];

function requestsOf(list: RequestList): Request[] {
  const requests: Request[] = [];
  for (let place = list.first; place !== noPlace; place = list.next(place)) {
    requests.push([list.piece(place), list.begin(place), list.lengthBytes(place)]);
  }
  return requests;
}

test("the list behaves as an array under any operations", (t) => {
  const request = fc.tuple(fc.nat(3), fc.nat(3), fc.integer({ min: 1, max: 2 }));
  const step = fc.record({
    does: fc.constantFrom("append", "append", "prepend", "remove", "removeFirst", "clear"),
    request,
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const memory = new MemoryBudget(1 << 20);
      const list = new RequestList(memory);
      const model: Request[] = [];
      for (const { does, request } of steps) {
        if (does === "append") {
          list.append(...request);
          model.push(request);
        } else if (does === "prepend") {
          list.prepend(...request);
          model.unshift(request);
        } else if (does === "remove") {
          // Any of equal requests may go: the model loses the last one, and is compared as a bag.
          const at = model.findLastIndex((other) => String(other) === String(request));
          if (list.remove(...request) !== at >= 0) return false;
          if (at >= 0) model.splice(at, 1);
          if (String(requestsOf(list).toSorted()) !== String(model.toSorted())) return false;
          model.splice(0, Infinity, ...requestsOf(list));
        } else if (does === "removeFirst") {
          if (list.length > 0) list.removeFirst();
          model.shift();
        } else {
          list.clear();
          model.length = 0;
        }
        if (list.length !== model.length) return false;
        if (String(requestsOf(list)) !== String(model)) return false;
      }
      list.clear();
      return memory.usedBytes === 0;
    }),
  );
  t.pass();
});

test("a cancel among 16,384 requests looks at a few of them", (t) => {
  const list = new RequestList(new MemoryBudget(1 << 20));
  for (let at = 0; at < 16_384; at++) list.append(at >> 4, (at & 15) * block, block);
  // A look through the list would be 134 million steps each way.
  for (let round = 0; round < 20; round++) {
    for (let at = 16_383; at >= 0; at--) t.true(list.remove(at >> 4, (at & 15) * block, block));
    for (let at = 0; at < 16_384; at++) list.append(at >> 4, (at & 15) * block, block);
  }
  t.is(list.length, 16_384);
});

test("the places of a large list are freed when it is empty", (t) => {
  const memory = new MemoryBudget(1 << 20);
  const list = new RequestList(memory);
  for (let at = 0; at < 1_000; at++) list.append(at, 0, block);
  for (let at = 0; at < 1_000; at++) list.removeFirst();
  t.is(memory.usedBytes, 1_024 * 20);
  for (let at = 0; at < 3_000; at++) list.append(at, 0, block);
  for (let at = 0; at < 3_000; at++) list.removeFirst();
  t.is(memory.usedBytes, 0);
});

test("without memory the 513th request is refused, but a request that has waited can be put back", (t) => {
  const list = new RequestList(new MemoryBudget(0));
  for (let at = 0; at < 512; at++) t.true(list.append(at, 0, block));
  t.false(list.append(512, 0, block));
  list.prepend(513, 0, block);
  t.is(list.length, 513);
  t.is(list.piece(list.first), 513);
});
