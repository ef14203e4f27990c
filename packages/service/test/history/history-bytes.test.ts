import test from "ava";
import fc from "fast-check";
import { decodeHistory, encodeHistory, historyBytes } from "../../src/history/history-bytes.ts";
import { RateHistory, spanNames } from "../../src/history/rate-history.ts";

const startMs = 1_790_000_000_000;

function someHistory(rates: readonly number[]): RateHistory {
  const history = new RateHistory();
  const lengthsMs = rates.map(() => 1_000);
  history.add({ endsAt: startMs, lengthsMs, down: rates, up: rates.toReversed() }, 0);
  return history;
}

test("L25: what is saved is read again, and goes on", (t) => {
  const rates = fc.array(fc.double({ min: 0, max: 1e10, noNaN: true }), { maxLength: 600 });
  const check = fc.property(rates, (saved) => {
    const history = someHistory(saved);
    const content = decodeHistory(encodeHistory(history.content));
    if (content === undefined) return t.fail();
    const restored = new RateHistory(content);
    const later = {
      ...{ endsAt: startMs + 30_000, lengthsMs: [1_000, 1_200] },
      ...{ down: [7, 8], up: [9, 10] },
    };
    for (const each of [history, restored]) each.add(later, 30_000);
    for (const span of spanNames)
      t.deepEqual(restored.read(span, startMs + 30_000), history.read(span, startMs + 30_000));
    return undefined;
  });
  fc.assert(check, { numRuns: 30 });
});

test("L25: the file has at most 64 KiB", (t) => {
  t.is(encodeHistory(new RateHistory().content).length, historyBytes);
  t.true(historyBytes <= 64 * 1_024);
});

test("L25: a file that is cut, longer, or differs in one bit is not read", (t) => {
  const file = encodeHistory(someHistory([1, 2, 3]).content);
  t.not(decodeHistory(file), undefined);
  fc.assert(
    fc.property(fc.nat(file.length * 8 - 1), (bit) => {
      const changed = Uint8Array.from(file);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      t.is(decodeHistory(changed), undefined);
      t.is(decodeHistory(file.subarray(0, bit >> 3)), undefined);
    }),
    { numRuns: 200 },
  );
  t.is(decodeHistory(Buffer.concat([file, Buffer.alloc(1)])), undefined);
});

test("L25: figures that no run measures are not read, whatever their digest", (t) => {
  for (const wrong of [NaN, -1, Infinity, 1e300]) {
    const { content } = someHistory([5]);
    content.day.upBytes[3] = wrong;
    t.is(decodeHistory(encodeHistory(content)), undefined);
  }
  for (const newest of [1.5, -7, 1e15]) {
    const { content } = someHistory([5]);
    const wrong = { ...content, day: { ...content.day, newest } };
    t.is(decodeHistory(encodeHistory(wrong)), undefined);
  }
});
