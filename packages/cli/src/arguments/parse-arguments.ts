// The command line into an invocation. Node's parser splits it; this file holds it against the option table.

import { parseArgs } from "node:util";
import { cleanText } from "@troupe/protocol";
import type { EngineChoices, Invocation, Places, SayOptions } from "./invocation.ts";
import { parsePriority, parseSelect } from "./file-choices.ts";
import { nearest, suggestion } from "./nearest.ts";
import {
  absentOptions,
  callNames,
  findOption,
  optionTable,
  shownOptions,
  spellOption,
} from "./option-table.ts";
import type { CallName, OptionName } from "./option-table.ts";
import {
  parseBindAddress,
  parseCount,
  parseDuration,
  parseLogLevel,
  parsePeer,
  parsePortList,
  parseSize,
  parseTracker,
  parseVerify,
} from "./option-values.ts";
import { shellNames } from "./shells.ts";
import type { ShellName } from "./shells.ts";
import type { HelpTopic } from "../help-topics.ts";
import { UsageError } from "./usage-error.ts";

/** What `troupe help` can be asked about. Not taken from the topics: they are loaded for a help alone. */
export const helpTopics: readonly HelpTopic[] = [...callNames, "display"];
/** Calls of other releases: a file of such a name is given with its folder, as `./dht`. */
const absentCalls = ["dht", "load-test"];
const defaultPorts = "6881-6889,0";
const mebibyte = 1024 ** 2;

/** The words that were typed, sorted: which call, what it is about, which options. */
class Words {
  readonly call: CallName;
  readonly subjects: readonly string[];
  readonly #options: ReadonlyMap<string, readonly string[]>;

  constructor(
    call: CallName,
    subjects: readonly string[],
    options: ReadonlyMap<string, readonly string[]>,
  ) {
    this.call = call;
    this.subjects = subjects;
    this.#options = options;
  }

  has(name: OptionName): boolean {
    return this.#options.has(name);
  }

  /** Everything that followed a repeatable option, in order. */
  all(name: OptionName): readonly string[] {
    return this.#options.get(name) ?? [];
  }

  /** What followed an option, read by `read`; undefined when it was not given. */
  one<Value>(name: OptionName, read: (text: string) => Value): Value | undefined {
    const text = this.#options.get(name)?.[0];
    return text === undefined ? undefined : read(text);
  }
}

/**
 * Reads the words after the program's name.
 *
 * @throws {UsageError} for anything that is not understood in full: an unknown option or one that the call
 *   does not know, a value out of range, a missing or superfluous subject.
 */
export function parseArguments(words: readonly string[]): Invocation {
  if (words.length === 0) return { call: "help", topic: undefined };
  const sorted = sortWords(words);
  if (sorted.has("version")) return { call: "version" };
  if (sorted.has("help"))
    return { call: "help", topic: words.length === 1 ? undefined : sorted.call };
  switch (sorted.call) {
    case "download":
    case "seed":
      return transferInvocation(sorted, sorted.call);
    case "check":
      return {
        call: "check",
        source: onlySubject(sorted, "TORRENT"),
        ...places(sorted),
        ...engineChoices(sorted),
        ...sayOptions(sorted),
      };
    case "info":
      return {
        call: "info",
        source: onlySubject(sorted, "SOURCE"),
        stateDirectory: sorted.all("state-dir")[0],
        json: sorted.has("json"),
      };
    case "demo":
      noSubject(sorted);
      return {
        call: "demo",
        sizeBytes: sorted.one("size", (text) => parseSize("size", text, 1)) ?? 256 * mebibyte,
        ...engineChoices(sorted),
        ...sayOptions(sorted),
      };
    case "completion":
      return { call: "completion", shell: shellOf(sorted) };
    case "help":
      return { call: "help", topic: helpTopic(sorted.subjects) };
  }
}

