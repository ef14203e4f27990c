// The list of what the dialect lacks, held to the tables of settings and commands.

import { engineSettings, type SettingRows } from "@troupe/control";
import { commands, type CommandRow } from "@troupe/control/commands";
import test from "ava";
import * as lists from "../../src/transmission/constants.ts";

interface LackRow {
  readonly name: string;
  readonly endedBy: readonly string[];
}

const rows: readonly LackRow[] = Object.values(lists).flatMap(
  (list: readonly LackRow[] | Readonly<Record<string, LackRow>>) => Object.values(list),
);

/** Whether a caller elsewhere may change a setting of the engine, or run a command. */
function isControl(name: string, settings: SettingRows, rowsOf: Commands): boolean {
  const setting = settings[name];
  return (
    (setting?.isLive === true && setting.right === "control") || rowsOf[name]?.right === "control"
  );
}

type Commands = Readonly<Record<string, CommandRow>>;

test("nothing on the list is what a caller elsewhere may control", (t) => {
  t.true(rows.length > 50);
  const ended = rows.filter(({ endedBy }) =>
    endedBy.some((name) => isControl(name, engineSettings, commands)),
  );
  t.deepEqual(
    ended.map(({ name }) => name),
    [],
  );
});

test("a setting and a command that would end a row are found", (t) => {
  const { maxPeers } = engineSettings;
  t.true(isControl("encryption", { encryption: maxPeers }, {}));
  t.true(isControl("set-ip-filter", {}, { "set-ip-filter": commands.ban }));
  t.false(isControl("dht", engineSettings, commands));
});

test("settings that the settings file alone changes are settings of the engine", (t) => {
  const names = lists.fixedSettings.flatMap(({ endedBy }) => endedBy);
  t.deepEqual(
    names.filter((name) => !Object.hasOwn(engineSettings, name)),
    [],
  );
});
