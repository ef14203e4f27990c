import {
  commandNames,
  findOption,
  optionsApart,
  optionsOf,
  shownOptions,
} from "./arguments/option-table.ts";
import type { CommandName } from "./arguments/option-table.ts";
import { dhtCalls } from "./arguments/dht-arguments.ts";
import { loadTestCalls } from "./arguments/load-test-arguments.ts";
import { helpTopics, shellNames, type ShellName } from "./arguments/parse-arguments.ts";
import { stateCalls } from "./arguments/state-arguments.ts";
import { tokenCalls } from "./arguments/service-arguments.ts";
import { topics } from "./help-topics.ts";

type Operand = "torrents" | "folders" | "files" | "scenarios" | readonly string[] | undefined;

/** What stands behind an option. */
function optionOperand(name: string): Operand {
  if (name === "torrent") return "torrents";
  const gate = findOption(name)?.word;
  if (gate?.kind === "path") return gate.of === "folder" ? "folders" : "files";
  return gate?.kind === "word" ? gate.words : undefined;
}

const commandOperands: Readonly<Record<CommandName, Operand>> = {
  download: "torrents",
  seed: "torrents",
  check: "torrents",
  match: "torrents",
  info: "torrents",
  create: "files",
  edit: "torrents",
  demo: undefined,
  dht: dhtCalls,
  cat: "torrents",
  play: "torrents",
  add: "torrents",
  list: undefined,
  show: undefined,
  start: undefined,
  stop: undefined,
  pause: undefined,
  remove: undefined,
  set: undefined,
  watch: undefined,
  feeds: undefined,
  password: undefined,
  token: tokenCalls,
  "load-test": "scenarios",
  serve: undefined,
  settings: undefined,
  state: stateCalls,
  import: "folders",
  completion: shellNames,
  help: helpTopics,
};

/** The script of `troupe completion SHELL`, with a final line end. */
export function completionScript(shell: ShellName): string {
  const scripts = { bash, zsh, fish };
  return `${scripts[shell]().join("\n")}\n`;
}

function valueOptions(): string[] {
  const own = commandNames.flatMap((command) => {
    const names = Object.keys(optionsApart(command));
    return names.filter((name) => findOption(name, command)?.sign !== undefined);
  });
  // A switch of another call may have the name.
  const others = own.filter((name) => findOption(name) === undefined);
  const shown = shownOptions().filter((name) => findOption(name)?.sign !== undefined);
  return [...shown, ...new Set(others)];
}

