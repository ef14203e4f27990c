import { refuse, type Refusal } from "./refusal.ts";

/** Arrays and objects within each other; a deeper body is refused before it is parsed. */
const mostDepth = 32;
/** Values of a body, as its commas and opening brackets count them: a small body must not become millions of objects. */
const mostValues = 100_000;
/** Calls of a batch; a longer one is refused. */
const mostCalls = 32;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses JSON in UTF-8 (RFC 8259).
 * @returns The value, none of whose objects has the key `__proto__`; else the refusal `json-malformed`.
 */
export function parseJsonBody(bytes: Uint8Array): { readonly value: unknown } | Refusal {
  const fault = shapeFault(bytes);
  if (fault !== undefined) return malformed(fault);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return malformed("it is not UTF-8");
  }
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    return malformed("it is not JSON");
  }
  // Most bodies have neither the key nor an escaped letter, and are not walked.
  const mayHaveKey = /__proto__|\\u/.test(text);
  if (mayHaveKey && hasPrototypeKey(value))
    return malformed("it has the key __proto__, which is not allowed");
  return { value };
}

/** @returns The calls of a body: those of a batch, or the one that it is. */
export function callsIn(value: unknown): readonly unknown[] | Refusal {
  if (!Array.isArray(value)) return [value];
  if (value.length >= 1 && value.length <= mostCalls) return value as readonly unknown[];
  return malformed(`the batch has ${value.length} calls; allowed are 1 to ${mostCalls}`);
}

/** @returns The fault of a body that is too deep or has too many values, before it is parsed. */
function shapeFault(bytes: Uint8Array): string | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = stringEnd(bytes, at);
    else if (byte === comma) values++;
    // [ and {, ] and }
    else if (byte === 0x5b || byte === 0x7b) {
      depth++;
      values++;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
    if (depth > mostDepth)
      return `it is deeper than ${mostDepth} arrays and objects, which is the most`;
    if (values > mostValues) return `it has more than ${mostValues} values, which is the most`;
  }
  return undefined;
}

/** @returns The place of the quote that ends the string at `start`. Most of a body with a .torrent is one string. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let from = start + 1;
  for (;;) {
    const end = bytes.indexOf(quote, from);
    if (end < 0) return bytes.length;
    let slashes = 0;
    while (bytes[end - 1 - slashes] === backslash && end - 1 - slashes >= from) slashes++;
    if (slashes % 2 === 0) return end;
    from = end + 1;
  }
}

/** Recursive: the depth is bounded. */
function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!Array.isArray(value) && Object.hasOwn(value, "__proto__")) return true;
  return Object.values(value).some(hasPrototypeKey);
}

function malformed(seen: string): Refusal {
  return refuse(400, "json-malformed", `cannot read the body as JSON: ${seen}`);
}
