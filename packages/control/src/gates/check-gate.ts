// The check of values by their gates, for programs and for whatever a network or a file carries.

import { parseIp } from "@troupe/protocol/address";
import { checkWebSeedUrl } from "@troupe/protocol/web-seed";
import { outOfRange, spelled } from "../checked-values.ts";
import { refuseUnknownNames } from "../known-names.ts";
import { TroupeError } from "../troupe-error.ts";
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

/** Whether a value passes. */
export function passes(gate: Gate, value: unknown): boolean {
  try {
    checkValue(gate, "", value);
    return true;
  } catch (error) {
    if (error instanceof TroupeError) return false;
    throw error;
  }
}

/** Checks a value like {@link checkGate}, for a gate whose type is not known. */
export function checkValue(gate: Gate, name: string, value: unknown): unknown {
  switch (gate.kind) {
    case "list":
      return checkedList(gate, name, value);
    case "record":
      return checkedRecord(gate, name, value);
    case "map":
      return checkedMap(gate, name, value);
    case "either":
      return checkedEither(gate, name, value);
    case "url":
      return checkedUrl(gate, name, value);
    default:
      if (isAllowed(gate, value)) return value;
      throw outOfRange(name, seenText(gate, value), allowedText(gate));
  }
}

type PlainGate = Exclude<Gate, { readonly kind: "either" | "list" | "map" | "record" | "url" }>;

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
      return typeof value === "string" && matches(gate.pattern, value);
    case "address":
      return typeof value === "string" && parseIp(value.replace(/%.*$/, "")) !== undefined;
    case "path":
      return isPath(gate.of, value);
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

function matches(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`, "u").test(value);
}

function checkedUrl(gate: Gate, name: string, value: unknown): string {
  const check = typeof value === "string" ? checkWebSeedUrl(value) : { refused: "is no text" };
  if ("url" in check) return check.url;
  throw outOfRange(name, spelled(value), allowedText(gate));
}

function checkedList(
  gate: Extract<Gate, { readonly kind: "list" }>,
  name: string,
  value: unknown,
): readonly unknown[] {
  const given: unknown = value;
  if (!Array.isArray(given)) throw outOfRange(name, spelled(given), allowedText(gate));
  if (given.length < gate.least || given.length > gate.most) {
    const seen = given.length === 0 ? "an empty list" : `a list of ${given.length}`;
    throw outOfRange(name, seen, allowedText(gate));
  }
  return given.map((item: unknown) => checkValue(gate.of, name, item));
}

function checkedRecord(
  gate: Extract<Gate, { readonly kind: "record" }>,
  name: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw outOfRange(name || "all", spelled(value), allowedText(gate));
  if (gate.isOpen !== true)
    refuseUnknownNames("option", Object.keys(value), Object.keys(gate.fields));
  const given: Readonly<Record<string, unknown>> = { ...value };
  const fields: Record<string, unknown> = {};
  for (const [field, each] of Object.entries(gate.fields)) {
    const item = given[field];
    if (item === undefined && !gate.required.includes(field)) continue;
    fields[field] = checkValue(each, name === "" ? field : `${name}.${field}`, item);
  }
  return fields;
}

/** Checks a map. The result is made from entries, because a name may be `__proto__`. */
function checkedMap(
  { names, of, most }: Extract<Gate, { readonly kind: "map" }>,
  name: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const allowed = allowedText({ kind: "map", names, of, most });
  if (!isObject(value)) throw outOfRange(name, spelled(value), allowed);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length > most)
    throw outOfRange(name, `an object with ${entries.length} names`, allowed);
  const wrong = entries.find(([key]) => !passes(names, key));
  if (wrong !== undefined)
    throw outOfRange(name, `an object with the name ${spelled(wrong[0])}`, names.allowed);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, checkValue(of, `${name}.${key}`, item)]),
  );
}

/** A list or an object says what is wrong in it; another value, all that is allowed. */
function checkedEither(
  gate: Extract<Gate, { readonly kind: "either" }>,
  name: string,
  value: unknown,
): unknown {
  const found =
    gate.of.find((choice) => passes(choice, value)) ??
    gate.of.find((choice) => isLike(choice, value));
  if (found === undefined) throw outOfRange(name, spelled(value), allowedText(gate));
  return checkValue(found, name, value);
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
  const isPlain = (kind === "word" || kind === "address") && typeof value === "string";
  return isPlain ? value : spelled(value);
}
