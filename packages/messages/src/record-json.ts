// Every field is checked despite the digest: another program may have written it.

import { torrentKey, type TorrentKey } from "@troupe/protocol/identity";
import type { JobCounters, JobFacts, JobRecord, JobSettings, SeedGoals } from "./job-record.ts";
import {
  leastRateLimit,
  limitsIn,
  mostRateLimit,
  rateLimitNames,
  type RateLimits,
} from "./rate-limits.ts";
import { RecordError } from "./record-error.ts";

/** Peer addresses kept for the next run. */
export const mostSavedPeers = 200;
const mostSavedTrackers = 200;
const mostSavedWebSeeds = 100;
const urlLength = 2_048;
const pathLength = 16_384;
/** The highest ratio of a goal. */
export const mostRatio = 1_000_000;
/** The longest time of a goal: over thirty years. */
export const mostGoalSeconds = 1_000_000_000;

/** Counters that records of earlier releases lack; a counter of 0 is left out. */
const laterCounters = ["protocolDownBytes", "protocolUpBytes", "seedSeconds"] as const;
type LaterCounter = (typeof laterCounters)[number];
type CountersText = Omit<JobCounters, LaterCounter> & Partial<Pick<JobCounters, LaterCounter>>;

type RecordFields = JobFacts & Pick<JobRecord, "key" | "directory" | "isOpenForWriting">;

/** The key has the name that it had in earlier releases. */
type RecordText = Omit<RecordFields, "counters" | "key"> & {
  readonly infoHash: TorrentKey;
  readonly counters: CountersText;
};

/** Excludes the priorities. */
export function recordJson(record: RecordFields): Uint8Array {
  const { key, directory, isOpenForWriting, isStarted, isRemoved } = record;
  const { counters, settings, peers } = record;
  const { extraTrackers, useTrackers, announce, maxPeers, isSeedOnly, isSequential, goals } =
    settings;
  const { isSuperSeed, isUploadOff, names, queuePlace, seedChoker } = settings;
  const webSeeds = settings.webSeeds?.slice(0, mostSavedWebSeeds);
  const limits = limitsIn(settings.limits);
  const text: RecordText = {
    infoHash: key,
    directory,
    isOpenForWriting,
    isStarted,
    ...(isRemoved !== undefined && { isRemoved }),
    counters: countersText(counters),
    settings: {
      extraTrackers: extraTrackers.slice(0, mostSavedTrackers),
      useTrackers,
      maxPeers,
      isSeedOnly,
      isSequential,
      ...(names !== undefined && { names }),
      ...(announce !== undefined && { announce }),
      ...(queuePlace !== undefined && { queuePlace }),
      ...(webSeeds !== undefined && { webSeeds }),
      ...(goals !== undefined && { goals }),
      ...(limits !== undefined && { limits }),
      ...(isSuperSeed !== undefined && { isSuperSeed }),
      ...(isUploadOff !== undefined && { isUploadOff }),
      ...(seedChoker !== undefined && { seedChoker }),
    },
    peers: peers.slice(0, mostSavedPeers).map(({ host, port }) => ({ host, port })),
  };
  return new TextEncoder().encode(JSON.stringify(text));
}

function countersText(counters: JobCounters): CountersText {
  const text: { -readonly [Name in keyof CountersText]: CountersText[Name] } = { ...counters };
  for (const name of laterCounters) if (text[name] === 0) delete text[name];
  return text;
}

/** @throws RecordError `record-damaged` */
export function readRecordJson(bytes: Uint8Array): RecordFields {
  let text: unknown;
  try {
    text = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw odd("its text", "no JSON");
  }
  const all = objectFrom(text, "its text");
  return {
    key: keyFrom(all["infoHash"]),
    directory: textFrom(all["directory"], "directory", pathLength),
    isOpenForWriting: flagFrom(all["isOpenForWriting"], "isOpenForWriting"),
    isStarted: flagFrom(all["isStarted"], "isStarted"),
    ...trueFrom(all["isRemoved"], "isRemoved"),
    counters: countersFrom(objectFrom(all["counters"], "counters")),
    settings: settingsFrom(objectFrom(all["settings"], "settings")),
    peers: listFrom(all["peers"], "peers", mostSavedPeers).map((peer) => {
      const { host, port } = objectFrom(peer, "peer");
      return { host: textFrom(host, "host", 255), port: countFrom(port, "port", 65_535) };
    }),
  };
}

function keyFrom(value: unknown): TorrentKey {
  const key = torrentKey(textFrom(value, "infoHash", 40));
  if (key === undefined) throw odd("infoHash", value);
  return key;
}

function countersFrom(counters: Readonly<Record<string, unknown>>): JobCounters {
  const count = (name: keyof JobCounters): number =>
    countFrom(counters[name], name, Number.MAX_SAFE_INTEGER);
  const laterCount = (name: LaterCounter): number =>
    counters[name] === undefined ? 0 : count(name);
  return {
    downloadedBytes: count("downloadedBytes"),
    uploadedBytes: count("uploadedBytes"),
    wastedBytes: count("wastedBytes"),
    failedHashBytes: count("failedHashBytes"),
    protocolDownBytes: laterCount("protocolDownBytes"),
    protocolUpBytes: laterCount("protocolUpBytes"),
    seedSeconds: laterCount("seedSeconds"),
  };
}

