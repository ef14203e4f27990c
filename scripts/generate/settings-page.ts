// docs/settings.md: every setting and every command, from the tables of packages/control.

import {
  addLibraryOptions,
  allowedText,
  engineLibraryOptions,
  engineSettings,
  groupSettings,
  serviceSettings,
  torrentSettings,
  type Gate,
  type LibraryRow,
  type SettingRow,
  type SettingRows,
} from "@troupe/control";
import { commands, type CommandRow } from "@troupe/control/commands";
import { spellWithShort } from "../../packages/cli/src/arguments/option-table.ts";
import { markdownTable } from "./markdown-table.ts";
import { defaultText, objectIn } from "./row-parts.ts";

const head = `# Settings and commands

\`pnpm generate\` writes this page from the tables in \`packages/control\`. [library.md](library.md) and
[command.md](command.md) explain how the settings work together.

A name with a dot is a field: \`goals.ratio\` is \`{ goals: { ratio: 2 } }\`. *Live* settings change while the torrent or the
coordinator runs, by \`torrent.set()\` and \`coordinator.set()\`. The value in force is the torrent's, else its group's, else the
coordinator's, as far as these levels have the setting; else the default. *Right* names who may set it: \`local\` is the program of
this engine alone, \`control\` is also a program elsewhere that may control the engine, and \`library\` is a call of the library
alone. A program elsewhere uses folders below its roots alone, whether it names them itself or the coordinator, a group or an
earlier run has chosen them. The hosts that it names are hosts of the internet but this machine, and those of \`localHosts\`.`;

const settingTitles = [
  ...["setting", "values", "unit", "default", "live", "level", "right", "option of `troupe`"],
  "meaning",
];

/** The tables, from the level that decides first. */
const levels: readonly (readonly [level: string, rows: SettingRows])[] = [
  ["torrent", torrentSettings],
  ["group", groupSettings],
  ["coordinator", engineSettings],
  ["service", serviceSettings],
];

/** Units by the kinds of gates. */
const units: Readonly<Partial<Record<Gate["kind"], string>>> = {
  bytes: "bytes",
  rate: "bytes/s",
  duration: "s",
};

/** The text of docs/settings.md. */
export function settingsPage(): string {
  const sections = [
    head,
    ...levels.map(([level, rows]) => `## Settings of a ${level}\n\n${settingTable(rows)}`),
    `## Options of the library alone\n\n${libraryTable()}`,
    `## Commands\n\n${commandsText}\n\n${commandTable()}`,
    `## Arguments of \`add\`\n\n${argumentTable()}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function settingTable(rows: SettingRows): string {
  const lines = Object.entries(rows).flatMap(([name, row]) => {
    const having = levels.flatMap(([level, others]) => (others[name] === row ? [level] : []));
    return [[`\`${name}\``, ...settingCells(row, having.join(", "))], ...fieldLines(name, row)];
  });
  return markdownTable(settingTitles, lines);
}

function settingCells(row: SettingRow, level: string): string[] {
  const { gate, isLive, right = "local", option, text } = row;
  const isShown = option !== undefined && option.isHidden !== true;
  return [
    ...[valuesText(gate), units[gate.kind] ?? "", defaultText(row)],
    ...[isLive === true ? "yes" : "", level, right],
    ...[isShown ? `\`${spellWithShort(option.name)}\`` : "", text],
  ];
}

/** Lines of the fields of a setting that is an object, or a list of objects. */
function fieldLines(name: string, { gate, fields = {} }: SettingRow): string[][] {
  return Object.entries(fields).map(([field, { text }]) => {
    const of = objectIn(gate)?.fields[field];
    const values = of === undefined ? "" : valuesText(of);
    return [`\`${name}\`: \`${field}\``, values, ...["", "", "", "", "", ""], text];
  });
}

function libraryTable(): string {
  const lines = (call: string, rows: Readonly<Record<string, LibraryRow>>): string[][] =>
    Object.entries(rows).map(([name, { type, text }]) => [
      ...[`\`${name}\``, `\`${call}\``, `\`${type}\``, text],
    ]);
  return markdownTable(
    ["option", "call", "type", "meaning"],
    [...lines("Coordinator.start", engineLibraryOptions), ...lines("add", addLibraryOptions)],
  );
}

const commandsText = `*Right* names what a caller elsewhere needs; no such caller may do what is \`local\`. Each setting among the arguments needs
the right of its own row. A caller elsewhere names no file, and folders below its roots alone; the trackers and web seeds that
it names lead to hosts of the internet alone. Wrong arguments are refused with \`option-unknown\` and \`option-out-of-range\`.`;

function commandTable(): string {
  const all: Readonly<Record<string, CommandRow>> = commands;
  const lines = Object.entries(all).map(
    ([name, { result, errors, right = "local", text, ...command }]) => [
      ...[`\`${name}\``, argumentsText(name, command)],
      ...[
        result === undefined ? "" : valuesText(result),
        errors.map((each) => `\`${each}\``).join(", "),
        right,
        text,
      ],
    ],
  );
  return markdownTable(["command", "arguments", "result", "errors", "right", "action"], lines);
}

function argumentsText(
  name: string,
  {
    arguments: rows,
    required = [],
    settings,
  }: Pick<CommandRow, "arguments" | "required" | "settings">,
): string {
  const live = name === "add" ? "" : "live ";
  const level = settings === "engine" ? "a coordinator" : "a torrent";
  const own = Object.entries(rows).map(
    ([each, { gate }]) =>
      `\`${each}\`${required.includes(each) ? "" : " (optional)"}: ${valuesText(gate)}`,
  );
  return [
    ...(name === "add" ? ["those below"] : own),
    ...(settings === undefined ? [] : [`${live}settings of ${level}`]),
  ].join("; ");
}

/** The values that pass a gate, with those in a list and the names of an object's fields. */
function valuesText(gate: Gate): string {
  if (gate.kind === "list") return `${grouped(allowedText(gate))}: ${valuesText(gate.of)}`;
  if (gate.kind === "map") return `${grouped(allowedText(gate))}: ${valuesText(gate.of)}`;
  if (gate.kind !== "record") return grouped(allowedText(gate));
  const names = Object.keys(gate.fields).map(
    (name) => `\`${name}\`${gate.required.includes(name) ? "" : "?"}`,
  );
  return `an object with ${names.join(", ")}`;
}

/** `65,536` for `65536`. */
function grouped(text: string): string {
  return text.replaceAll(/\d{4,}/g, (digits) => Number(digits).toLocaleString("en"));
}

function argumentTable(): string {
  const lines = Object.entries(commands.add.arguments).map(([name, row]) => [
    ...[`\`${name}\``, valuesText(row.gate), defaultText(row), row.text],
  ]);
  return markdownTable(["argument", "values", "default", "meaning"], lines);
}