function sortWords(words: readonly string[]): Words {
  const { tokens } = parseArgs({
    args: [...words],
    options: parserOptions(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  refuseAbsentCall(tokens.find((token) => token.kind === "positional")?.value);
  const subjects: string[] = [];
  const options = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") subjects.push(token.value);
    if (token.kind !== "option") continue;
    const value = optionValue(token.name, token.rawName, token.value, token.inlineValue === true);
    const earlier = options.get(token.name);
    if (earlier === undefined) options.set(token.name, [value]);
    else if (findOption(token.name)?.repeatable === true) earlier.push(value);
    else throw new UsageError(`${token.rawName} was given twice`);
  }
  const named = callNames.find((name) => name === subjects[0]);
  const call = named ?? "download";
  if (named !== undefined) subjects.shift();
  refuseStrangers(call, options);
  return new Words(call, subjects, options);
}

function refuseAbsentCall(call: string | undefined): void {
  if (call === undefined || !absentCalls.includes(call)) return;
  throw new UsageError(`there is no \`troupe ${call}\` in this release`);
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

/** The value of one option as typed, `""` for a switch. */
function optionValue(
  name: string,
  typed: string,
  value: string | undefined,
  isInline: boolean,
): string {
  const row = findOption(name);
  if (row === undefined) {
    const spelled = cleanText(typed, 60);
    const isLong = typed.startsWith("--");
    if (isLong && absentOptions.includes(name)) {
      throw new UsageError(`there is no option ${spelled} in this release`);
    }
    const meant = isLong ? suggestion(name.slice(0, 60), shownOptions(), "--") : "";
    throw new UsageError(`there is no option ${spelled}${meant}`);
  }
  if (row.value === undefined) {
    if (value !== undefined) throw new UsageError(`${typed} takes no value`);
    return "";
  }
  // `--dir --json` forgot the folder; `--dir=--json` means a folder of that name.
  const looksForgotten = value === undefined || (!isInline && /^-./.test(value));
  if (looksForgotten || value === "") {
    throw new UsageError(`${typed} needs a value: ${spellOption(name)}`);
  }
  return value;
}

function refuseStrangers(call: CallName, options: ReadonlyMap<string, unknown>): void {
  if (options.has("version") || options.has("help") || call === "help") return;
  for (const name of options.keys()) {
    if (findOption(name)?.calls.includes(call) === true) continue;
    throw new UsageError(`there is no option --${name} for troupe ${call}`, call);
  }
}

function transferInvocation(words: Words, call: "download" | "seed"): Invocation {
  if (words.subjects.length === 0) {
    throw new UsageError(
      call === "seed" ? "seed needs a TORRENT" : "a SOURCE to download is missing",
      call,
    );
  }
  return {
    call,
    sources: words.subjects,
    ports: parsePortList(words.all("port")[0] ?? defaultPorts),
    bind: words.all("bind").map(parseBindAddress),
    peers: words.all("peer").map(parsePeer),
    trackers: words.all("tracker").map(parseTracker),
    useTrackers: !words.has("no-trackers"),
    maxPeers: words.one("max-peers", (text) => parseCount("max-peers", text, 1, 10_000)) ?? 200,
    select: words.one("select", parseSelect),
    priorities: words.all("priority").map(parsePriority),
    sequential: words.has("sequential"),
    verify: words.one("verify", parseVerify) ?? "sample",
    keepSeeding: call === "seed" || words.has("seed"),
    giveUpAfterMs: words.one("give-up", (text) => parseDuration("give-up", text)),
    ...places(words),
    ...engineChoices(words),
    ...sayOptions(words),
  };
}

function places(words: Words): Places {
  return {
    directory: words.all("dir")[0] ?? ".",
    stateDirectory: words.all("state-dir")[0],
  };
}

function engineChoices(words: Words): EngineChoices {
  return {
    // Less than one piece's worth of slots for both directions cannot move data.
    memoryBytes: words.one("memory", (text) => parseSize("memory", text, mebibyte)),
    peerWorkers: words.one("peer-workers", (text) => parseCount("peer-workers", text, 1, 64)),
    chaos: words.all("chaos")[0],
    hashThreads: words.one("hash-threads", (text) => parseCount("hash-threads", text, 1, 256)),
  };
}

function sayOptions(words: Words): SayOptions {
  const logFile = words.all("log-file")[0];
  return {
    json: words.has("json"),
    quiet: words.has("quiet"),
    logLevel: words.one("log-level", parseLogLevel) ?? (logFile === undefined ? undefined : "info"),
    logFile,
  };
}

function onlySubject(words: Words, what: string): string {
  const [subject, ...others] = words.subjects;
  if (subject === undefined) {
    throw new UsageError(`${words.call} needs a ${what}`, words.call);
  }
  if (others.length > 0) {
    throw new UsageError(
      `${words.call} takes one ${what}, not ${words.subjects.length}`,
      words.call,
    );
  }
  return subject;
}

function noSubject(words: Words): void {
  if (words.subjects.length > 0) {
    throw new UsageError(`${words.call} takes no SOURCE`, words.call);
  }
}

function shellOf(words: Words): ShellName {
  const subject = onlySubject(words, "shell: bash, zsh or fish");
  const shell = shellNames.find((name) => name === subject);
  if (shell !== undefined) return shell;
  const asked = cleanText(subject, 60);
  throw new UsageError(`there is no completion for "${asked}", only for bash, zsh and fish`);
}

function helpTopic(subjects: readonly string[]): HelpTopic | undefined {
  const [asked] = subjects;
  if (asked === undefined) return undefined;
  const topic = helpTopics.find((name) => name === asked);
  if (topic !== undefined) return topic;
  const meant = suggestion(asked.slice(0, 60), helpTopics);
  throw new UsageError(`there is no call "${cleanText(asked, 60)}" to explain${meant}`);
}

/** A call that a source may be meant as: `troupe chekc a.torrent` asks to download `chekc`. */
export function callMeantBy(source: string): string | undefined {
  return /^[a-z]{3,12}$/.test(source) ? nearest(source, callNames) : undefined;
}
