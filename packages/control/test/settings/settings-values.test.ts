import test from "ava";
import fc from "fast-check";
import { flag, list, ratio, whole, word } from "../../src/gates/gate.ts";
import {
  changesBetween,
  changeValues,
  checkChanges,
  checkSettings,
  liveRows,
  optionNames,
  readValues,
  replaceFolder,
  settingsBeside,
  settingsIn,
  valueInForce,
} from "../../src/settings/settings-values.ts";

const rows = {
  peers: { gate: whole(1, 9), default: 5, isLive: true, text: "" },
  upload: { gate: flag, default: true, text: "" },
  hosts: { gate: list(word("a", "b"), 2), default: [], text: "" },
  "goals.ratio": { gate: ratio(9), isLive: true, text: "" },
  "goals.until": { gate: word("any", "all"), default: "any", isLive: true, text: "" },
  rank: { gate: whole(0, 9), default: 0, isLive: true, right: "library", text: "" },
} as const;
const unknown = { code: "option-unknown" };
const outOfRange = { code: "option-out-of-range" };

test("the options of a program become leaves", (t) => {
  const options = { peers: 3, goals: { ratio: 2, until: undefined }, upload: undefined, other: 7 };
  t.deepEqual(checkSettings(rows, options, ["other"]), { peers: 3, "goals.ratio": 2 });
  t.deepEqual(optionNames(rows), ["peers", "upload", "hosts", "goals"]);
});

test("wrong options are refused: all of them, or none is set", (t) => {
  for (const wrong of [{ peer: 3 }, { goals: { rate: 1 } }, { rank: 1 }, { toString: 1 }])
    t.throws(() => checkSettings(rows, wrong), unknown, JSON.stringify(wrong));
  for (const wrong of [{ peers: 0 }, { goals: 7 }, { goals: null }, { upload: null }, 5, null, []])
    t.throws(() => checkSettings(rows, wrong), outOfRange, JSON.stringify(wrong));
  t.throws(() => checkSettings(rows, { goals: { ratio: 0 } }), {
    message: "option goals.ratio is 0; allowed is a number above 0, 9 at most",
  });
});

test("null ends that a setting, or a folder of settings, is set", (t) => {
  t.deepEqual(checkChanges(rows, { peers: null, goals: { until: null } }), {
    peers: null,
    "goals.until": null,
  });
  t.deepEqual(checkChanges(rows, { goals: null }), { "goals.ratio": null, "goals.until": null });
  t.throws(() => checkChanges(liveRows(rows), { upload: false }), unknown);
});

test("a folder is replaced as a whole", (t) => {
  const options = replaceFolder(rows, "goals", { until: "all" });
  t.deepEqual(checkChanges(rows, options), { "goals.ratio": null, "goals.until": "all" });
  const cleared = replaceFolder(rows, "goals", { ratio: undefined });
  t.deepEqual(checkChanges(rows, cleared), { "goals.ratio": null, "goals.until": null });
  t.deepEqual(settingsIn({ peers: 3, "goals.until": "all" }, "goals"), { until: "all" });
});

test("a folder that options give leaves no earlier setting of it", (t) => {
  const values = { peers: 3, "goals.ratio": 2, "goals.until": "all" };
  t.deepEqual(settingsBeside(values, { goals: {} }), { peers: 3 });
  t.deepEqual(settingsBeside(values, { goals: undefined, peers: 4 }), values);
});

test("the first level that sets a value decides, else the default", (t) => {
  t.is(valueInForce(rows, "peers", { peers: 1 }, { peers: 2 }), 1);
  t.is(valueInForce(rows, "peers", {}, { peers: 2 }), 2);
  t.is(valueInForce(rows, "peers", {}), 5);
  t.is(valueInForce(rows, "upload", { upload: false }), false);
  t.is(valueInForce(rows, "goals.ratio", {}), undefined);
});

test("the changes between two states lead from one to the other", (t) => {
  const state = fc.record({ peers: fc.nat(3), upload: fc.boolean() }, { requiredKeys: [] });
  fc.assert(
    fc.property(state, state, (before, after) => {
      t.deepEqual({ ...changeValues(before, changesBetween(before, after)) }, { ...after });
    }),
  );
});

test("a value that is wrong is named, and an unknown one is kept", (t) => {
  const given = { peers: 0, upload: false, later: { x: 1 }, toString: 1 };
  t.deepEqual(readValues(rows, given), {
    values: { upload: false, later: { x: 1 }, toString: 1 },
    wrong: ["peers"],
  });
});

test("unknown settings that no setting can be are left out", (t) => {
  const deep = JSON.parse("[".repeat(5_000) + "]".repeat(5_000)) as unknown;
  const wide = Object.fromEntries(Array.from({ length: 1_001 }, (_, key) => [`k${key}`, 0]));
  const hostile = JSON.parse('{"__proto__": 1, "a b": 1}') as object;
  t.deepEqual(readValues(rows, { deep, wide, ...hostile, near: [[[[1]]]] }).values, {
    near: [[[[1]]]],
  });
  const many = Array.from({ length: 400 }, (_, key) => [
    `x${String.fromCodePoint(97 + (key % 26))}${"y".repeat(1 + Math.floor(key / 26))}`,
    key,
  ]);
  const { values } = readValues(rows, { ...Object.fromEntries(many), peers: 3 });
  t.is(Object.keys(values).length, 101);
});
