import test from "ava";
import fc from "fast-check";
import { passes } from "../../src/gates/check-gate.ts";
import {
  bytes,
  duration,
  either,
  flag,
  list,
  path,
  rate,
  ratio,
  record,
  whole,
  word,
} from "../../src/gates/gate.ts";
import { readWord } from "../../src/gates/read-word.ts";

test("words of a command line become values", (t) => {
  t.is(readWord(flag, "true"), true);
  t.is(readWord(whole(1, 9), "7"), 7);
  t.is(readWord(ratio(10), "1.5"), 1.5);
  t.is(readWord(bytes(1, 2 ** 40), "64M"), 64 << 20);
  t.is(readWord(rate(1_000, 1e12), "800k"), 819_200);
  t.is(readWord(rate(1_000, 1e12), "0"), 0);
  t.is(readWord(duration(1, 1e9), "1.5h"), 5_400);
  t.is(readWord(word("any", "all"), "all"), "all");
  t.is(readWord(path("folder"), "a b"), "a b");
  t.deepEqual(readWord(list(whole(0, 9), 3), "1, 2"), [1, 2]);
  t.is(readWord(either(word("all"), whole(1, 9)), "3"), 3);
});

test("other words are no values", (t) => {
  t.is(readWord(flag, "yes"), undefined);
  t.is(readWord(whole(1, 9), "0x7"), undefined);
  t.is(readWord(whole(1, 9), "10"), undefined);
  t.is(readWord(rate(1_000, 1e12), "5"), undefined);
  t.is(readWord(word("any", "all"), "some"), undefined);
  t.is(readWord(list(whole(0, 9), 3), "1,x"), undefined);
  t.is(readWord(record({}), "{}"), undefined);
});

test("every value that a word gives passes the gate", (t) => {
  const gates = fc.constantFrom(
    flag,
    whole(0, 99),
    ratio(10),
    bytes(1, 2 ** 40),
    rate(1_000, 1e12),
    duration(1, 1e9),
    word("any", "all"),
    either(word("all"), whole(1, 9)),
  );
  const words = fc.oneof(fc.string(), fc.stringMatching(/^\d{1,4}(\.\d)?[kMGsmh]?$/));
  fc.assert(
    fc.property(gates, words, (gate, text) => {
      const value = readWord(gate, text);
      t.true(value === undefined || passes(gate, value));
    }),
    { numRuns: 1_000 },
  );
});
