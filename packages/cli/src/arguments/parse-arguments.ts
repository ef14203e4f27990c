import { cleanText, nearest, suggestion } from "@troupe/protocol/text";
import { dhtInvocation } from "./dht-arguments.ts";
import { parsePriority, parseSelect } from "./file-patterns.ts";
import { parseModules } from "./modules.ts";
import { parseLimits } from "./rate-limits.ts";
import { loadTestInvocation } from "./load-test-arguments.ts";
import { parseSeedGoals } from "./seed-goals.ts";
import { commandNames } from "./option-table.ts";
import {
  announceModes,
  parseBindAddress,
  logLevels,
  parseCount,
  parseDuration,
  parseJsonEvents,
  parsePeer,
  parsePortList,
  parseSize,
  parseTracker,
  parseUploadSlots,
  parseWebSeed,
  parseWord,
  shellNames,
  verifications,
} from "./option-values.ts";
import type { ShellName } from "./option-values.ts";
import type { HelpTopic } from "../help-topics.ts";
import { sortWords, type ParsedWords } from "./sort-words.ts";
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

/** Options of every command that starts an engine. Undefined: the engine decides. */
export type EngineOptions = ReturnType<typeof engineOptions>;

/** Kind and place of the output. */
export type OutputOptions = ReturnType<typeof outputOptions>;

const defaultPorts = "6881-6889,0";
const mebibyte = 1024 ** 2;

/**
 * Parses the words after the program's name.
 *
 * @throws {UsageError} for an unknown option, an option that the command does not accept, a value out of range, and a
 *   missing or superfluous subject.
 */
export function parseArguments(words: readonly string[]) {
  if (words.length === 0) return { command: "help", topic: undefined } as const;
  const sorted = sortWords(words);
  if (sorted.has("version")) return { command: "version" } as const;
  if (sorted.has("help")) {
    return { command: "help", topic: words.length === 1 ? undefined : sorted.command } as const;
  }
  switch (sorted.command) {
    case "download":
    case "seed":
      return transferInvocation(sorted, sorted.command);
    case "check":
      return {
        command: "check",
        source: singleSubject(sorted, "TORRENT"),
        /** Undefined: the files of the last run. */
        select: sorted.value("select", parseSelect),
        ...folderOptions(sorted),
        ...engineOptions(sorted),
        ...outputOptions(sorted),
      } as const;
    case "info":
      return {
        command: "info",
        source: singleSubject(sorted, "SOURCE"),
        stateDirectory: sorted.values("state-dir")[0],
        ...swarmOptions(sorted),
        ...engineOptions(sorted),
        ...outputOptions(sorted),
        /** The path, as written; undefined: the .torrent is not saved. */
        save: sorted.values("save")[0],
      } as const;
    case "demo":
      refuseSubjects(sorted);
      return {
        command: "demo",
        sizeBytes: sorted.value("size", (text) => parseSize("size", text, 1)) ?? 256 * mebibyte,
        ...engineOptions(sorted),
        ...outputOptions(sorted),
      } as const;
    case "dht":
      return {
        ...dhtInvocation(sorted),
        ...engineOptions(sorted),
        ...outputOptions(sorted),
      } as const;
    case "load-test":
      return loadTestInvocation(sorted);
    case "completion":
      return { command: "completion", shell: parseShell(sorted) } as const;
    case "help":
      return { command: "help", topic: parseHelpTopic(sorted.subjects) } as const;
  }
}

