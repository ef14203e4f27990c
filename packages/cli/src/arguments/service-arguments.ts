// The words of the calls that steer a running service.

import { engineSettings, torrentSettings, type RemoteRight } from "@troupe/control";
import { cleanText, suggestion } from "@troupe/protocol/text";
import type { ServiceCall } from "./service-calls.ts";
import { readChanges, type WrittenChanges } from "./setting-words.ts";
import type { ParsedWords } from "./sort-words.ts";
import { UsageError } from "./usage-error.ts";

/** The calls of `troupe token`. */
export const tokenCalls = ["create", "list", "revoke"] as const;

/** The task of `troupe token`. */
export type TokenTask =
  | { readonly ask: "create"; readonly name: string; readonly right: RemoteRight }
  | { readonly ask: "list" }
  /** A name or an id. */
  | { readonly ask: "revoke"; readonly name: string };

/** `troupe add`: the sources as written. */
export interface AddTask {
  readonly call: "add";
  readonly sources: readonly string[];
  /** Settings of the torrents by their keys; paths as written. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The path as written; undefined: the folder of the service. */
  readonly directory: string | undefined;
  readonly isStopped: boolean;
}

/** `troupe remove`. TORRENTs as written. */
export interface RemoveTask {
  readonly call: "remove";
  readonly torrents: readonly string[];
  /** Also removes the files. */
  readonly data: boolean;
  /** The command asks no person. */
  readonly isSure: boolean;
}

/** `troupe set`. */
export interface SetTask {
  readonly call: "set";
  /** A TORRENT as written; undefined: the engine. */
  readonly torrent: string | undefined;
  readonly changes: WrittenChanges;
}

/** A task for a running service. TORRENTs are as written. */
type ServiceTask =
  | AddTask
  | RemoveTask
  | SetTask
  | { readonly call: "feeds" | "list" }
  | { readonly call: "pause" | "show" | "start" | "stop"; readonly torrents: readonly string[] }
  /** Without torrents: all. */
  | { readonly call: "watch"; readonly torrents: readonly string[] }
  /** A path as written; undefined: asked for on a terminal, else made by the service. */
  | { readonly call: "password"; readonly file: string | undefined }
  | { readonly call: "token"; readonly task: TokenTask };

/** How the command line names the service. */
export interface ServiceReach {
  /** The address as written; undefined: that of the environment, or the state folder. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  /** A path as written. */
  readonly tokenFile: string | undefined;
  /** The path as written; undefined: the platform's folder. */
  readonly stateDirectory: string | undefined;
  /** The command line names the state folder, which comes before the environment's URL. */
  readonly namesStateDirectory: boolean;
}

/** @throws {UsageError} */
export function serviceInvocation(words: ParsedWords, call: ServiceCall) {
  return {
    command: "service",
    task: parseTask(words, call),
    reach: parseReach(words),
    json: words.has("json"),
  } as const;
}

function parseReach(words: ParsedWords): ServiceReach {
  for (const [one, other] of [
    ["url", "state-dir"],
    ["token", "token-file"],
  ] as const)
    if (words.has(one) && words.has(other))
      throw new UsageError(`--${one} and --${other} exclude each other`, words.command);
  return {
    url: words.value("url"),
    token: words.value("token"),
    tokenFile: words.value("token-file"),
    stateDirectory: words.engine().stateDirectory,
    namesStateDirectory: words.has("state-dir"),
  };
}

function parseTask(words: ParsedWords, call: ServiceCall): ServiceTask {
  switch (call) {
    case "add":
      return addTask(words);
    case "list":
      refuseSubjects(words, "no TORRENT");
      return { call };
    case "feeds":
      refuseSubjects(words, "no words");
      return { call };
    case "watch":
      return { call, torrents: words.subjects };
    case "show":
    case "start":
    case "stop":
    case "pause":
      return { call, torrents: someTorrents(words) };
    case "remove":
      return {
        call,
        torrents: someTorrents(words),
        data: words.has("data"),
        isSure: words.has("yes"),
      };
    case "set":
      return setTask(words);
    case "password":
      refuseSubjects(words, "no words: the password stands in no command line");
      return { call, file: words.value("password-file") };
    case "token":
      return { call, task: tokenTask(words) };
  }
}

function addTask(words: ParsedWords): AddTask {
  if (words.subjects.length === 0) throw new UsageError("add needs a SOURCE", "add");
  return {
    call: "add",
    sources: words.subjects,
    settings: words.torrentSettings(),
    directory: words.has("dir") ? words.engine().directory : undefined,
    isStopped: words.has("stopped"),
  };
}

function setTask(words: ParsedWords): SetTask {
  const isEngine = words.has("engine");
  const [torrent, ...others] = words.subjects;
  if (!isEngine && torrent === undefined)
    throw new UsageError("set needs a TORRENT, or --engine", "set");
  const settings = isEngine ? words.subjects : others;
  const rows = isEngine ? engineSettings : torrentSettings;
  const changes = readChanges(rows, settings, words.value("unset") ?? []);
  if (Object.keys(changes).length === 0)
    throw new UsageError("set needs NAME=VALUE, or --unset NAME", "set");
  return { call: "set", torrent: isEngine ? undefined : torrent, changes };
}

function tokenTask(words: ParsedWords): TokenTask {
  const [name, ...subjects] = words.subjects;
  const ask = tokenCalls.find((known) => known === name);
  if (ask === undefined) throw noSuchCall(name);
  if (ask !== "create" && words.has("right"))
    throw new UsageError(`there is no option --right for troupe token ${ask}`, "token");
  const [only] = subjects;
  const takes = ask === "list" ? 0 : 1;
  if (subjects.length !== takes) {
    const wanted = ask === "list" ? "no NAME" : "one NAME";
    throw new UsageError(`token ${ask} takes ${wanted}, not ${subjects.length}`, "token");
  }
  if (ask === "list" || only === undefined) return { ask: "list" };
  return ask === "create"
    ? { ask, name: only, right: words.value("right") ?? "read" }
    : { ask, name: only };
}

function noSuchCall(name: string | undefined): UsageError {
  if (name === undefined)
    return new UsageError(`token needs a call: ${tokenCalls.join(", ")}`, "token");
  const meant = suggestion(name.slice(0, 60), tokenCalls);
  return new UsageError(`there is no troupe token ${cleanText(name, 60)}${meant}`, "token");
}

function someTorrents(words: ParsedWords): readonly string[] {
  if (words.subjects.length > 0) return words.subjects;
  throw new UsageError(`${words.command} needs a TORRENT, or all`, words.command);
}

function refuseSubjects(words: ParsedWords, takes: string): void {
  if (words.subjects.length > 0)
    throw new UsageError(`${words.command} takes ${takes}`, words.command);
}
