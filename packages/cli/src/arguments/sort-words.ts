// The words of a command line, sorted into command, subjects and options, whose values are read by their gates.

import { parseArgs } from "node:util";
import {
  engineSettings,
  readWord,
  serviceSettings,
  torrentSettings,
  type SettingRows,
  type SettingValues,
} from "@troupe/control";
import { cleanText, suggestion } from "@troupe/protocol/text";
import type { AddOptions, CoordinatorOptions } from "../engine-port.ts";
import type { GivenSettings } from "../settings/given-settings.ts";
import { readRename } from "./file-rename.ts";
import { readPeriod } from "./limit-period.ts";
import {
  commandNames,
  findOption,
  optionTable,
  optionsApart,
  optionsOf,
  spellOption,
} from "./option-table.ts";
import {
  takenText,
  type CallOptionName,
  type CallValue,
  type CommandName,
  type CreateValue,
  type EditValue,
} from "./option-table.ts";
import type { CreateOptionName } from "./create-options.ts";
import type { EditOptionName } from "./edit-options.ts";
import { UsageError } from "./usage-error.ts";

/** A command line, sorted into command, subjects and options. */
export type ParsedWords = ReturnType<typeof sortWords>;

/**
 * Sorts the command line into command, subjects and options.
 *
 * @param given Settings from elsewhere. An option comes before them.
 * @throws {UsageError}
 */
export function sortWords(words: readonly string[], given?: GivenSettings) {
  const { named, tokens, positionals } = parsedWords(words);
  const command: CommandName = named ?? "download";
  const options = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const value = optionValue(command, token);
    const earlier = options.get(token.name);
    if (earlier === undefined) options.set(token.name, [value]);
    else if (findOption(token.name, command)?.isRepeatable === true) earlier.push(value);
    else throw new UsageError(`${token.rawName} was given twice`, command);
  }
  refuseUnknownOptions(command, options);
  return {
    command,
    subjects: named === undefined ? positionals : positionals.slice(1),
    has: (name: string) => options.has(name),
    /** Subjects after the first use of an option: `compare A… --with B…`. */
    subjectsAfter(name: CallOptionName): readonly string[] {
      const option = tokens.find((token) => token.kind === "option" && token.name === name);
      return tokens.flatMap((token) =>
        token.kind === "positional" && option !== undefined && token.index > option.index
          ? [token.value]
          : [],
      );
    },
    /** Undefined when the option is absent. */
    value<Name extends CallOptionName>(name: Name): CallValue<Name> | undefined {
      return valueOf(name, options.get(name)) as CallValue<Name> | undefined;
    },
    /** The value of an option of `troupe create`; undefined when the option is absent. */
    create<Name extends CreateOptionName>(name: Name): CreateValue<Name> | undefined {
      return valueOf(name, options.get(name), "create") as CreateValue<Name> | undefined;
    },
    /** The value of an option of `troupe edit`; undefined when the option is absent. */
    edit<Name extends EditOptionName>(name: Name): EditValue<Name> | undefined {
      return valueOf(name, options.get(name), "edit") as EditValue<Name> | undefined;
    },
    /** The settings of the engine that have options here, or are given. */
    engine: (): CoordinatorOptions => ({
      ...asOptions({
        ...givenTo(command, "engine", given),
        ...byOptions(engineSettings, options, command),
      }),
    }),
    /** The settings of a torrent that have options here, or are given. */
    torrent: (): AddOptions => ({
      ...asOptions({
        ...givenTo(command, "torrent", given),
        ...byOptions(torrentSettings, options, command),
      }),
    }),
    /** The settings of a service that have options here, or are given. */
    service: (): ServiceValues => ({
      ...givenTo(command, "service", given),
      ...byOptions(serviceSettings, options),
    }),
    /** The settings of a torrent that options name, by their keys. */
    torrentSettings: (): SettingsByKey => byOptions(torrentSettings, options),
    /** The settings that options name, by their keys. */
    settings: (): SettingsByKey =>
      byOptions({ ...torrentSettings, ...engineSettings, ...serviceSettings }, options),
  };
}

/** Set values of a service's settings. An interface, so that the types of invocations can name it. */
export interface ServiceValues extends SettingValues<typeof serviceSettings> {}

/** The words by the types of the options; a second time where the call uses the name of an option differently. */
function parsedWords(words: readonly string[]) {
  const parse = (command?: CommandName) =>
    parseArgs({
      args: [...words],
      options: parserOptions(command),
      strict: false,
      allowPositionals: true,
      tokens: true,
    });
  const parsed = parse();
  const named = commandNames.find((name) => name === parsed.positionals[0]);
  const isApart = Object.keys(optionsApart(named)).length > 0;
  return { named, ...(isApart ? parse(named) : parsed) };
}

