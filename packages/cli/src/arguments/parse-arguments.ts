import { cleanText, nearest, suggestion } from "@troupe/protocol/text";
import { parseProxyUrl } from "@troupe/protocol/proxy";
import type { CodedMessage } from "../engine-port.ts";
import type { HelpTopic } from "../help-topics.ts";
import { nothingGiven, type GivenSettings } from "../settings/given-settings.ts";
import { dhtInvocation } from "./dht-arguments.ts";
import { createInvocation } from "./create-arguments.ts";
import { editInvocation } from "./edit-arguments.ts";
import { parseByteRange } from "./byte-range.ts";
import { parseFile, parsePriority, parseSelect, type FilePattern } from "./file-patterns.ts";
import { importInvocation } from "./import-arguments.ts";
import { loadTestInvocation } from "./load-test-arguments.ts";
import { parseModules } from "./modules.ts";
import { commandNames } from "./option-table.ts";
import { outputOptions } from "./output-options.ts";
import { refuseGoalsAlone, swarmOptions } from "./swarm-options.ts";
import { serviceInvocation } from "./service-arguments.ts";
import { stateInvocation } from "./state-arguments.ts";
import { sortWords, type ParsedWords, type ServiceValues } from "./sort-words.ts";
import { UsageError } from "./usage-error.ts";

/** Topics of `troupe help`, repeated here because topics are loaded only for the help. */
export const helpTopics: readonly HelpTopic[] = [...commandNames, "display"];
/** A parsed command line: every value checked, every default in place. */
export type Invocation = ReturnType<typeof parseArguments>;

/** The parsed command line of a command. */
export type InvocationOf<Command extends Invocation["command"]> = Extract<
  Invocation,
  { readonly command: Command }
>;

/** `troupe download` and `troupe seed`. */
export type TransferInvocation = ReturnType<typeof transferInvocation>;

/** Shells supported by `troupe completion`. */
export const shellNames = ["bash", "zsh", "fish"] as const;

/** The name of a supported shell. */
export type ShellName = (typeof shellNames)[number];

const mebibyte = 1024 ** 2;

/**
 * Parses the words after the program's name.
 *
 * @param from Settings of the settings file and the environment.
 * @throws {UsageError} for an unknown option, an option that the command does not accept, a value out of range, and a
 *   missing or superfluous subject.
 */
export function parseArguments(words: readonly string[], from: GivenSettings = nothingGiven) {
  if (words.length === 0) return { command: "help", topic: undefined } as const;
  const sorted = sortWords(words, from);
  const warnings = [...from.warnings, ...visiblePasswords(sorted)];
  if (sorted.has("version")) return { command: "version" } as const;
  if (sorted.has("help")) return helpOf(sorted, words.length === 1);
  return commandInvocation(sorted, { ...from, warnings });
}

/** The call of a command. @throws {UsageError} */
function commandInvocation(sorted: ParsedWords, given: GivenSettings) {
  const { warnings } = given;
  switch (sorted.command) {
    case "download":
    case "seed":
      return { ...transferInvocation(sorted, sorted.command), warnings };
    case "check":
      return { ...checkInvocation(sorted), warnings };
    case "match":
      return { ...matchInvocation(sorted), warnings };
    case "info":
      return { ...infoInvocation(sorted), warnings };
    case "create":
      return { ...createInvocation(sorted), warnings };
    case "edit":
      return editInvocation(sorted);
    case "demo":
      refuseSubjects(sorted);
      return {
        command: "demo",
        sizeBytes: sorted.value("size") ?? 256 * mebibyte,
        engine: sorted.engine(),
        ...outputOptions(sorted),
      } as const;
    case "dht":
      return { ...dhtInvocation(sorted), warnings, ...outputOptions(sorted) } as const;
    case "cat":
      return { ...catInvocation(sorted), warnings };
    case "play":
      return { ...playInvocation(sorted), warnings };
    case "load-test":
      return loadTestInvocation(sorted);
    case "serve":
      return { ...serveInvocation(sorted), given };
    case "add":
    case "list":
    case "show":
    case "start":
    case "stop":
    case "pause":
    case "remove":
    case "set":
    case "watch":
    case "feeds":
    case "password":
    case "token":
      return { ...serviceInvocation(sorted, sorted.command), warnings };
    case "settings":
      return { ...settingsInvocation(sorted), given };
    case "state":
      return { ...stateInvocation(sorted), warnings };
    case "import":
      return { ...importInvocation(sorted), warnings };
    case "completion":
      return { command: "completion", shell: parseShell(sorted) } as const;
    case "help":
      return { command: "help", topic: parseHelpTopic(sorted.subjects) } as const;
  }
}

/** @param isAlone No other word was given. */
function helpOf({ command }: ParsedWords, isAlone: boolean) {
  return { command: "help", topic: isAlone ? undefined : command } as const;
}

/** Other users of a machine can read its command lines. */
function visiblePasswords({ settings }: ParsedWords): readonly CodedMessage[] {
  const { proxy } = settings();
  if (typeof proxy !== "string" || parseProxyUrl(proxy).login === undefined) return [];
  const message =
    "other users of this machine can read the password of --proxy; TROUPE_PROXY and the settings file keep it";
  return [{ code: "proxy-password-visible", message }];
}

function checkInvocation(words: ParsedWords) {
  return {
    command: "check",
    source: singleSubject(words, "TORRENT"),
    select: selection(words),
    engine: words.engine(),
    add: words.torrent(),
    ...outputOptions(words),
  } as const;
}

