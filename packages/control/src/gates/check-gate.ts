// The check of values by their gates, for programs and for whatever a network or a file carries.

import { parseIp, parseNameServer } from "@troupe/protocol/address";
import { ProtocolError } from "@troupe/protocol/errors";
import { parseProxyUrl } from "@troupe/protocol/proxy";
import { checkWebSeedUrl } from "@troupe/protocol/web-seed";
import { outOfRange, spelled } from "../checked-values.ts";
import { unknownNameError } from "../known-names.ts";
import type { TroupeError } from "../troupe-error.ts";
import { allowedText } from "./allowed-text.ts";
import type { Gate, ValueOf } from "./gate.ts";

/**
 * Checks a value.
 *
 * @param name The name of the option, for errors; of a record that is all options, "".
 * @returns The value; a URL in its plain form, and of an open record the known fields alone.
 * @throws TroupeError `option-out-of-range`, `option-unknown`
 */
export function checkGate<const Of extends Gate>(
  gate: Of,
  name: string,
  value: unknown,
): ValueOf<Of> {
  return checkValue(gate, name, value) as ValueOf<Of>;
}

/** Checks a value like {@link checkGate}, for a gate whose type is not known. */
export function checkValue(gate: Gate, name: string, value: unknown): unknown {
  const checked = read(gate, value);
  if (checked instanceof Fault) throw checked.error(name);
  return checked;
}

/** Whether a value passes. */
export function passes(gate: Gate, value: unknown): boolean {
  return !(read(gate, value) instanceof Fault);
}

/** The first wrong value in a value. It becomes an error only when it is thrown: a choice that does not pass is none. */
class Fault {
  readonly #spell: (name: string) => TroupeError;
  /** The keys from the value to the wrong one. */
  readonly #keys: readonly string[];

  constructor(spell: (name: string) => TroupeError, keys: readonly string[] = []) {
    this.#spell = spell;
    this.#keys = keys;
  }

