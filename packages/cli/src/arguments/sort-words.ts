// The words of a command line, sorted into command, subjects and options, whose values are read by their gates.

import { parseArgs } from "node:util";
import { engineSettings, readWord, torrentSettings, type SettingRows } from "@troupe/control";
import { cleanText, suggestion } from "@troupe/protocol/text";
import type { AddOptions, CoordinatorOptions } from "../engine-port.ts";
import { readPeriod } from "./limit-period.ts";
import { commandNames, findOption, optionTable, optionsOf, spellOption } from "./option-table.ts";
import {
  takenText,
  type CallOptionName,
  type CallValue,
  type CommandName,
} from "./option-table.ts";
import { UsageError } from "./usage-error.ts";

/** A command line, sorted into command, subjects and options. */
export type ParsedWords = ReturnType<typeof sortWords>;

/** Sorts the command line into command, subjects and options. @throws {UsageError} */
export function sortWords(words: readonly string[]) {
  const { tokens, positionals } = parseArgs({
    args: [...words],
    options: parserOptions(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const [first = ""] = positionals;
  const named = commandNames.find((name) => name === first);
  const command: CommandName = named ?? "download";
  const options = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const value = optionValue(command, token);
    const earlier = options.get(token.name);
    if (earlier === undefined) options.set(token.name, [value]);
    else if (findOption(token.name)?.isRepeatable === true) earlier.push(value);
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
    /** The settings of the engine that have options here. */
    engine: (): CoordinatorOptions => settings(engineSettings, options),
    /** The settings of a torrent that have options here. */
    torrent: (): AddOptions => settings(torrentSettings, options),
  };
}

type GivenOptions = ReadonlyMap<string, readonly string[]>;

/** Settings as an option of the library: those of a folder, such as `goals`, are the fields of an object. */
function settings(rows: SettingRows, given: GivenOptions): object {
  const found: Record<string, unknown> = {};
  for (const [path, { option }] of Object.entries(rows)) {
    const value = option === undefined ? undefined : valueOf(option.name, given.get(option.name));
    const [name = "", leaf] = path.split(".");
    if (value === undefined) continue;
    found[name] = leaf === undefined ? value : { ...(found[name] as object), [leaf]: value };
  }
  return found;
}

/** Undefined: no word. */
function valueOf(name: string, words: readonly string[] | undefined): unknown {
  const [first] = words ?? [];
  const row = findOption(name);
  if (first === undefined || row === undefined) return undefined;
  if (row.sign === undefined) return !name.startsWith("no-");
  return row.isRepeatable === true ? words?.map((text) => read(name, text)) : read(name, first);
}

/** @throws {UsageError} for a word that the option does not take. */
function read(name: string, text: string): unknown {
  if (name === "schedule") return readPeriod(text);
  const row = findOption(name);
  const value = row && readWord(row.word, text);
  if (row === undefined || value !== undefined) return value;
  throw new UsageError(`--${name} takes ${takenText(row)}, not "${cleanText(text, 60)}"`);
}

function parserOptions(): Record<string, { type: "string" | "boolean"; short?: string }> {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  for (const [name, { sign, letter }] of Object.entries(optionTable)) {
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
  const row = findOption(name);
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
    throw new UsageError(`${typed} needs a value: ${spellOption(name)}`, command);
  }
  return value;
}

function refuseUnknownOptions(command: CommandName, options: ReadonlyMap<string, unknown>): void {
  if (options.has("version") || options.has("help") || command === "help") return;
  for (const name of options.keys()) {
    if (findOption(name)?.commands.includes(command) === true) continue;
    throw new UsageError(`there is no option --${name} for troupe ${command}`, command);
  }
}
