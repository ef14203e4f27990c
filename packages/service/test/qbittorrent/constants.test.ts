import { engineSettings, groupSettings, torrentSettings, type SettingRows } from "@troupe/control";
import { commands, type CommandRow } from "@troupe/control/commands";
import test from "ava";
import { readRepositoryFile } from "../../../../test/support/files/repository.ts";
import {
  constantGroups,
  constantsOf,
  lackingControls,
  lackingError,
  type EndOfConstant,
} from "../../src/qbittorrent/constants.ts";

const levels: Readonly<Record<string, SettingRows>> = {
  engine: engineSettings,
  group: groupSettings,
  torrent: torrentSettings,
};
const rows: Readonly<Record<string, CommandRow>> = commands;
const ends = [...constantGroups, ...lackingControls].map(({ end }) => end);

/** Whether a caller elsewhere has now what a constant stands for. */
function isThere(end: EndOfConstant): boolean {
  if (end === "never") return false;
  if ("command" in end) return Object.hasOwn(commands, end.command);
  if ("field" in end) return JSON.stringify(rows[end.of]?.result ?? {}).includes(`"${end.field}":`);
  const folder = `${end.setting}.`;
  return Object.entries(levels[end.of] ?? {}).some(
    ([name, row]) =>
      (name === end.setting || name.startsWith(folder)) &&
      row.isLive === true &&
      row.right === "control",
  );
}

test("no constant stands for a control that is there", (t) => {
  t.true(ends.length > 40);
  t.deepEqual(ends.filter(isThere), []);
});

test("a control that is there is found, as a setting, a command or a field", (t) => {
  t.true(isThere({ setting: "limits.down", of: "engine" }));
  t.true(isThere({ setting: "goals", of: "group" }));
  t.true(isThere({ command: "queue" }));
  t.true(isThere({ field: "etaSeconds", of: "status" }));
  t.true(isThere({ field: "isWorking", of: "tiers" }));
  t.false(isThere({ setting: "dht", of: "engine" }), "it is not live");
});

test("each field that ends a constant names a command", (t) => {
  for (const end of ends)
    if (end !== "never" && "field" in end) t.true(Object.hasOwn(commands, end.of), end.field);
});

test("no name has two values of a path", (t) => {
  for (const path of new Set(constantGroups.map((group) => group.path))) {
    const groups = constantGroups.filter((group) => group.path === path);
    const names = groups.flatMap(({ values }) => Object.keys(values));
    t.is(new Set(names).size, names.length, path);
    t.is(Object.keys(constantsOf(path)).length, names.length);
  }
});

test("an error that is not on the list is a bug", (t) => {
  t.throws(() => lackingError("torrents/createTags"), { message: /^bug: / });
  t.is(lackingError("torrents/rename").code, "control-missing");
});

test("docs/service-qbittorrent.md names every constant and every lacking control", (t) => {
  const page = readRepositoryFile("docs/service-qbittorrent.md");
  const names = constantGroups.flatMap(({ values }) => Object.keys(values));
  const missing = [...names, ...lackingControls.map(({ name }) => name)].filter(
    (name) => !page.includes(`\`${name}\``),
  );
  t.deepEqual(missing, []);
});
