// Every option of the command line: the settings that have one, and the options of calls.

import {
  engineSettings,
  serviceSettings,
  torrentSettings,
  wordText,
  type Gate,
  type OptionColumn,
  type SettingRow,
  type SettingRows,
  type ValueOf,
} from "@troupe/control";
import { callRows, type CallOption } from "./call-options.ts";
import { createRows, type CreateOptionName } from "./create-options.ts";
import { dhtRows } from "./dht-options.ts";
import { editRows, type EditOptionName } from "./edit-options.ts";
import { loadTestRows } from "./load-test-options.ts";
import { serviceCalls } from "./service-calls.ts";
import { removeRows, serviceRows } from "./service-options.ts";

const names = [
  "download",
  "seed",
  "check",
  "match",
  "info",
  "create",
  "edit",
  "demo",
  "dht",
  "cat",
  "play",
  ...serviceCalls,
  "load-test",
  "serve",
  "settings",
  "state",
  "import",
  "completion",
  "help",
] as const;

/** The commands of the program. */
export type CommandName = (typeof names)[number];

/** Every command, in the order of the help. */
export const commandNames: readonly CommandName[] = names;

const ownRows = { ...callRows, ...dhtRows, ...loadTestRows, ...serviceRows };

/** The names of the options that are no settings. */
export type CallOptionName = keyof typeof ownRows;

/** The value of an option that is no setting. */
export type CallValue<Name extends CallOptionName> = ValueOf<(typeof ownRows)[Name]["gate"]>;

/** The value of an option of `troupe create`. */
export type CreateValue<Name extends CreateOptionName> = ValueOf<(typeof createRows)[Name]["gate"]>;

/** The value of an option of `troupe edit`. */
export type EditValue<Name extends EditOptionName> = ValueOf<(typeof editRows)[Name]["gate"]>;

/** An option of the command line. */
interface OptionRow extends OptionColumn {
  /** The values of a word. */
  readonly word: Gate;
  /** Names the argument; undefined for a switch. */
  readonly sign?: string;
  /** Absent: given once at most. */
  readonly isRepeatable?: boolean;
  readonly commands: readonly CommandName[];
  /** An option of `seed` that `create` has with `--seed`. */
  readonly isForSeeding?: true;
  /** The key of the setting that the option sets. */
  readonly key?: string;
}

/** Options of `seed` that `create` lacks: it knows its files, and where they lie. */
const choosesFiles: ReadonlySet<string> = new Set([
  "dir",
  "input-file",
  "layout",
  "part-suffix",
  "portable-names",
  "rename",
  "select",
  "verify",
]);

/** The names of arguments in the help, by the kinds of their gates. */
const signs: Readonly<Partial<Record<Gate["kind"], string>>> = {
  address: "ADDR",
  "name-server": "ADDR",
  bytes: "SIZE",
  duration: "DUR",
  either: "N",
  path: "F",
  rate: "RATE",
  ratio: "R",
  record: "HOST:PORT",
  text: "TEXT",
  url: "URL",
  whole: "N",
  word: "HOW",
};

const settings: readonly (readonly [key: string, SettingRow])[] = [
  ...entriesOf(engineSettings).map(([key, row]) => [key, alsoOf("serve", row)] as const),
  ...entriesOf(torrentSettings).map(([key, row]) => [key, alsoOf("add", row)] as const),
  ...entriesOf(serviceSettings),
];

/** In the order of the help. */
export const optionTable: Readonly<Record<string, OptionRow>> = Object.fromEntries([
  ...settings.flatMap(settingOption),
  ...Object.entries<CallOption>(ownRows).map(([name, row]) => optionRow(name, row)),
]);

/** Options whose names other calls use otherwise, by the call that has them. */
const apart: Readonly<Partial<Record<CommandName, Readonly<Record<string, OptionRow>>>>> = {
  create: optionRows(createRows),
  edit: optionRows(editRows),
  remove: optionRows(removeRows),
};

function optionRows(rows: Readonly<Record<string, CallOption>>) {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => optionRow(name, row)));
}

function entriesOf(rows: SettingRows): (readonly [key: string, SettingRow])[] {
  return Object.entries(rows);
}

/** `add` has the options of a torrent that `download` has, and `serve` those of an engine. */
function alsoOf(command: "add" | "serve", { option, ...row }: SettingRow): SettingRow {
  if (option === undefined) return row;
  const isShared = option.calls.split(" ").includes("download");
  return { ...row, option: isShared ? { ...option, calls: `${option.calls} ${command}` } : option };
}

function settingOption([key, { gate, option }]: readonly [string, SettingRow]) {
  if (option === undefined) return [];
  const [name, row] = optionRow(option.name, { ...option, gate });
  return [[name, { ...row, key }] as const];
}

function optionRow(name: string, { gate, ...column }: CallOption): readonly [string, OptionRow] {
  const word = column.word ?? (gate.kind === "list" ? gate.of : gate);
  const sign = signOf(name, column, word);
  const own = column.calls.split(" ");
  const isSeeding = own.includes("seed") && !own.includes("create") && !choosesFiles.has(name);
  const calls = isSeeding ? [...own, "create"] : own;
  const row: OptionRow = {
    ...column,
    word,
    isRepeatable: gate.kind === "list",
    ...(isSeeding && { isForSeeding: true }),
    commands: names.filter((command) => calls.includes(command)),
    ...(sign !== undefined && { sign }),
  };
  return [name, row];
}

/** Undefined for a switch. */
function signOf(name: string, { sign }: OptionColumn, word: Gate): string | undefined {
  if (word.kind === "flag" || name.startsWith("no-")) return undefined;
  return sign ?? (word.kind === "path" && word.of === "folder" ? "D" : signs[word.kind]);
}

/** The row of the option with this name, or undefined. @param command The call, for names that calls use differently. */
export function findOption(name: string, command?: CommandName): OptionRow | undefined {
  const own = optionsApart(command);
  if (Object.hasOwn(own, name)) return own[name];
  return Object.hasOwn(optionTable, name) ? optionTable[name] : undefined;
}

/** The options of a call whose names other calls use otherwise. */
export function optionsApart(command?: CommandName): Readonly<Record<string, OptionRow>> {
  return (command !== undefined && apart[command]) || {};
}

/** What the words of an option are, for errors. */
export function takenText({ takes, word }: OptionRow): string {
  return takes ?? wordText(word);
}

/** Options in the help, in its order. */
export function shownOptions(): string[] {
  return Object.keys(optionTable).filter((name) => findOption(name)?.isHidden !== true);
}

/** Options of a call in the help, in its order; of a topic that is no call, none. */
export function optionsOf(topic: string): string[] {
  const command = names.find((name) => name === topic);
  if (command === undefined) return [];
  const own = new Set([...Object.keys(optionsApart(command)), ...shownOptions()]);
  return [...own].filter((name) => findOption(name, command)?.commands.includes(command));
}

/** `--dir D`, as the error sentences write it. */
export function spellOption(name: string, command?: CommandName): string {
  const sign = findOption(name, command)?.sign;
  return sign === undefined ? `--${name}` : `--${name} ${sign}`;
}

/** `-d, --dir D`, as the help writes it. */
export function spellWithShort(name: string, command?: CommandName): string {
  const letter = findOption(name, command)?.letter;
  const spelled = spellOption(name, command);
  return letter === undefined ? spelled : `-${letter}, ${spelled}`;
}