function settingsFrom(settings: Readonly<Record<string, unknown>>): JobSettings {
  return {
    extraTrackers: listFrom(settings["extraTrackers"], "extraTrackers", mostSavedTrackers).map(
      (url) => textFrom(url, "tracker", urlLength),
    ),
    useTrackers: flagFrom(settings["useTrackers"], "useTrackers"),
    maxPeers: countFrom(settings["maxPeers"], "maxPeers", 10_000),
    isSeedOnly: flagFrom(settings["isSeedOnly"], "isSeedOnly"),
    isSequential: flagFrom(settings["isSequential"], "isSequential"),
    ...namesFrom(settings["names"]),
    ...announceFrom(settings["announce"]),
    ...queuePlaceFrom(settings["queuePlace"]),
    ...webSeedsFrom(settings["webSeeds"]),
    ...goalsFrom(settings["goals"]),
    ...limitsFrom(settings["limits"]),
    ...trueFrom(settings["isSuperSeed"], "isSuperSeed"),
    ...trueFrom(settings["isUploadOff"], "isUploadOff"),
    ...seedChokerFrom(settings["seedChoker"]),
  };
}

/** Absent from records of earlier releases. */
function namesFrom(value: unknown): Pick<JobSettings, "names"> {
  if (value === undefined) return {};
  if (value !== "own") throw odd("names", value);
  return { names: value };
}

/** Absent from records of earlier releases. */
function webSeedsFrom(value: unknown): Pick<JobSettings, "webSeeds"> {
  if (value === undefined) return {};
  const urls = listFrom(value, "webSeeds", mostSavedWebSeeds);
  return { webSeeds: urls.map((url) => textFrom(url, "web seed", urlLength)) };
}

/** Absent from records of earlier releases. */
function limitsFrom(value: unknown): Pick<JobSettings, "limits"> {
  if (value === undefined) return {};
  const all = objectFrom(value, "limits");
  const limits: { -readonly [Name in keyof RateLimits]: number } = {};
  for (const name of rateLimitNames) {
    if (all[name] === undefined) continue;
    const limit = countFrom(all[name], name, mostRateLimit);
    if (limit < leastRateLimit) throw odd(name, limit);
    limits[name] = limit;
  }
  return { limits };
}

/** Absent from records of earlier releases. */
function announceFrom(value: unknown): Pick<JobSettings, "announce"> {
  if (value === undefined) return {};
  if (value !== "strict" && value !== "all") throw odd("announce", value);
  return { announce: value };
}

/** Absent from records of earlier releases. */
function goalsFrom(value: unknown): Pick<JobSettings, "goals"> {
  if (value === undefined) return {};
  const goals = objectFrom(value, "goals");
  const { ratio, until } = goals;
  const isRatio = typeof ratio === "number" && ratio > 0 && ratio <= mostRatio;
  if (ratio !== undefined && !isRatio) throw odd("ratio", ratio);
  if (until !== undefined && until !== "all") throw odd("until", until);
  return {
    goals: {
      ...(isRatio && { ratio }),
      ...secondsFrom(goals, "seedSeconds"),
      ...secondsFrom(goals, "idleSeconds"),
      ...(until !== undefined && { until }),
    },
  };
}

function secondsFrom(
  goals: Readonly<Record<string, unknown>>,
  name: "seedSeconds" | "idleSeconds",
): Partial<SeedGoals> {
  const value = goals[name];
  return value === undefined ? {} : { [name]: countFrom(value, name, mostGoalSeconds) };
}

/** Absent from records of earlier releases. */
function queuePlaceFrom(value: unknown): Pick<JobSettings, "queuePlace"> {
  if (value === undefined) return {};
  const { rank, isForced } = objectFrom(value, "queuePlace");
  if (typeof rank !== "number" || !Number.isSafeInteger(rank)) throw odd("rank", rank);
  if (isForced !== undefined && isForced !== true) throw odd("isForced", isForced);
  return { queuePlace: { rank, ...(isForced && { isForced }) } };
}

/** A setting that is true or absent. Absent from records of earlier releases. */
function trueFrom<Name extends string>(
  value: unknown,
  name: Name,
): { readonly [N in Name]?: true } {
  if (value === undefined) return {};
  if (value !== true) throw odd(name, value);
  return { [name]: value } as { readonly [N in Name]: true };
}

/** Absent from records of earlier releases. */
function seedChokerFrom(value: unknown): Pick<JobSettings, "seedChoker"> {
  if (value === undefined) return {};
  if (value !== "fastest-upload") throw odd("seedChoker", value);
  return { seedChoker: value };
}

function objectFrom(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw odd(what, value);
  return value as Readonly<Record<string, unknown>>;
}

function listFrom(value: unknown, what: string, limit: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > limit) throw odd(what, value);
  return value;
}

function textFrom(value: unknown, what: string, limit: number): string {
  if (typeof value !== "string" || value.length > limit) throw odd(what, value);
  return value;
}

function flagFrom(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw odd(what, value);
  return value;
}

function countFrom(value: unknown, what: string, most: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > most) {
    throw odd(what, value);
  }
  return value;
}

function odd(what: string, seen: unknown): RecordError {
  const shown = (JSON.stringify(seen) ?? "nothing").slice(0, 80);
  return new RecordError("record-damaged", `${what} is ${shown}`);
}
