// Numbers with units, as people write them: 500ms, 64MiB, 5M, 30/m, 10Mbit/s, 0.1%.

/** Milliseconds of each unit of time. */
export const durationUnitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const sizeLetters = ["", "k", "m", "g", "t"];
const bitUnits: Readonly<Record<string, number>> = { kbit: 1e3, Mbit: 1e6, Gbit: 1e9 };

const number = String.raw`\d{1,15}(?:\.\d{1,6})?`;
const size = "(?:[kKmMgGtT]?[iI]?[bB]|[kKmMgGtT])";

/** The text of each kind of quantity, as the source of a regular expression without its ends. */
export const quantityTexts = {
  duration: `${number} ?(?:ms|s|m|min|h|d)`,
  size: `${number} ?${size}`,
  rate: `${number} ?/(?:ms|s|m|min|h)`,
  line: `${number} ?(?:${size}|kbit|Mbit|Gbit)/s`,
  share: `${number} ?%`,
} as const;

/** A kind of quantity. */
export type QuantityKind = keyof typeof quantityTexts;

/** Each kind of quantity as an error describes it. */
export const quantityTitles: Readonly<Record<QuantityKind, string>> = {
  duration: "a time such as 500ms, 30s, 2m or 1h",
  size: "a size such as 800k, 64MiB or 1TiB",
  rate: "a rate such as 500/s or 30/m",
  line: "a speed such as 800k/s, 2MiB/s or 10Mbit/s",
  share: "a share such as 0.1% or 50%",
};

/** `500ms`, `30s`, `2m`, `1h`. @returns milliseconds, or undefined. */
export function parseTime(text: string): number | undefined {
  const found = matchWhole("duration", text);
  return found === undefined ? undefined : found.value * (durationUnitsMs[found.unit] ?? 0);
}

/** `800k`, `64MiB`, `1TiB`; the letters are powers of 1024. @returns whole bytes, or undefined. */
export function parseBytes(text: string): number | undefined {
  const found = matchWhole("size", text);
  return found === undefined ? undefined : bytesOf(found.value, found.unit);
}

/** `500/s`, `30/m`. @returns a number a second, or undefined. */
export function parseRate(text: string): number | undefined {
  const found = matchWhole("rate", text);
  return found === undefined
    ? undefined
    : (found.value * 1_000) / (durationUnitsMs[found.unit.slice(1)] ?? 1);
}

/** `800k/s`, `2MiB/s`, `10Mbit/s`. @returns bytes a second, or undefined. */
export function parseLine(text: string): number | undefined {
  const found = matchWhole("line", text);
  if (found === undefined) return undefined;
  const unit = found.unit.slice(0, -"/s".length);
  const bits = bitUnits[unit];
  return bits === undefined ? bytesOf(found.value, unit) : Math.floor((found.value * bits) / 8);
}

/** `0.1%`. @returns a fraction; above 1 for more than 100%; or undefined. */
export function parseShare(text: string): number | undefined {
  const found = matchWhole("share", text);
  return found === undefined ? undefined : found.value / 100;
}

/** A text that is a number alone gets a unit: `90` with `s` is `90s`. Spaces around it go. */
export function withUnit(text: string, unit: string): string {
  const trimmed = text.trim();
  return /^[\d.]+$/.test(trimmed) ? trimmed + unit : trimmed;
}

function bytesOf(value: number, unit: string): number {
  const letter = unit.toLowerCase().replace(/i?b$/, "");
  return Math.floor(value * 1024 ** sizeLetters.indexOf(letter));
}

function matchWhole(
  kind: QuantityKind,
  text: string,
): { readonly value: number; readonly unit: string } | undefined {
  if (!new RegExp(`^${quantityTexts[kind]}$`).test(text)) return undefined;
  const [, value = "", unit = ""] = /^([\d.]+) ?(.+)$/.exec(text) ?? [];
  return { value: Number(value), unit };
}
