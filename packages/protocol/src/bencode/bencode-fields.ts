// Typed fields of dictionaries. Every error names the field.

import type { BencodeKind, BencodeValue } from "./bencode-value.ts";
import { ProtocolError } from "../errors.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** 17 digits, sign and delimiters. */
const longestNumber = 20;
const minus = 0x2d;
const digitZero = 0x30;

/**
 * @param field For the error, such as `info.name`.
 * @returns A view of the input.
 * @throws {ProtocolError} `field-missing` or `field-wrong-type`.
 */
export function requireBytes(value: BencodeValue | undefined, field: string): Uint8Array {
  const bytes = present(value, field).string;
  if (bytes === undefined) throw wrongType(field, "string", value);
  return bytes;
}

/** Reads a text like {@link requireBytes}, with U+FFFD for invalid UTF-8. */
export function requireText(value: BencodeValue | undefined, field: string): string {
  return utf8.decode(requireBytes(value, field));
}

/**
 * @returns A whole number from `min` to `max`, which are within ±2⁵³.
 * @throws {ProtocolError} `field-missing`, `field-wrong-type`, or `field-invalid` outside the range.
 */
export function requireInteger(
  value: BencodeValue | undefined,
  field: string,
  min: number,
  max: number,
): number {
  const { kind, encoded } = present(value, field);
  if (kind !== "integer") throw wrongType(field, "integer", value);
  const number = numberOf(encoded);
  if (!(number >= min && number <= max) || !Number.isSafeInteger(number)) {
    const digits = utf8.decode(encoded.subarray(1, Math.min(encoded.length - 1, longestNumber)));
    throw invalidField(field, `it is ${digits}, allowed is ${min} to ${max}`);
  }
  return number;
}

/** @returns NaN for integers over ±2⁵³, which are not read. */
function numberOf(encoded: Uint8Array): number {
  if (encoded.length > longestNumber) return NaN;
  const isNegative = encoded[1] === minus;
  let number = 0;
  for (let at = isNegative ? 2 : 1; at < encoded.length - 1; at++) {
    number = number * 10 + ((encoded[at] ?? 0) - digitZero);
  }
  // Minus zero is 0.
  return isNegative ? 0 - number : number;
}

/** @throws {ProtocolError} `field-missing` or `field-wrong-type`. */
export function requireDictionary(value: BencodeValue | undefined, field: string): BencodeValue {
  if (present(value, field).kind !== "dictionary") throw wrongType(field, "dictionary", value);
  return present(value, field);
}

/** @throws {ProtocolError} `field-missing` or `field-wrong-type`. */
export function requireList(value: BencodeValue | undefined, field: string): BencodeValue {
  if (present(value, field).kind !== "list") throw wrongType(field, "list", value);
  return present(value, field);
}

/**
 * Reads a field that the rest does not depend on.
 *
 * @param warnings Gets a sentence for a value of another kind, once a key.
 * @returns Undefined if it is absent or of another kind.
 */
export function optionalField(
  dictionary: BencodeValue,
  key: string,
  kind: BencodeKind,
  warnings: string[],
): BencodeValue | undefined {
  const value = dictionary.get(key);
  if (value === undefined || value.kind === kind) return value;
  warnOnce(warnings, `the field "${key}" is ignored: it is of type ${value.kind}, not ${kind}`);
  return undefined;
}

/** Adds a sentence that the warnings do not have. */
export function warnOnce(warnings: string[], sentence: string): void {
  if (!warnings.includes(sentence)) warnings.push(sentence);
}

/** @returns A whole number from `min` to `max`, otherwise undefined. */
export function integerOr<Other>(
  value: BencodeValue | undefined,
  min: number,
  max: number,
  other: Other,
): number | Other {
  if (value?.kind !== "integer") return other;
  const number = numberOf(value.encoded);
  return number >= min && number <= max ? number : other;
}

/** @returns `field-invalid`. */
export function invalidField(field: string, reason: string): ProtocolError {
  return new ProtocolError("field-invalid", {
    operation: "read-field",
    message: `cannot use the field "${field}": ${reason}`,
    details: { field },
  });
}

function present(value: BencodeValue | undefined, field: string): BencodeValue {
  if (value !== undefined) return value;
  throw new ProtocolError("field-missing", {
    operation: "read-field",
    message: `cannot find the field "${field}"`,
    details: { field },
  });
}

function wrongType(field: string, allowed: string, value: BencodeValue | undefined): ProtocolError {
  return new ProtocolError("field-wrong-type", {
    operation: "read-field",
    message: `cannot use the field "${field}": it is of type ${value?.kind}, allowed is ${allowed}`,
    details: { field, seen: value?.kind, allowed },
  });
}