  within(key: string): Fault {
    return new Fault(this.#spell, [key, ...this.#keys]);
  }

  error(name: string): TroupeError {
    return this.#spell([name, ...this.#keys].filter((key) => key !== "").join("."));
  }
}

/** @returns The checked value, or the first fault in it. */
function read(gate: Gate, value: unknown): unknown {
  switch (gate.kind) {
    case "list":
      return readList(gate, value);
    case "record":
      return readRecord(gate, value);
    case "map":
      return readMap(gate, value);
    case "either":
      return readEither(gate, value);
    case "url":
      return readUrl(gate, value);
    default:
      return isAllowed(gate, value) ? value : refused(gate, value);
  }
}

/** The fault of a value, as what was seen. */
function refused(gate: Gate, value: unknown, seen?: string): Fault {
  return new Fault((name) => outOfRange(name, seen ?? seenText(gate, value), allowedText(gate)));
}

type GateOf<Kind extends Gate["kind"]> = Extract<Gate, { readonly kind: Kind }>;
type PlainGate = Exclude<Gate, GateOf<"either" | "list" | "map" | "record" | "url">>;

function isAllowed(gate: PlainGate, value: unknown): boolean {
  switch (gate.kind) {
    case "flag":
      return typeof value === "boolean";
    case "whole":
      return isWhole(gate, value) || (gate.isEndless === true && value === Infinity);
    case "bytes":
    case "duration":
      return isWhole(gate, value);
    case "rate":
      return value === 0 || isWhole(gate, value);
    case "ratio":
      return typeof value === "number" && value > 0 && value <= gate.max;
    case "figure":
      return typeof value === "number" && value >= 0 && value < Infinity;
    case "base64":
      return isBase64(gate.most, value);
    case "word":
      return gate.words.some((word) => word === value);
    case "text":
      return typeof value === "string" && matches(gate, value);
    case "address":
      return typeof value === "string" && parseIp(value.split("%", 1)[0] ?? "") !== undefined;
    case "name-server":
      return typeof value === "string" && parseNameServer(value) !== undefined;
    case "path":
      return isPath(gate.of, value);
    case "proxy":
      return typeof value === "string" && isProxy(value);
  }
}

function isProxy(text: string): boolean {
  try {
    return parseProxyUrl(text).host !== "";
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function isWhole(
  { min, max }: { readonly min: number; readonly max: number },
  value: unknown,
): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

/** Looks for a wrong character instead of matching all: a pattern of many million characters takes a stack of that size. */
function isBase64(mostBytes: number, value: unknown): boolean {
  if (typeof value !== "string" || value.length % 4 !== 0) return false;
  const padding = value.endsWith("==") ? 2 : Number(value.endsWith("="));
  const digits = value.slice(0, value.length - padding);
  return (value.length / 4) * 3 - padding <= mostBytes && !/[^A-Za-z0-9+/]/.test(digits);
}

function isPath(of: "file" | "folder", value: unknown): boolean {
  return typeof value === "string" && !value.includes("\0") && (of === "folder" || value !== "");
}

/** Compiled once a gate. */
const compiled = new WeakMap<object, RegExp>();

function matches(gate: GateOf<"text">, value: string): boolean {
  const known = compiled.get(gate);
  if (known !== undefined) return known.test(value);
  compiled.set(gate, new RegExp(`^(?:${gate.pattern})$`, "u"));
  return matches(gate, value);
}

function readUrl(gate: Gate, value: unknown): unknown {
  const check = typeof value === "string" ? checkWebSeedUrl(value) : { refused: "is no text" };
  return "url" in check ? check.url : refused(gate, value);
}

function readList(gate: GateOf<"list">, value: unknown): unknown {
  const given: unknown = value;
  if (!Array.isArray(given)) return refused(gate, given);
  if (given.length < gate.least || given.length > gate.most)
    return refused(gate, given, given.length === 0 ? "an empty list" : `a list of ${given.length}`);
  const items: unknown[] = [];
  for (const item of given as readonly unknown[]) {
    const checked = read(gate.of, item);
    if (checked instanceof Fault) return checked;
    items.push(checked);
  }
  return items;
}

function readRecord(gate: GateOf<"record">, value: unknown): unknown {
  if (!isObject(value))
    return new Fault((name) => outOfRange(name || "all", spelled(value), allowedText(gate)));
  const given = value as Readonly<Record<string, unknown>>;
  const unknown = gate.isOpen === true ? undefined : unknownName(gate, given);
  if (unknown !== undefined) return unknown;
  const fields: Record<string, unknown> = {};
  for (const field of Object.keys(gate.fields)) {
    const item = Object.hasOwn(given, field) ? given[field] : undefined;
    if (item === undefined && !gate.required.includes(field)) continue;
    const checked = read(gate.fields[field] as Gate, item);
    if (checked instanceof Fault) return checked.within(field);
    fields[field] = checked;
  }
  return fields;
}

function unknownName({ fields }: GateOf<"record">, given: object): Fault | undefined {
  const isKnown = (name: string): boolean => Object.hasOwn(fields, name);
  if (Object.keys(given).every(isKnown)) return undefined;
  return new Fault(() => unknownNameError("option", Object.keys(given), Object.keys(fields)));
}

/** Reads a map. The result is made from entries, because a name may be `__proto__`. */
function readMap(gate: GateOf<"map">, value: unknown): unknown {
  if (!isObject(value)) return refused(gate, value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length > gate.most)
    return refused(gate, value, `an object with ${entries.length} names`);
  const checked: [string, unknown][] = [];
  for (const [key, item] of entries) {
    if (!isAllowed(gate.names, key)) return wrongName(gate, key);
    const each = read(gate.of, item);
    if (each instanceof Fault) return each.within(key);
    checked.push([key, each]);
  }
  return Object.fromEntries(checked);
}

function wrongName({ names }: GateOf<"map">, key: string): Fault {
  const seen = `an object with the name ${spelled(key)}`;
  return new Fault((name) => outOfRange(name, seen, names.allowed));
}

/** The value of the first choice that it passes. Else a list or an object says what is wrong in it; another, what is allowed. */
function readEither(gate: GateOf<"either">, value: unknown): unknown {
  let fault: Fault | undefined;
  for (const choice of gate.of) {
    const checked = read(choice, value);
    if (!(checked instanceof Fault)) return checked;
    if (isLike(choice, value)) fault ??= checked;
  }
  return fault ?? refused(gate, value, spelled(value));
}

function isLike({ kind }: Gate, value: unknown): boolean {
  if (kind === "list") return Array.isArray(value);
  return (kind === "record" || kind === "map") && isObject(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The words of people stand as they are; what else was seen is spelled as code. */
function seenText({ kind }: Gate, value: unknown): string {
  // It may be a password.
  if (kind === "proxy" && typeof value === "string") return "another text";
  const isPlain = (kind === "word" || kind === "address") && typeof value === "string";
  return isPlain ? value : spelled(value);
}
