import test from "ava";
import { parseTime } from "@troupe/control";
import { read } from "../support/scenarios.ts";

const usual = `
targets: { client: { start: ours } }
torrents: { payload: { size: 64MiB } }
groups:
  leech: { behaviour: leecher, count: 100, take: 4, arrival: { rate: 50/s } }
  ask: { behaviour: leecher, count: 10, load: { rate: 500/s } }
phases: { ramp: 10s, steady: 2m }
budgets: [ "completion{leech}.p95 < 1min" ]
abort: [ { budget: "errors < 50%" } ]
`;

/** `from → to` in the usual file. */
const spellings = [
  "leech: { behaviour → leech: { behavior",
  "take: 4 → take: 4 pieces",
  "arrival: { rate: 50/s } → arrival: 50/s",
  "load: { rate: 500/s } → load: 500/s",
  "rate: 50/s → rate: 50 /s",
  "64MiB → 64 MiB",
  "2m → 2min",
  "2m → 2 min",
  "{ ramp: 10s, steady: 2m } → [ ramp: 10s, steady: 2m ]",
  '[ "completion{leech}.p95 < 1min" ] → "completion{leech}.p95 < 1min"',
  '[ { budget: "errors < 50%" } ] → "errors < 50%"',
  '[ { budget: "errors < 50%" } ] → [ "errors < 50%" ]',
  "{ start: ours } → ours",
];

for (const spelling of spellings) {
  test(`the spelling ${spelling} gives the same scenario`, (t) => {
    const [from = "", to = ""] = spelling.split(" → ");
    const changed = usual.replace(from, to);
    t.not(changed, usual);
    t.deepEqual({ ...read(changed), text: "" }, { ...read(usual), text: "" });
  });
}

test("a merge key gives a group the keys of another, and its own keys win", (t) => {
  const text = usual.replace(
    "  ask:",
    "  base: &base { behaviour: leecher, count: 3, take: 2 }\n  copy: { <<: *base, count: 7 }\n  ask:",
  );
  const { base, copy } = read(text).groups;
  t.deepEqual({ ...copy, name: "base", count: 3 }, base);
  t.is(copy?.count, 7);
});

test("a merge key without a mapping is refused", (t) => {
  const text = usual.replace("ask: { behaviour", "ask: { <<: leech, behaviour");
  t.throws(() => read(text), { message: /groups\.ask\.<< is "leech"; allowed is the alias of/ });
});

test("faults have the place of the spelling in the file", (t) => {
  const list = usual.replace("{ ramp: 10s, steady: 2m }", "[ ramp: 10s, steady: 2x ]");
  t.throws(() => read(list), { message: /^test\.yaml:7:30: phases\.steady is "2x"/ });
  const renamed = usual.replace("leech: { behaviour: leecher", "leech: { behavior: leacher");
  t.throws(() => read(renamed), { message: /^test\.yaml:5:22: groups\.leech\.behaviour is/ });
});

test("phases of one name in a list are refused", (t) => {
  const text = usual.replace("{ ramp: 10s, steady: 2m }", "[ ramp: 10s, ramp: 2m ]");
  t.throws(() => read(text), { message: /phases is a list of 2; allowed is a mapping of names/ });
});

test("units stay whole words", (t) => {
  t.is(parseTime("2 min"), 120_000);
  for (const text of ["2  min", "2mins", " 2s", "2 minm"]) t.is(parseTime(text), undefined, text);
});
