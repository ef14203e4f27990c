// Every field is checked despite the digest: another program may have written it.

import { torrentKey, type TorrentKey } from "@troupe/protocol/identity";
import { lastMoment, type JobDates } from "./job-dates.ts";
import type { JobCounters, JobFacts, JobRecord } from "./job-record.ts";
import { RecordError } from "./record-error.ts";
import { readSettings, settingsText } from "./record-settings.ts";

/** Peer addresses kept for the next run. */
export const mostSavedPeers = 200;
const pathLength = 16_384;

/** Counters that records of earlier releases lack; a counter of 0 is left out. */
const laterCounters = [
  ...(["protocolDownBytes", "protocolUpBytes"] as const),
  ...(["activeSeconds", "downloadSeconds", "seedSeconds"] as const),
];
type LaterCounter = (typeof laterCounters)[number];
type CountersText = Omit<JobCounters, LaterCounter> & Partial<Pick<JobCounters, LaterCounter>>;

type RecordFields = Omit<JobFacts, "priorities"> &
  Pick<JobRecord, "key" | "directory" | "isOpenForWriting" | "wrongSettings">;

/** The key has the name that it had in earlier releases. */
type RecordText = Omit<RecordFields, "counters" | "key" | "wrongSettings"> & {
  readonly infoHash: TorrentKey;
  readonly counters: CountersText;
};

/** Excludes the priorities. */
export function recordJson(record: RecordFields): Uint8Array {
  const { key, directory, isOpenForWriting, isStarted, isRemoved, isServed } = record;
  const { counters, dates, settings, peers } = record;
  const text: RecordText = {
    infoHash: key,
    directory,
    isOpenForWriting,
    isStarted,
    ...(isRemoved !== undefined && { isRemoved }),
    ...(isServed !== undefined && { isServed }),
    ...(dates !== undefined && { dates }),
    counters: countersText(counters),
    settings: settingsText(settings),
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
  const { settings, wrong } = readSettings(objectFrom(all["settings"], "settings"));
  return {
    key: keyFrom(all["infoHash"]),
    directory: textFrom(all["directory"], "directory", pathLength),
    isOpenForWriting: flagFrom(all["isOpenForWriting"], "isOpenForWriting"),
    isStarted: flagFrom(all["isStarted"], "isStarted"),
    ...trueFrom(all["isRemoved"], "isRemoved"),
    ...trueFrom(all["isServed"], "isServed"),
    ...(all["dates"] !== undefined && { dates: datesFrom(objectFrom(all["dates"], "dates")) }),
    counters: countersFrom(objectFrom(all["counters"], "counters")),
    settings,
    ...(wrong.length > 0 && { wrongSettings: wrong }),
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
    activeSeconds: laterCount("activeSeconds"),
    downloadSeconds: laterCount("downloadSeconds"),
    seedSeconds: laterCount("seedSeconds"),
  };
}

function datesFrom({
  addedAt,
  completedAt,
  activeAt,
}: Readonly<Record<string, unknown>>): JobDates {
  const moment = (value: unknown, name: keyof JobDates): number =>
    countFrom(value, name, lastMoment);
  return {
    addedAt: moment(addedAt, "addedAt"),
    ...(completedAt !== undefined && { completedAt: moment(completedAt, "completedAt") }),
    ...(activeAt !== undefined && { activeAt: moment(activeAt, "activeAt") }),
  };
}

/** A field that is true or absent. Absent from records of earlier releases. */
function trueFrom<Name extends string>(
  value: unknown,
  name: Name,
): { readonly [N in Name]?: true } {
  if (value === undefined) return {};
  if (value !== true) throw odd(name, value);
  return { [name]: value } as { readonly [N in Name]: true };
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
