// The words of `troupe load-test`.

import { suggestion } from "@troupe/protocol/text";
import { loadTestRows } from "./load-test-options.ts";
import { parseMetrics, parsePerSecond, wrong } from "./load-test-values.ts";
import type { CallOptionName } from "./option-table.ts";
import type { ParsedWords } from "./sort-words.ts";

/** The calls of `troupe load-test` besides a FILE or the NAME of a scenario. */
export const loadTestCalls = [
  "peers",
  "tracker",
  "dht",
  "agent",
  "compare",
  "report",
  "torrent",
  "data",
] as const;

/** The task of `troupe load-test`; paths are as written. */
type LoadTestTask =
  | ({ readonly call: "file" } & FileRun)
  | ({ readonly call: "short" } & ShortRun)
  | ({ readonly call: "agent" } & AgentTask)
  | ({ readonly call: "compare" } & CompareTask)
  | ({ readonly call: "report" } & ReportTask)
  | ({ readonly call: "torrent"; readonly save: string } & PatternWords)
  | ({ readonly call: "data"; readonly directory: string } & PatternWords)
  | { readonly call: "schema" | "list" };

/** A run of a file. */
export type FileRun = ReturnType<typeof fileRun>;
/** A run without a file. */
export type ShortRun = ReturnType<typeof shortRun>;
/** Options of every run. */
export type RunWords = ReturnType<typeof runWords>;
/** An agent. */
export type AgentTask = ReturnType<typeof agentTask>;
/** A comparison of results. */
export type CompareTask = ReturnType<typeof compareTask>;
/** A report of saved results. */
export type ReportTask = ReturnType<typeof reportTask>;
/** A pattern torrent; undefined: the default of the library. */
export type PatternWords = ReturnType<typeof patternWords>;

/** The message server, as written. */
export interface NatsWords {
  /** A URL, or `@F` for a file that has one; undefined: the variable `NATS_URL` has it. */
  readonly url: string | undefined;
  readonly credentialsFile: string | undefined;
}

type Call = LoadTestTask["call"];
type ShortKind = "peers" | "tracker" | "dht";

const defaultPeers = 100;
const defaultForMs = 30_000;

const running: readonly Call[] = ["file", "short"];
const patterns: readonly Call[] = ["short", "torrent", "data"];
/** Calls that accept an option. */
const callsOfOption: Readonly<Partial<Record<CallOptionName | "dir", readonly Call[]>>> = {
  ...Object.fromEntries(Object.keys(loadTestRows).map((name) => [name, running])),
  count: ["short"],
  for: ["short"],
  "warm-up": ["short"],
  rate: ["short"],
  depth: ["short"],
  behaviour: ["short"],
  take: ["short"],
  size: patterns,
  piece: patterns,
  name: ["torrent", "data", "agent"],
  save: ["torrent"],
  dir: ["data"],
  with: ["compare"],
  budget: [...running, "compare"],
  report: [...running, "compare", "report"],
  format: [...running, "compare", "report"],
  threads: [...running, "agent"],
  nats: [...running, "agent"],
  "nats-creds": [...running, "agent"],
  "allow-target": [...running, "agent"],
  "allow-hostile": ["agent"],
  schema: ["schema"],
  list: ["list"],
};
/** Options of `load-test peers` alone. */
const peerOptions: readonly string[] = ["behaviour", "take", "torrent", "data", "size", "piece"];

/** @throws {UsageError} */
export function loadTestInvocation(words: ParsedWords) {
  const { name, call } = callOf(words);
  refuseForeignOptions(words, name, call);
  return {
    command: "load-test",
    task: parseTask(words, name, call),
    json: words.has("json"),
    quiet: words.has("quiet"),
  } as const;
}

/** The call, and its name as written. */
function callOf(words: ParsedWords): { readonly name: string; readonly call: Call } {
  for (const name of ["schema", "list"] as const) {
    if (!words.has(name)) continue;
    if (words.subjects.length === 0) return { name: `--${name}`, call: name };
    throw wrong(`load-test --${name} takes no other argument`);
  }
  const [name] = words.subjects;
  if (name === undefined) {
    const calls = loadTestCalls.join(", ");
    throw wrong(`load-test needs a FILE, the NAME of a scenario (see --list), or a call: ${calls}`);
  }
  switch (name) {
    case "peers":
    case "tracker":
    case "dht":
      return { name, call: "short" };
    case "agent":
    case "compare":
    case "report":
    case "torrent":
    case "data":
      return { name, call: name };
    default:
      return { name: "FILE", call: "file" };
  }
}

function refuseForeignOptions(words: ParsedWords, name: string, call: Call): void {
  const isForeign = (option: string, calls: readonly Call[]): boolean =>
    !calls.includes(call) || (call === "short" && name !== "peers" && peerOptions.includes(option));
  for (const [option, calls] of Object.entries(callsOfOption)) {
    if (words.has(option) && isForeign(option, calls))
      throw wrong(`there is no option --${option} for troupe load-test ${name}`);
  }
}

