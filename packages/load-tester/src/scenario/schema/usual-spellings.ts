// Spellings of a scenario file that can mean one thing only, turned into the spelling of the schema.

import type { Path } from "../file/scenario-fault.ts";
import { quantityTexts } from "@troupe/control";
import { programNames } from "./target-schema.ts";

/** A file in the spelling of the schema. */
interface Spelled {
  readonly value: unknown;
  /** The path in the file of a path in `value`. */
  writtenPath(path: Path): Path;
}

type Mapping = Readonly<Record<string, unknown>>;

const rate = new RegExp(`^${quantityTexts.rate}$`);

/** Reads `behavior`, rates without a mapping, phases as a list, one budget without a list, and programs by their names. */
export function usualSpelling(file: unknown): Spelled {
  if (!isMapping(file)) return { value: file, writtenPath: (path) => path };
  const value = changed(file, {
    targets: (targets) => eachOf(targets, programTarget),
    groups: (groups) => eachOf(groups, group),
    phases: mappingOfList,
    budgets: listOfOne,
    abort: (abort) => abortsOf(listOfOne(abort)),
  });
  return { value, writtenPath: (path) => writtenPath(file, path) };
}

function writtenPath(file: Mapping, path: Path): Path {
  const [part, name = "", key, ...rest] = path;
  const written = part === undefined ? undefined : file[part];
  if (part === "phases" && Array.isArray(written)) {
    const index = written.findIndex((phase) => isMapping(phase) && Object.hasOwn(phase, name));
    return index === -1 ? path : [part, index, ...path.slice(1)];
  }
  const own = isMapping(written) ? written[name] : undefined;
  const isRenamed = part === "groups" && key === "behaviour" && isMapping(own);
  return isRenamed && !Object.hasOwn(own, key) ? [part, name, "behavior", ...rest] : path;
}

/** `libtorrent` for `{ start: libtorrent }`. */
function programTarget(target: unknown): unknown {
  return programNames.some((name) => name === target) ? { start: target } : target;
}

function group(written: unknown): unknown {
  if (!isMapping(written)) return written;
  return changed(renamed(written, "behavior", "behaviour"), {
    arrival: rateMapping,
    load: rateMapping,
    take: piecesOf,
  });
}

/** `500/s` for `{ rate: 500/s }`. */
function rateMapping(value: unknown): unknown {
  return typeof value === "string" && rate.test(value) ? { rate: value } : value;
}

/** `4 pieces` for `4`. */
function piecesOf(take: unknown): unknown {
  const [, digits] = typeof take === "string" ? (/^(\d{1,7}) pieces?$/.exec(take) ?? []) : [];
  return digits === undefined ? take : Number(digits);
}

/** `- ramp: 10s` lines for a mapping; names that stand twice stay for the schema to refuse. */
function mappingOfList(list: unknown): unknown {
  if (!Array.isArray(list) || list.length === 0) return list;
  const entries = list.flatMap((item: unknown) => (isMapping(item) ? Object.entries(item) : []));
  const names = new Set(entries.map(([name]) => name));
  const isSound = entries.length === list.length && names.size === list.length;
  return isSound && list.every(isSingle) ? Object.fromEntries(entries) : list;
}

function isSingle(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length === 1;
}

function listOfOne(value: unknown): unknown {
  return typeof value === "string" ? [value] : value;
}

function abortsOf(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((item: unknown) => (typeof item === "string" ? { budget: item } : item));
}

/** A mapping with changes of the keys that it has. */
function changed(
  mapping: Mapping,
  changes: Readonly<Record<string, (value: unknown) => unknown>>,
): Mapping {
  const entries = Object.entries(mapping);
  return Object.fromEntries(entries.map(([key, value]) => [key, change(changes, key)(value)]));
}

function change(
  changes: Readonly<Record<string, (value: unknown) => unknown>>,
  key: string,
): (value: unknown) => unknown {
  const found = Object.hasOwn(changes, key) ? changes[key] : undefined;
  return found ?? ((value) => value);
}

function renamed(mapping: Mapping, from: string, to: string): Mapping {
  if (!Object.hasOwn(mapping, from) || Object.hasOwn(mapping, to)) return mapping;
  const { [from]: value, ...others } = mapping;
  return { [to]: value, ...others };
}

function eachOf(value: unknown, read: (each: unknown) => unknown): unknown {
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, read(each)]));
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
