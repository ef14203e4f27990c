import test from "ava";
import fc from "fast-check";
import { passes } from "../../src/gates/check-gate.ts";
import { endpoint } from "../../src/settings/shared-gates.ts";
import {
  address,
  bytes,
  duration,
  either,
  flag,
  list,
  path,
  rate,
  ratio,
  record,
  url,
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
  t.is(readWord(duration(1_000, 1e9, { unit: "ms" }), "1500ms"), 1_500);
  t.is(readWord(address, "[2001:db8::7]"), "2001:db8::7");
  t.deepEqual(readWord(endpoint, "[::1]:7"), { host: "::1", port: 7 });
  t.is(readWord(url, "http://a.test"), "http://a.test");
});

test("lists of numbers have ranges, and each number once", (t) => {
  const ports = list(whole(0, 65_535), 8, 1);
  t.deepEqual(readWord(ports, "7000,6881-6883,6882,0"), [7_000, 6_881, 6_882, 6_883, 0]);
  for (const wrong of ["9-8", "1,,2", "", "1-9", "-1", "1-99999999999", "65536"])
    t.is(readWord(ports, wrong), undefined, wrong);
});

test("other words are no values", (t) => {
  t.is(readWord(flag, "yes"), undefined);
  t.is(readWord(whole(1, 9), "0x7"), undefined);
  t.is(readWord(whole(1, 9), "10"), undefined);
  t.is(readWord(rate(1_000, 1e12), "5"), undefined);
  t.is(readWord(word("any", "all"), "some"), undefined);
  t.is(readWord(endpoint, "::1:7"), undefined);
  t.is(readWord(duration(1, 1e9), "1500ms"), undefined);
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
