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
import { dhtRows } from "./dht-options.ts";
import { loadTestRows } from "./load-test-options.ts";

const names = [
  "download",
  "seed",
  "check",
  "info",
  "demo",
  "dht",
  "cat",
  "play",
  "load-test",
  "serve",
  "settings",
  "completion",
  "help",
] as const;

/** The commands of the program. */
export type CommandName = (typeof names)[number];

/** Every command, in the order of the help. */
export const commandNames: readonly CommandName[] = names;

const ownRows = { ...callRows, ...dhtRows, ...loadTestRows };

/** The names of the options that are no settings. */
export type CallOptionName = keyof typeof ownRows;

/** The value of an option that is no setting. */
export type CallValue<Name extends CallOptionName> = ValueOf<(typeof ownRows)[Name]["gate"]>;

/** An option of the command line. */
interface OptionRow extends OptionColumn {
  /** The values of a word. */
  readonly word: Gate;
  /** Names the argument; undefined for a switch. */
  readonly sign?: string;
  /** Absent: given once at most. */
  readonly isRepeatable?: boolean;
  readonly commands: readonly CommandName[];
  /** The key of the setting that the option sets. */
  readonly key?: string;
}

/** The names of arguments in the help, by the kinds of their gates. */
const signs: Readonly<Partial<Record<Gate["kind"], string>>> = {
  address: "ADDR",
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
  withService(engineSettings),
  torrentSettings,
  serviceSettings,
].flatMap((rows: SettingRows) => Object.entries(rows));

/** In the order of the help. */
export const optionTable: Readonly<Record<string, OptionRow>> = Object.fromEntries([
  ...settings.flatMap(settingOption),
  ...Object.entries<CallOption>(ownRows).map(([name, row]) => optionRow(name, row)),
]);

/** A service takes the settings of an engine that a download takes. */
function withService(rows: SettingRows): SettingRows {
  const entries = Object.entries(rows).map(([key, row]) => {
    const { option } = row;
    if (option?.calls.split(" ").includes("download") !== true) return [key, row] as const;
    return [key, { ...row, option: { ...option, calls: `${option.calls} serve` } }] as const;
  });
  return Object.fromEntries(entries);
}

function settingOption([key, { gate, option }]: readonly [string, SettingRow]) {
  if (option === undefined) return [];
  const [name, row] = optionRow(option.name, { ...option, gate });
  return [[name, { ...row, key }] as const];
}

function optionRow(name: string, { gate, ...column }: CallOption): readonly [string, OptionRow] {
  const word = column.word ?? (gate.kind === "list" ? gate.of : gate);
  const sign = signOf(name, column, word);
  const row: OptionRow = {
    ...column,
    word,
    isRepeatable: gate.kind === "list",
    commands: names.filter((command) => column.calls.split(" ").includes(command)),
    ...(sign !== undefined && { sign }),
  };
  return [name, row];
}

/** Undefined for a switch. */
function signOf(name: string, { sign }: OptionColumn, word: Gate): string | undefined {
  if (word.kind === "flag" || name.startsWith("no-")) return undefined;
  return sign ?? (word.kind === "path" && word.of === "folder" ? "D" : signs[word.kind]);
}

/** The row of the option with this name, or undefined. */
export function findOption(name: string): OptionRow | undefined {
  return Object.hasOwn(optionTable, name) ? optionTable[name] : undefined;
}

/** What the words of an option are, for errors. */
export function takenText({ takes, word }: OptionRow): string {
  return takes ?? wordText(word);
}

/** Options in the help, in its order. */
export function shownOptions(): string[] {
  return Object.keys(optionTable).filter((name) => findOption(name)?.isHidden !== true);
}

/** Options of a command in the help, in its order. */
export function optionsOf(command: string): string[] {
  return shownOptions().filter((name) => findOption(name)?.commands.some((one) => one === command));
}

/** `--dir D`, as the error sentences write it. */
export function spellOption(name: string): string {
  const sign = findOption(name)?.sign;
  return sign === undefined ? `--${name}` : `--${name} ${sign}`;
}

/** `-d, --dir D`, as the help writes it. */
export function spellWithShort(name: string): string {
  const letter = findOption(name)?.letter;
  return letter === undefined ? spellOption(name) : `-${letter}, ${spellOption(name)}`;
}
