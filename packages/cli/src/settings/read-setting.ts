// The gate for values of the settings file and of the environment.

import { join, resolve } from "node:path";
import { passes, readWord, wordText, type Gate } from "@troupe/control";
import { suggestion } from "@troupe/protocol/text";
import {
  ContentFault,
  faultAt,
  spellPath,
  spellSeen,
  wrongValue,
  type Path,
} from "@troupe/yaml-file";
import { readPeriod, readTimes } from "../arguments/limit-period.ts";
import { UsageError } from "../arguments/usage-error.ts";
import type { KeyedSetting } from "./setting-keys.ts";

/** The folders in which paths begin. */
export interface PathFolders {
  /** For relative paths. */
  readonly folder: string;
  /** For `~/`; undefined: there is none. */
  readonly home: string | undefined;
}

/** Where a value stands: its keys, for faults, and its folders. */
interface Origin extends PathFolders {
  readonly path: Path;
}

type GateOf<Kind extends Gate["kind"]> = Extract<Gate, { readonly kind: Kind }>;

/**
 * Reads the value of a setting: the value that a program gives, or the word of the command line for it, such as `5M`.
 *
 * @returns The value of the library. A path is absolute; `~/` is the home folder.
 * @throws ContentFault that names the place within the value.
 */
export function readSetting({ key, row }: KeyedSetting, value: unknown, origin: Origin): unknown {
  const kind = schedules[key];
  if (kind !== undefined) return readSchedule(row.gate, value, { ...origin, kind });
  return readValue(row.gate, value, origin);
}

function readValue(gate: Gate, value: unknown, origin: Origin): unknown {
  switch (gate.kind) {
    case "list":
      return Array.isArray(value) ? readList(gate, value, origin) : readPlain(gate, value, origin);
    case "record":
      return isMapping(value) ? readRecord(gate, value, origin) : readPlain(gate, value, origin);
    case "map":
      return isMapping(value) ? readMap(gate, value, origin) : readPlain(gate, value, origin);
    case "either":
      return readEither(gate, value, origin);
    case "path":
      return placed(String(readPlain(gate, value, origin)), origin);
    default:
      return readPlain(gate, value, origin);
  }
}

/** A value that stands as it is, or as a word. */
function readPlain(gate: Gate, value: unknown, { path }: Origin): unknown {
  if (passes(gate, value)) return value;
  const read = typeof value === "string" ? readWord(gate, value) : undefined;
  if (read === undefined) throw wrongPlain(gate, path, value);
  return read;
}

function wrongPlain(gate: Gate, path: Path, value: unknown): ContentFault {
  // The text may be a password.
  if (gate.kind === "proxy" && typeof value === "string")
    return faultAt(path, `is another text; allowed is ${wordText(gate)}`);
  return wrongValue(path, value, wordText(gate));
}

function readList(gate: GateOf<"list">, values: readonly unknown[], origin: Origin): unknown {
  const read = values.map((value, index) =>
    readValue(gate.of, value, { ...origin, path: [...origin.path, index] }),
  );
  if (!passes(gate, read)) {
    const allowed = gate.least === 0 ? `${gate.most} at most` : `${gate.least} to ${gate.most}`;
    throw wrongValue(origin.path, values, allowed);
  }
  return read;
}

function readRecord(
  { fields, required, isOpen }: GateOf<"record">,
  value: Readonly<Record<string, unknown>>,
  origin: Origin,
): unknown {
  const names = Object.keys(fields);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined && isOpen !== true) throw unknownKey(origin.path, unknown, names);
  const missing = required.find((name) => value[name] === undefined);
  if (missing !== undefined)
    throw new ContentFault(origin.path, `${spellPath(origin.path)} lacks the key "${missing}"`);
  const read = Object.entries(fields)
    .filter(([name]) => value[name] !== undefined)
    .map(([name, gate]) => {
      const place = { ...origin, path: [...origin.path, name] };
      return [name, readValue(gate, value[name], place)] as const;
    });
  return Object.fromEntries(read);
}

function readMap(
  gate: GateOf<"map">,
  value: Readonly<Record<string, unknown>>,
  origin: Origin,
): unknown {
  const entries = Object.entries(value);
  if (entries.length > gate.most) throw wrongValue(origin.path, value, wordText(gate));
  const read = entries.map(([name, item]) => {
    const path = [...origin.path, name];
    if (!passes(gate.names, name))
      throw new ContentFault(
        path,
        `a name in ${spellPath(origin.path)} is ${spellSeen(name)}; allowed is ${gate.names.allowed}`,
        true,
      );
    return [name, readValue(gate.of, item, { ...origin, path })] as const;
  });
  return Object.fromEntries(read);
}

/** A list or a mapping says what is wrong in it; another value, all that is allowed. */
function readEither(gate: GateOf<"either">, value: unknown, origin: Origin): unknown {
  const like = gate.of.find(
    ({ kind }) =>
      (kind === "list" && Array.isArray(value)) || (kind === "record" && isMapping(value)),
  );
  return like === undefined ? readPlain(gate, value, origin) : readValue(like, value, origin);
}

/** How the words of a schedule are read, and what an error says. */
interface PeriodKind {
  /** Undefined: no period. */
  readonly read: (text: string) => unknown;
  readonly allowed: string;
}

const schedules: Readonly<Record<string, PeriodKind>> = {
  "limits.schedule": {
    read: limitPeriod,
    allowed: "a period like 08:00-18:00=500k/100k or mon-fri@22:00-06:00=0/2M",
  },
  pauseSchedule: { read: readTimes, allowed: "times like 08:00-18:00 or mon-fri@22:00-06:00" },
};

/** Periods are mappings, or words as of `--schedule`; in one text with commas between them. */
function readSchedule(
  gate: Gate,
  value: unknown,
  { kind, ...origin }: Origin & { readonly kind: PeriodKind },
): unknown {
  const given: unknown = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(given)) return readValue(gate, given, origin);
  const periods = given.map((item: unknown, index) => {
    if (typeof item !== "string") return item;
    const read = kind.read(item);
    if (read === undefined) throw wrongValue([...origin.path, index], item, kind.allowed);
    return read;
  });
  return readValue(gate, periods, origin);
}

function limitPeriod(text: string): unknown {
  try {
    return readPeriod(text);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** The fault of a key that no setting has. @param known The keys at its place. */
export function unknownKey(path: Path, key: string, known: readonly string[]): ContentFault {
  const where = path.length === 0 ? "" : ` in ${spellPath(path)}`;
  const meant = suggestion(key.slice(0, 60), known);
  return new ContentFault(
    [...path, key],
    `there is no key ${spellSeen(key)}${where}${meant}`,
    true,
  );
}

/** Whether a value is a mapping of keys. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function placed(path: string, { folder, home }: PathFolders): string {
  const isAtHome = home !== undefined && /^~(?:[/\\]|$)/.test(path);
  return isAtHome ? join(home, path.slice(1)) : resolve(folder, path);
}
