// The words of a command line, sorted into command, subjects and options.

import { parseArgs } from "node:util";
import { cleanText, suggestion } from "@troupe/protocol/text";
import { commandNames, findOption, optionTable, optionsOf, spellOption } from "./option-table.ts";
import type { CommandName, OptionName } from "./option-table.ts";
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
    else if (findOption(token.name)?.repeatable === true) earlier.push(value);
    else throw new UsageError(`${token.rawName} was given twice`, command);
  }
  refuseUnknownOptions(command, options);
  const values = (name: OptionName): readonly string[] => options.get(name) ?? [];
  return {
    command,
    subjects: named === undefined ? positionals : positionals.slice(1),
    has: (name: OptionName) => options.has(name),
    values,
    /** Subjects after the first use of an option: `compare A… --with B…`. */
    subjectsAfter(name: OptionName): readonly string[] {
      const option = tokens.find((token) => token.kind === "option" && token.name === name);
      return tokens.flatMap((token) =>
        token.kind === "positional" && option !== undefined && token.index > option.index
          ? [token.value]
          : [],
      );
    },
    /** Undefined when the option is absent. */
    value<Value>(name: OptionName, read: (text: string) => Value): Value | undefined {
      const [text] = values(name);
      return text === undefined ? undefined : read(text);
    },
  };
}

function parserOptions(): Record<string, { type: "string" | "boolean"; short?: string }> {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  for (const name of Object.keys(optionTable)) {
    const row = findOption(name);
    const type = row?.value === undefined ? "boolean" : "string";
    options[name] = row?.short === undefined ? { type } : { type, short: row.short };
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
  if (row.value === undefined) {
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