/** Values of settings by keys such as `goals.ratio`. */
type SettingsByKey = Readonly<Record<string, unknown>>;

type GivenOptions = ReadonlyMap<string, readonly string[]>;

/** The settings that options name, but for options that the call uses otherwise. */
function byOptions(rows: SettingRows, options: GivenOptions, command?: CommandName): SettingsByKey {
  const own = optionsApart(command);
  const values = Object.entries(rows).map(([key, { option }]) => {
    if (option === undefined || Object.hasOwn(own, option.name)) return [key, undefined] as const;
    return [key, valueOf(option.name, options.get(option.name))] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** The given settings that hold for a call. */
function givenTo(
  command: CommandName,
  level: "engine" | "service" | "torrent",
  given: GivenSettings | undefined,
): SettingsByKey {
  // A new torrent is seeded as any other.
  const call = command === "create" ? "seed" : command;
  const values = [...(given?.values.values() ?? [])].filter(
    ({ setting }) => setting.level === level && holdsFor(call, setting.row.option?.name),
  );
  return Object.fromEntries(values.map(({ setting, value }) => [setting.key, value]));
}

/** A setting holds for the calls that have its option; without an option, for transfers. */
function holdsFor(command: CommandName, option: string | undefined): boolean {
  if (option === undefined) return ["download", "seed", "serve"].includes(command);
  return findOption(option)?.commands.includes(command) === true;
}

/** Settings as options of the library: those of a folder, such as `goals`, are the fields of an object. */
function asOptions(values: SettingsByKey): object {
  const found: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const [name = "", leaf] = key.split(".");
    found[name] = leaf === undefined ? value : { ...(found[name] as object), [leaf]: value };
  }
  return found;
}

/** Undefined: no word. */
function valueOf(
  name: string,
  words: readonly string[] | undefined,
  command?: CommandName,
): unknown {
  const [first] = words ?? [];
  const row = findOption(name, command);
  if (first === undefined || row === undefined) return undefined;
  if (row.sign === undefined) return !name.startsWith("no-");
  if (row.isRepeatable !== true) return read(name, first, command);
  return words?.map((text) => read(name, text, command));
}

/** @throws {UsageError} for a word that the option does not take. */
function read(name: string, text: string, command?: CommandName): unknown {
  if (name === "schedule") return readPeriod(text);
  if (name === "rename") return readRename(text);
  const row = findOption(name, command);
  const value = row && readWord(row.word, text);
  if (row === undefined || value !== undefined) return value;
  // The text may be a password.
  const seen = row.word.kind === "proxy" ? "another text" : `"${cleanText(text, 60)}"`;
  throw new UsageError(`--${name} takes ${takenText(row)}, not ${seen}`);
}

function parserOptions(
  command: CommandName | undefined,
): Record<string, { type: "string" | "boolean"; short?: string }> {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  const rows = { ...optionTable, ...optionsApart(command) };
  for (const [name, { sign, letter }] of Object.entries(rows)) {
    const type = sign === undefined ? "boolean" : "string";
    options[name] = letter === undefined ? { type } : { type, short: letter };
  }
  return options;
}

interface TypedOption {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** `""` for a switch. */
function optionValue(
  command: CommandName,
  { name, rawName: typed, value, inlineValue }: TypedOption,
): string {
  const row = findOption(name, command);
  if (row === undefined) {
    const spelled = cleanText(typed, 60);
    const isLong = typed.startsWith("--");
    const meant = isLong ? suggestion(name.slice(0, 60), optionsOf(command), "--") : "";
    throw new UsageError(`there is no option ${spelled}${meant}`, command);
  }
  if (row.sign === undefined) {
    if (value !== undefined) throw new UsageError(`${typed} takes no value`, command);
    return "";
  }
  // `--dir --json` lacks the folder; `--dir=--json` names a folder, and `--down -1` a number.
  const looksForgotten = value === undefined || (inlineValue !== true && /^-\D/.test(value));
  if (looksForgotten || value === "") {
    throw new UsageError(`${typed} needs a value: ${spellOption(name, command)}`, command);
  }
  return value;
}

function refuseUnknownOptions(command: CommandName, options: ReadonlyMap<string, unknown>): void {
  if (options.has("version") || options.has("help") || command === "help") return;
  for (const name of options.keys()) {
    const row = findOption(name, command);
    if (row?.commands.includes(command) === true) continue;
    if (command === "settings" && row?.key !== undefined) continue;
    throw new UsageError(`there is no option --${name} for troupe ${command}`, command);
  }
}
