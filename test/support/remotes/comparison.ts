// The differences of two answers: keys, types of JSON, and values.

/** How an answer of ours differs at a place. `missing` and `extra`: a key of theirs alone, and of ours alone. */
export type DifferenceKind = "extra" | "missing" | "type" | "value";

/** A difference at a place such as `info.torrents[].eta`. */
export interface FoundDifference {
  readonly key: string;
  readonly kind: DifferenceKind;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** Transmission writes fractions with four digits. */
const tolerance = 1e-4;

/**
 * Compares two answers. Elements of lists are compared in pairs; they share one place.
 *
 * @param varies Tells the keys whose values change from run to run: their types alone are compared.
 */
export function differencesOf(
  theirs: unknown,
  ours: unknown,
  varies: (key: string) => boolean,
  key = "",
): FoundDifference[] {
  const [type, ownType] = [typeOf(theirs), typeOf(ours)];
  if (type !== ownType) return [{ key, kind: "type", theirs, ours }];
  if (type === "object") return inObjects(theirs as Values, ours as Values, varies, key);
  if (varies(key)) return [];
  if (type === "array") return inLists(theirs as unknown[], ours as unknown[], varies, key);
  return isEqual(theirs, ours) ? [] : [{ key, kind: "value", theirs, ours }];
}

type Values = Readonly<Record<string, unknown>>;

function inObjects(
  theirs: Values,
  ours: Values,
  varies: (key: string) => boolean,
  key: string,
): FoundDifference[] {
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
  return names.flatMap((name) => {
    const place = key === "" ? name : `${key}.${name}`;
    const pair = { theirs: theirs[name], ours: ours[name] };
    if (!Object.hasOwn(ours, name)) return [{ key: place, kind: "missing" as const, ...pair }];
    if (!Object.hasOwn(theirs, name)) return [{ key: place, kind: "extra" as const, ...pair }];
    return differencesOf(pair.theirs, pair.ours, varies, place);
  });
}

function inLists(
  theirs: readonly unknown[],
  ours: readonly unknown[],
  varies: (key: string) => boolean,
  key: string,
): FoundDifference[] {
  if (theirs.length !== ours.length) return [{ key, kind: "value", theirs, ours }];
  return theirs.flatMap((each, index) => differencesOf(each, ours[index], varies, `${key}[]`));
}

function isEqual(theirs: unknown, ours: unknown): boolean {
  if (typeof theirs !== "number" || typeof ours !== "number") return theirs === ours;
  return Math.abs(theirs - ours) < tolerance;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
