import test from "ava";
import { passes } from "../../src/gates/check-gate.ts";
import type { Gate } from "../../src/gates/gate.ts";
import { engineSettings } from "../../src/settings/engine-settings.ts";
import { groupSettings } from "../../src/settings/group-settings.ts";
import type { SettingRow, SettingRows } from "../../src/settings/setting-row.ts";
import { torrentSettings } from "../../src/settings/torrent-settings.ts";

const tables: readonly SettingRows[] = [engineSettings, groupSettings, torrentSettings];
const rows = tables.flatMap((table): [string, SettingRow][] => Object.entries(table));

test("every default passes its gate, and every row has a sentence", (t) => {
  for (const [name, row] of rows) {
    if (row.default !== undefined) t.true(passes(row.gate, row.default), name);
    t.regex(row.text, /^[A-Z`].*\.$/, name);
  }
});

test("a program elsewhere may set no file and no address of this machine", (t) => {
  const isFile = (gate: Gate): boolean => gate.kind === "path" && gate.of === "file";
  for (const [name, { gate, right }] of rows)
    if (isFile(gate) || gate.kind === "address") t.not(right, "control", name);
});

test("a glob has 512 characters and 32 signs at most", (t) => {
  const { gate } = torrentSettings.exclude;
  const fits = (glob: string): boolean => passes(gate, [glob]);
  for (const glob of [
    "*.nfo",
    "Sample/**",
    "a".repeat(512),
    "*a".repeat(32),
    `{${",".repeat(31)}}`,
  ])
    t.true(fits(glob), glob);
  for (const glob of ["", "a\0b", "a".repeat(513), "*".repeat(33), `{${",".repeat(32)}}`])
    t.false(fits(glob), glob);
});