function parseTask(words: ParsedWords, name: string, call: Call): LoadTestTask {
  switch (call) {
    case "schema":
    case "list":
      return { call };
    case "file":
      return { call, ...fileRun(words) };
    case "short":
      refuseMore(words, name);
      return { call, ...shortRun(words, name as ShortKind) };
    case "agent":
      refuseMore(words, name);
      return { call, ...agentTask(words) };
    case "compare":
      return { call, ...compareTask(words) };
    case "report":
      return { call, ...reportTask(words) };
    case "torrent":
      refuseMore(words, name);
      return { call, save: needed(words, "save", "torrent"), ...patternWords(words) };
    case "data":
      refuseMore(words, name);
      return { call, directory: words.engine().directory ?? ".", ...patternWords(words) };
  }
}

function fileRun(words: ParsedWords) {
  const [source = "", ...others] = words.subjects;
  const meant = suggestion(source.slice(0, 60), loadTestCalls);
  if (others.length > 0)
    throw wrong(`load-test takes one FILE or NAME, not ${words.subjects.length}${meant}`);
  return { source, ...runWords(words) };
}

function shortRun(words: ParsedWords, kind: ShortKind) {
  const [target, second] = words.value("target") ?? [];
  if (target === undefined) throw wrong(`load-test ${kind} needs --target A`);
  if (second !== undefined) throw wrong(`load-test ${kind} takes one --target`);
  const rate = words.value("rate");
  if (rate !== undefined && words.has("depth"))
    throw wrong("--rate (open load) and --depth (closed load) exclude each other");
  return {
    kind,
    count: words.value("count") ?? defaultPeers,
    forMs: words.value("for") ?? defaultForMs,
    warmUpMs: words.value("warm-up"),
    /** Open load, actions a second. */
    perSecond: rate === undefined ? undefined : parsePerSecond(rate),
    /** Closed load; undefined with `perSecond`, or the default. */
    depth: words.value("depth"),
    behaviour: words.value("behaviour"),
    take: words.value("take"),
    pattern: patternOfRun(words),
    ...runWords(words),
  };
}

function patternOfRun(words: ParsedWords): PatternWords {
  for (const name of ["size", "piece"] as const) {
    if (words.has(name) && words.has("torrent"))
      throw wrong(`--${name} is of a pattern torrent, and --torrent names another`);
  }
  return patternWords(words);
}

function runWords(words: ParsedWords) {
  const torrent = words.value("torrent");
  const data = words.value("data");
  const metrics = words.value("prometheus");
  const agents = words.value("agents");
  if (data !== undefined && torrent === undefined) throw wrong("--data needs --torrent F");
  if (words.has("nats-creds") && !words.has("nats") && !words.has("agents"))
    throw wrong("--nats-creds needs --nats URL, or --agents N|all with NATS_URL");
  return {
    targets: words.value("target") ?? [],
    torrent: torrent === undefined ? undefined : { file: torrent, data },
    seed: words.value("random-seed"),
    budgets: words.value("budget") ?? [],
    result: words.value("result"),
    ...reportWords(words),
    metrics: metrics === undefined ? undefined : parseMetrics(metrics),
    /** Nothing runs. */
    intents: words.value("intents"),
    threads: words.value("threads"),
    /** Undefined: threads of this process make the load. */
    nats: words.has("nats") || agents !== undefined ? natsWords(words) : undefined,
    /** Undefined: all that are there. */
    agents: agents === "all" ? undefined : agents,
    allowTargets: words.value("allow-target") ?? [],
  };
}

function agentTask(words: ParsedWords) {
  return {
    nats: natsWords(words),
    name: words.value("name"),
    threads: words.value("threads"),
    allowTargets: words.value("allow-target") ?? [],
    allowHostile: words.has("allow-hostile"),
  };
}

function natsWords(words: ParsedWords): NatsWords {
  return { url: words.value("nats"), credentialsFile: words.value("nats-creds") };
}

function compareTask(words: ParsedWords) {
  const after = words.subjectsAfter("with");
  const base = words.subjects.slice(1, words.subjects.length - after.length);
  const other = [...(words.value("with") ?? []), ...after];
  if (base.length === 0 || other.length === 0)
    throw wrong("load-test compare needs results on both sides: A… --with B…");
  return {
    base,
    other,
    budgets: words.value("budget") ?? [],
    ...reportWords(words),
  };
}

function reportTask(words: ParsedWords) {
  const results = words.subjects.slice(1);
  if (results.length === 0) throw wrong("load-test report needs results: load-test report A…");
  // Without a file the report goes to stdout.
  return { results, report: words.value("report"), format: formatWord(words) };
}

function reportWords(words: ParsedWords) {
  const report = words.value("report");
  if (words.has("format") && report === undefined) throw wrong("--format needs --report F");
  return { report, format: formatWord(words) };
}

function formatWord(words: ParsedWords) {
  return words.value("format") ?? "html";
}

function patternWords(words: ParsedWords) {
  return {
    sizeBytes: words.value("size"),
    pieceBytes: words.value("piece"),
    name: words.value("name"),
  };
}

function refuseMore(words: ParsedWords, name: string): void {
  if (words.subjects.length > 1)
    throw wrong(`load-test ${name} takes no argument, not ${words.subjects.length - 1}`);
}

function needed(words: ParsedWords, name: "save", call: string): string {
  const value = words.value(name);
  if (value === undefined) throw wrong(`load-test ${call} needs --${name} F`);
  return value;
}