function transferInvocation(words: ParsedWords, command: "download" | "seed") {
  const sourceLists = words.values("input-file");
  if (words.subjects.length === 0 && sourceLists.length === 0) {
    throw new UsageError(
      command === "seed" ? "seed needs a TORRENT" : "a SOURCE to download is missing",
      command,
    );
  }
  const goals = parseSeedGoals(words);
  const superSeed = words.has("super-seed");
  return {
    command,
    sources: words.subjects,
    /** Paths of lists of sources, as written. */
    sourceLists,
    ...swarmOptions(words),
    webSeeds: words.values("web-seed").map(parseWebSeed),
    maxPeers: words.value("max-peers", (text) => parseCount("max-peers", text, 1, 10_000)) ?? 200,
    ...queueOptions(words),
    uploadSlots: words.value("upload-slots", parseUploadSlots) ?? "rate",
    /** Peers get data. */
    upload: !words.has("no-upload"),
    /** Undefined: all files. */
    select: words.value("select", parseSelect),
    priorities: words.values("priority").map(parsePriority),
    /** By index, not rarest first. */
    sequential: words.has("sequential"),
    /** Names that every system accepts. */
    portableNames: words.has("portable-names"),
    ...parseModules(words),
    verify: words.value("verify", (text) => parseWord("verify", text, verifications)) ?? "sample",
    /** Seed after completion. */
    keepSeeding: command === "seed" || words.has("seed") || superSeed || goals !== undefined,
    superSeed,
    /** Undefined: until stopped. */
    goals,
    /** For a folder, space or a link; undefined: no limit. */
    giveUpAfterMs: words.value("give-up", (text) => parseDuration("give-up", text)),
    limits: parseLimits(words),
    ...folderOptions(words),
    ...engineOptions(words),
    ...outputOptions(words),
  };
}

/** Undefined: the default of the library. */
function queueOptions(words: ParsedWords) {
  const count = (name: "max-downloads" | "max-seeds" | "max-checks", most: number) =>
    words.value(name, (text) => parseCount(name, text, 1, most));
  return {
    maxActiveDownloads: count("max-downloads", 100_000),
    maxActiveSeeds: count("max-seeds", 100_000),
    maxChecks: count("max-checks", 256),
  };
}

/** How a swarm is joined. */
function swarmOptions(words: ParsedWords) {
  return {
    ports: parsePortList(words.values("port")[0] ?? defaultPorts),
    bind: words.values("bind").map(parseBindAddress),
    peers: words.values("peer").map((text) => parsePeer(text)),
    trackers: words.values("tracker").map(parseTracker),
    useTrackers: !words.has("no-trackers"),
    announce:
      words.value("announce", (text) => parseWord("announce", text, announceModes)) ?? "parallel",
    peerExchange: !words.has("no-pex"),
    localDiscovery: !words.has("no-lsd"),
    dht: dhtOption(words),
    portMapping: !words.has("no-port-mapping"),
    /** The IP filter, as written; undefined: no filter. */
    ipFilter: words.values("ip-filter")[0],
  };
}

/** The library's option `dht`. */
function dhtOption(words: ParsedWords) {
  const nodes = words.values("dht-node").map((text) => parsePeer(text, "dht-node"));
  if (!words.has("no-dht")) return nodes.length === 0 ? true : { nodes };
  if (nodes.length > 0) throw new UsageError("--no-dht and --dht-node exclude each other");
  return false;
}

/** For data and session state, as written; undefined: the default place. */
function folderOptions(words: ParsedWords) {
  return {
    directory: words.values("dir")[0] ?? ".",
    stateDirectory: words.values("state-dir")[0],
  };
}

function engineOptions(words: ParsedWords) {
  return {
    // Less than a piece in each direction cannot move data.
    memoryBytes: words.value("memory", (text) => parseSize("memory", text, mebibyte)),
    peerWorkers: words.value("peer-workers", (text) => parseCount("peer-workers", text, 1, 64)),
    /** Checked by the library. */
    chaos: words.values("chaos")[0],
    hashThreads: words.value("hash-threads", (text) => parseCount("hash-threads", text, 1, 256)),
  };
}

function outputOptions(words: ParsedWords) {
  /** The log file, as written; undefined: stderr. */
  const logFile = words.values("log-file")[0];
  return {
    json: words.has("json") || words.has("json-events"),
    /** Undefined: all. */
    jsonEvents: words.value("json-events", parseJsonEvents),
    quiet: words.has("quiet"),
    /** Undefined: no log. */
    logLevel:
      words.value("log-level", (text) => parseWord("log-level", text, logLevels)) ??
      (logFile === undefined ? undefined : "info"),
    logFile,
  };
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