/** `--dir` and `-d`. */
function spellings(name: string): string[] {
  const short = findOption(name)?.letter;
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

function dashed(names: readonly string[]): string {
  return names.map((name) => `--${name}`).join(" ");
}

function bash(): string[] {
  const generate: Readonly<Record<string, string>> = {
    torrents: `compgen -f -X '!*.torrent' -- "$word"; compgen -d -- "$word"`,
    folders: `compgen -d -- "$word"`,
    files: `compgen -f -- "$word"`,
    scenarios: `compgen -W '${loadTestCalls.join(" ")}' -- "$word"; compgen -f -- "$word"`,
  };
  const words = (operand: Operand): string => {
    if (operand === undefined) return ":";
    if (typeof operand === "string") return generate[operand] ?? ":";
    return `compgen -W '${operand.join(" ")}' -- "$word"`;
  };
  return [
    "# bash completion of troupe. Works with bash 3.2.",
    "_troupe_words() {",
    "  local word=$1 before=$2 call=$3 isFirst=$4",
    "  case $before in",
    ...valueOptions().map(
      (name) => `    ${spellings(name).join("|")}) ${words(optionOperand(name))}; return ;;`,
    ),
    "  esac",
    "  case $word in",
    "    -*)",
    "      case $call in",
    ...commandNames.map(
      (command) => `        ${command}) compgen -W '${dashed(optionsOf(command))}' -- "$word" ;;`,
    ),
    "      esac",
    "      return ;;",
    "  esac",
    `  [ "$isFirst" = yes ] && compgen -W '${commandNames.join(" ")}' -- "$word"`,
    "  case $call in",
    ...commandNames.map((command) => `    ${command}) ${words(commandOperands[command])} ;;`),
    "  esac",
    "}",
    "_troupe() {",
    "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} call=download isFirst=yes",
    '  if [ "$COMP_CWORD" -gt 1 ]; then',
    "    isFirst=no",
    `    case \${COMP_WORDS[1]} in ${commandNames.join("|")}) call=\${COMP_WORDS[1]} ;; esac`,
    "  fi",
    "  COMPREPLY=()",
    "  local line",
    '  while IFS= read -r line; do COMPREPLY+=("$line"); done \\',
    '    < <(_troupe_words "$word" "$before" "$call" "$isFirst" | sort -u)',
    "}",
    "complete -o filenames -F _troupe troupe",
  ];
}

function zsh(): string[] {
  const action = (operand: Operand): string => {
    if (operand === undefined) return ":value: ";
    if (operand === "torrents") return `:torrent:_files -g "*.torrent"`;
    if (operand === "folders") return ":folder:_files -/";
    if (operand === "files") return ":file:_files";
    if (operand === "scenarios") {
      return `:scenario:{_alternative "calls:call:(${loadTestCalls.join(" ")})" "files:file:_files"}`;
    }
    return `:value:(${operand.join(" ")})`;
  };
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const optionSpecs = (command: CommandName): string[] =>
    optionsOf(command).map((name) => {
      const row = findOption(name, command);
      const meaning = (row?.help ?? "").replaceAll(/[[\]\\]/g, String.raw`\$&`);
      const value = row?.sign === undefined ? "" : action(optionOperand(name));
      const text = quote(`[${meaning}]${value}`);
      if (row?.isRepeatable === true) return `      '*'--${name}${text} \\`;
      const names = spellings(name);
      if (names.length === 1) return `      --${name}${text} \\`;
      return `      '(${names.join(" ")})'{${names.join(",")}}${text} \\`;
    });
  return [
    "#compdef troupe",
    "_troupe() {",
    "  local call=download",
    "  if (( CURRENT > 2 )); then",
    `    case $words[2] in ${commandNames.join("|")}) call=$words[2]; shift words; (( CURRENT-- )) ;; esac`,
    "  else",
    "    local -a calls",
    "    calls=(",
    ...commandNames.map((command) => `      ${quote(`${command}:${topics[command].does}`)}`),
    "    )",
    "    _describe call calls",
    "  fi",
    "  case $call in",
    ...commandNames.flatMap((command) => [
      `    ${command}) _arguments \\`,
      ...optionSpecs(command),
      commandOperands[command] === undefined
        ? "      ;;"
        : `      ${quote(`*${action(commandOperands[command])}`)} ;;`,
    ]),
    "  esac",
    "}",
    `if [ "$funcstack[1]" = _troupe ]; then _troupe "$@"; else compdef _troupe troupe; fi`,
  ];
}

function fish(): string[] {
  const quote = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
  const others = commandNames.filter((command) => command !== "download").join(" ");
  const during = (command: CommandName): string =>
    command === "download"
      ? `"not __fish_seen_subcommand_from ${others}"`
      : `"__fish_seen_subcommand_from ${command}"`;
  const values = (operand: Operand): string => {
    if (operand === "folders") return " -x -a '(__fish_complete_directories)'";
    if (operand === "files") return " -r -F";
    if (operand === "scenarios") return " -F";
    return operand === undefined || operand === "torrents"
      ? " -x"
      : ` -x -a '${operand.join(" ")}'`;
  };
  const options = commandNames.flatMap((command) =>
    optionsOf(command).map((name) => {
      const row = findOption(name, command);
      const value = row?.sign === undefined ? "" : values(optionOperand(name));
      const short = row?.letter === undefined ? "" : ` -s ${row.letter}`;
      return `complete -c troupe -n ${during(command)} -l ${name}${short}${value} -d ${quote(row?.help ?? "")}`;
    }),
  );
  const operands = commandNames.flatMap((command) => {
    const operand = commandOperands[command];
    if (operand === undefined) return [];
    if (operand === "scenarios") {
      return [`complete -c troupe -n ${during(command)} -F -a '${loadTestCalls.join(" ")}'`];
    }
    const words =
      typeof operand === "string" ? "(__fish_complete_suffix .torrent)" : operand.join(" ");
    return [`complete -c troupe -n ${during(command)} -a '${words}'`];
  });
  return [
    "# fish completion of troupe",
    "complete -c troupe -f",
    ...commandNames.map(
      (command) =>
        `complete -c troupe -n __fish_use_subcommand -a ${command} -d ${quote(topics[command].does)}`,
    ),
    ...operands,
    ...options,
  ];
}
