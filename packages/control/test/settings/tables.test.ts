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
    if (isFile(gate) || (gate.kind === "address" && name !== "announceAddress"))
      t.not(right, "control", name);
});
