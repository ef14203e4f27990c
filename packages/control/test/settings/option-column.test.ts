import test from "ava";
import { engineSettings } from "../../src/settings/engine-settings.ts";
import { helpGroups } from "../../src/settings/option-column.ts";
import type { SettingRow, SettingRows } from "../../src/settings/setting-row.ts";
import { torrentSettings } from "../../src/settings/torrent-settings.ts";

const tables: readonly SettingRows[] = [engineSettings, torrentSettings];
const rows = new Set(tables.flatMap((table): SettingRow[] => Object.values(table)));
// Rows of two levels may have one option.
const options = [...new Set([...rows].flatMap(({ option }) => option ?? []))];

test("no two settings have the same option or letter", (t) => {
  const names = options.map(({ name }) => name);
  const letters = options.flatMap(({ letter }) => letter ?? []);
  t.is(new Set(names).size, names.length);
  t.is(new Set(letters).size, letters.length);
});

test("an option of transfers is usual, in a group of the help, or hidden", (t) => {
  for (const { name, calls, group, isUsual, isHidden } of options) {
    if (!/\b(?:download|seed)\b/.test(calls)) continue;
    const places = [isUsual === true, group !== undefined, isHidden === true];
    t.is(places.filter(Boolean).length, 1, name);
    if (group !== undefined) t.true(helpGroups.includes(group), name);
  }
});

test("switches that begin with no- turn a setting off that is on by default", (t) => {
  for (const { gate, default: value, option } of rows) {
    if (option?.name.startsWith("no-") === true) t.is(value, true, option.name);
    else if (gate.kind === "flag" && option !== undefined) t.is(value, false, option.name);
  }
});