function matchInvocation(words: ParsedWords) {
  const folders = words.value("in") ?? [];
  const source = singleSubject(words, "TORRENT");
  if (folders.length === 0)
    throw new UsageError("match needs --in D, a folder to look for files in", words.command);
  return {
    command: "match",
    source,
    /** Paths as written, at least one. */
    folders,
    /** Undefined: reflinks, or an error. */
    link: words.value("link"),
    isDryRun: words.has("dry-run"),
    engine: words.engine(),
    ...outputOptions(words),
  } as const;
}

function infoInvocation(words: ParsedWords) {
  return {
    command: "info",
    source: singleSubject(words, "SOURCE"),
    ...swarmOptions(words),
    ...outputOptions(words),
    /** The path as written; undefined: the .torrent is not saved. */
    save: words.value("save"),
  } as const;
}

function catInvocation(words: ParsedWords) {
  const [source, file, ...others] = words.subjects;
  if (source === undefined) throw new UsageError("cat needs a TORRENT", words.command);
  if (others.length > 0)
    throw new UsageError(
      `cat takes a TORRENT and a FILE, not ${words.subjects.length} words`,
      "cat",
    );
  const range = words.value("range");
  return {
    command: "cat",
    source,
    /** Undefined: the only file of the torrent. */
    file: file === undefined ? undefined : parseFile(file),
    /** Undefined: the whole file. */
    range: range === undefined ? undefined : parseByteRange(range),
    ...swarmOptions(words),
    ...outputOptions(words),
  } as const;
}

function playInvocation(words: ParsedWords) {
  return {
    command: "play",
    source: singleSubject(words, "SOURCE"),
    select: selection(words),
    /** Undefined: the link is printed. */
    player: words.value("player"),
    ...swarmOptions(words),
    ...outputOptions(words),
  } as const;
}

function serveInvocation(words: ParsedWords) {
  refuseSubjects(words);
  const service: ServiceValues = words.service();
  return {
    command: "serve",
    engine: words.engine(),
    service,
    adopt: words.has("adopt"),
    /** The path of the settings file as written; undefined: its usual place. */
    settingsFile: words.value("settings"),
    /** Keys of the settings that options name. */
    named: Object.keys(words.settings()),
    ...outputOptions(words),
  } as const;
}

function settingsInvocation(words: ParsedWords) {
  refuseSubjects(words);
  return {
    command: "settings",
    isSchema: words.has("schema"),
    json: words.has("json"),
    /** Settings that options name, by key. */
    named: words.settings(),
  } as const;
}

function transferInvocation(words: ParsedWords, command: "download" | "seed") {
  const sourceLists = words.value("input-file") ?? [];
  if (words.subjects.length === 0 && sourceLists.length === 0) {
    throw new UsageError(
      command === "seed" ? "seed needs a TORRENT" : "a SOURCE to download is missing",
      command,
    );
  }
  const swarm = swarmOptions(words);
  const { directory } = swarm.engine;
  refuseGoalsAlone(words, swarm.engine);
  // Goals that are given elsewhere say how long a seed seeds, not that a download becomes one.
  const staysFor = ["seed", "super-seed", "ratio", "seed-time"];
  const verify = words.value("verify");
  return {
    command,
    sources: words.subjects,
    /** Paths of lists of sources, as written. */
    sourceLists,
    engine: swarm.engine,
    add: {
      ...swarm.add,
      ...(verify !== undefined && { verify }),
      // A folder of the settings file gives way to that of a group.
      ...(directory !== undefined && words.has("dir") && { directory }),
    },
    select: selection(words),
    priorities: (words.value("priority") ?? []).map(parsePriority),
    modules: parseModules(words),
    /** A program, as written; undefined: none. */
    onComplete: words.value("on-complete"),
    /** Seed after completion. */
    keepSeeding: command === "seed" || staysFor.some((name) => words.has(name)),
    /** For a folder, space or a link; undefined: no limit. */
    giveUpAfterMs: words.value("give-up"),
    ...outputOptions(words),
  };
}

/** `--select`. Undefined: all files, or those of the last run. */
function selection(words: ParsedWords): FilePattern[] | undefined {
  const text = words.value("select");
  return text === undefined ? undefined : parseSelect(text);
}

function singleSubject(words: ParsedWords, what: string): string {
  const [subject, ...others] = words.subjects;
  if (subject === undefined) {
    throw new UsageError(`${words.command} needs a ${what}`, words.command);
  }
  if (others.length > 0) {
    throw new UsageError(
      `${words.command} takes one ${what}, not ${words.subjects.length}`,
      words.command,
    );
  }
  return subject;
}

function refuseSubjects(words: ParsedWords): void {
  if (words.subjects.length > 0) {
    throw new UsageError(`${words.command} takes no SOURCE`, words.command);
  }
}

function parseShell(words: ParsedWords): ShellName {
  const subject = singleSubject(words, "shell: bash, zsh or fish");
  const shell = shellNames.find((name) => name === subject);
  if (shell !== undefined) return shell;
  const asked = cleanText(subject, 60);
  throw new UsageError(`there is no completion for "${asked}", only for bash, zsh and fish`);
}

function parseHelpTopic(subjects: readonly string[]): HelpTopic | undefined {
  const [asked] = subjects;
  if (asked === undefined) return undefined;
  const topic = helpTopics.find((name) => name === asked);
  if (topic !== undefined) return topic;
  const meant = suggestion(asked.slice(0, 60), helpTopics);
  throw new UsageError(`there is no call "${cleanText(asked, 60)}" to explain${meant}`);
}

/** A command that SOURCE may stand for: `troupe chekc a.torrent` asks to download `chekc`. */
export function nearestCommand(source: string): string | undefined {
  return /^[a-z]{3,12}$/.test(source) ? nearest(source, commandNames) : undefined;
}
