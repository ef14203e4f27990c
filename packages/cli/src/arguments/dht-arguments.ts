// The words of `troupe dht`.

import { parseHostPort } from "@troupe/protocol/address";
import { isMagnetText, parseMagnet } from "@troupe/protocol/magnet";
import { cleanText, suggestion } from "@troupe/protocol/text";
import { formatCount } from "../display/units.ts";
import type { DhtStartOptions } from "../engine-port.ts";
import type { CallOptionName } from "./option-table.ts";
import type { ParsedWords } from "./sort-words.ts";
import { UsageError } from "./usage-error.ts";

/** The calls of `troupe dht`. */
export const dhtCalls = [
  "get-peers",
  "find-node",
  "announce",
  "ping",
  "buckets",
  "put",
  "get",
  "run",
] as const;

/** A call of `troupe dht`. */
type DhtCall = (typeof dhtCalls)[number];

/** The task of `troupe dht`. Ids are 40 hexadecimal digits. */
type DhtTask =
  | { readonly call: "get-peers"; readonly infoHash: string }
  | { readonly call: "find-node"; readonly id: string }
  | { readonly call: "announce"; readonly infoHash: string; readonly port: number }
  | { readonly call: "ping"; readonly host: string; readonly port: number }
  | { readonly call: "buckets" | "run" }
  | ({ readonly call: "put"; readonly value: string } & PutValues)
  /** `name`: a target of 40 digits, or a public key of 64. */
  | { readonly call: "get"; readonly name: string; readonly salt: string | undefined };

type PutValues = {
  /** The path of the file, as written. */
  readonly secretKeyFile: string | undefined;
  readonly salt: string | undefined;
  readonly sequence: number | undefined;
  readonly compareAndSwap: number | undefined;
};

/** Calls that accept an option; the other options of `troupe dht` hold for every call. */
const callsOfOption: Readonly<Partial<Record<CallOptionName, readonly DhtCall[]>>> = {
  repeat: ["get-peers", "find-node", "announce", "put", "get"],
  "read-only": ["run"],
  "answer-rate": ["run"],
  "unproven-answer-rate": ["run"],
  "queries-per-address": ["run"],
  "secret-key": ["put"],
  salt: ["put", "get"],
  sequence: ["put"],
  cas: ["put"],
};

/** @throws {UsageError} */
export function dhtInvocation(words: ParsedWords) {
  const task = parseTask(words);
  for (const [name, calls] of Object.entries(callsOfOption)) {
    if (words.has(name) && !calls.includes(task.call))
      throw new UsageError(`there is no option --${name} for troupe dht ${task.call}`, "dht");
  }
  return {
    command: "dht",
    task,
    /** Ports, addresses, IP filter and state folder, as options of the library: those that are named alone. */
    engine: words.engine(),
    nodes: words.value("dht-node") ?? [],
    useRouters: !words.has("no-routers"),
    isReadOnly: task.call !== "run" || words.has("read-only"),
    repeats: words.has("repeat"),
    limits: answerLimits(words),
  } as const;
}

/** Limits that the command line names; `0` lifts a limit. */
function answerLimits(words: ParsedWords): NonNullable<DhtStartOptions["limits"]> {
  const limits = {
    answerBytesPerSecond: words.value("answer-rate"),
    unprovenBytesPerSecond: words.value("unproven-answer-rate"),
    queriesPerAddress: words.value("queries-per-address"),
  };
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, value === 0 ? Infinity : value]));
}

function parseTask(words: ParsedWords): DhtTask {
  const [name, ...subjects] = words.subjects;
  const call = dhtCalls.find((known) => known === name);
  if (call === undefined) throw noSuchCall(name);
  switch (call) {
    case "get-peers":
      return { call, infoHash: parseTorrentName(only(subjects, call, "INFO-HASH")) };
    case "find-node":
      return { call, id: parseHex(only(subjects, call, "ID"), [40], "find-node takes an ID") };
    case "announce": {
      const [torrent, port] = exactly(subjects, call, ["INFO-HASH", "PORT"]);
      return {
        call,
        infoHash: parseTorrentName(torrent ?? ""),
        port: parsePort(port ?? ""),
      };
    }
    case "ping":
      return { call, ...parseNode(only(subjects, call, "HOST:PORT")) };
    case "buckets":
    case "run":
      exactly(subjects, call, []);
      return { call };
    case "put":
      return { call, value: only(subjects, call, "TEXT"), ...putValues(words) };
    case "get": {
      const text = only(subjects, call, "TARGET|PUBLIC-KEY");
      const name = parseHex(text, [40, 64], "get takes a TARGET or a PUBLIC-KEY");
      const salt = words.value("salt");
      if (salt !== undefined && name.length === 40)
        throw new UsageError("--salt needs a PUBLIC-KEY: a TARGET is made with the salt", "dht");
      return { call, name, salt };
    }
  }
}

function putValues(words: ParsedWords): PutValues {
  const secretKeyFile = words.value("secret-key");
  for (const name of ["salt", "sequence", "cas"] as const) {
    if (words.has(name) && secretKeyFile === undefined)
      throw new UsageError(`--${name} needs --secret-key F: other items are immutable`, "dht");
  }
  return {
    secretKeyFile,
    salt: words.value("salt"),
    sequence: words.value("sequence"),
    compareAndSwap: words.value("cas"),
  };
}

function noSuchCall(name: string | undefined): UsageError {
  if (name === undefined) return new UsageError(`dht needs a call: ${dhtCalls.join(", ")}`, "dht");
  const meant = suggestion(name.slice(0, 60), dhtCalls);
  return new UsageError(`there is no troupe dht ${cleanText(name, 60)}${meant}`, "dht");
}

function only(subjects: readonly string[], call: DhtCall, what: string): string {
  return exactly(subjects, call, [what])[0] ?? "";
}

function exactly(
  subjects: readonly string[],
  call: DhtCall,
  names: readonly string[],
): readonly string[] {
  if (subjects.length === names.length) return subjects;
  const wanted = names.length === 0 ? "no argument" : names.join(" ");
  const given = formatCount(subjects.length, "argument");
  throw new UsageError(`dht ${call} takes ${wanted}, not ${given}`, "dht");
}

function parseTorrentName(text: string): string {
  if (isMagnetText(text)) return parseMagnet(text).infoHash;
  const seen = cleanText(text, 60);
  throw new UsageError(`an INFO-HASH or a magnet link is expected, not "${seen}"`, "dht");
}

function parseHex(text: string, lengths: readonly number[], takes: string): string {
  if (/^[0-9a-f]+$/i.test(text) && lengths.includes(text.length)) return text.toLowerCase();
  const digits = `${lengths.join(" or ")} hexadecimal digits`;
  throw new UsageError(`dht ${takes} of ${digits}, not "${cleanText(text, 80)}"`, "dht");
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const seen = cleanText(text, 60);
  throw new UsageError(`dht announce takes a PORT from 1 to 65535, not "${seen}"`, "dht");
}

function parseNode(text: string): { readonly host: string; readonly port: number } {
  try {
    return parseHostPort(text);
  } catch {
    const examples = "192.0.2.7:6881, [2001:db8::7]:6881 or example.org:6881";
    const seen = cleanText(text, 60);
    throw new UsageError(`dht ping takes HOST:PORT like ${examples}, not "${seen}"`, "dht");
  }
}
