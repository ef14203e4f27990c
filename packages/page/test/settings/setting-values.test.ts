import test from "ava";
import {
  fieldKind,
  fieldText,
  foundRows,
  mayBeChanged,
  settingChange,
  settingIn,
  valueOfText,
} from "../../src/settings/setting-values.ts";

test("G12: a setting of a folder is read and changed inside of it", (t) => {
  t.is(settingIn({ limits: { down: 5 }, maxPeers: 7 }, "limits.down"), 5);
  t.is(settingIn({ limits: { down: 5 }, maxPeers: 7 }, "maxPeers"), 7);
  t.is(settingIn({}, "limits.down"), undefined);
  t.deepEqual(settingChange("limits.down", 9), { limits: { down: 9 } });
  t.deepEqual(settingChange("maxPeers", null), { maxPeers: null });
});

test("G12: sizes and rates have letters of powers of 1,024, both ways", (t) => {
  const rate = { kind: "rate", unit: "bytes/s" } as const;
  for (const [value, text] of [
    [0, "0"],
    [819_200, "800k"],
    [2 * 1_024 ** 2, "2M"],
    [1_000, "1000"],
    [1_025, "1025"],
  ] as const) {
    t.is(fieldText(rate, value), text);
    t.is(valueOfText(rate, text), value);
  }
  t.is(valueOfText(rate, "800 KiB/s"), 819_200);
  t.is(valueOfText({ kind: "bytes", unit: "bytes" }, "64MiB"), 64 * 1_024 ** 2);
});

test("G12: times may have a unit", (t) => {
  const seconds = { kind: "duration", unit: "s" } as const;
  t.is(valueOfText(seconds, "90"), 90);
  t.is(valueOfText(seconds, "30m"), 1_800);
  t.is(valueOfText({ kind: "duration", unit: "ms" }, "2s"), 2_000);
});

test("G12: a text that is no value is sent as it is: the service refuses it with a sentence", (t) => {
  t.is(valueOfText({ kind: "whole" }, "many"), "many");
  t.is(valueOfText({ kind: "rate", unit: "bytes/s" }, "-5"), "-5");
  t.is(valueOfText({ kind: "map" }, "{"), "{");
});

test("G12: an empty text gives a setting its default, and an empty list stays a list", (t) => {
  t.is(valueOfText({ kind: "whole" }, " "), null);
  t.is(valueOfText({ kind: "map" }, ""), null);
  t.deepEqual(valueOfText({ kind: "list", itemKind: "text" }, "\n"), []);
});

test("G12: lists of texts have a line each, other lists and objects are JSON", (t) => {
  const lines = { kind: "list", itemKind: "text" } as const;
  t.is(fieldKind(lines), "lines");
  t.is(fieldText(lines, ["*.nfo", "a b"]), "*.nfo\na b");
  t.deepEqual(valueOfText(lines, " *.nfo \n\na b"), ["*.nfo", "a b"]);
  const json = { kind: "list", itemKind: "record" } as const;
  t.is(fieldKind(json), "json");
  const value = [{ from: "08:00", down: 5 }];
  t.deepEqual(valueOfText(json, fieldText(json, value)), value);
  t.is(fieldKind({ kind: "flag" }), "checkbox");
  t.is(fieldKind({ kind: "word" }), "choice");
});

test("G12: a search finds rows that have all its words in their name or meaning", (t) => {
  const rows = [
    { name: "limits.down", text: "The download limit of all torrents." },
    { name: "limits.up", text: "The upload limit of all torrents." },
    { name: "encryption", text: "Connections to peers." },
  ];
  const names = (search: string) => foundRows(rows, search).map(({ name }) => name);
  t.deepEqual(names("LIMIT up"), ["limits.up"]);
  t.deepEqual(names("limit"), ["limits.down", "limits.up"]);
  t.deepEqual(names(""), ["limits.down", "limits.up", "encryption"]);
  t.deepEqual(names("nothing of it"), []);
});

test("G12: settings that are not live, or that guard, are only shown", (t) => {
  t.true(mayBeChanged({ isLive: true, right: "control" }));
  t.false(mayBeChanged({ isLive: false, right: "control" }));
  t.false(mayBeChanged({ isLive: true, right: "local" }));
});
