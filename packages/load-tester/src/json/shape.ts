// Shapes of JSON values: each takes a value of unknown origin and gives a typed copy, or names the place that is wrong.

import { cleanText } from "@troupe/protocol/text";

/** A reader of one shape. @param path The place of the value, for messages: `seconds[3].counts`. */
export type Shape<Value> = (value: unknown, path: string) => Value;

/** A value is not of its shape. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** The error of a value: `version is 2, allowed is 1`. */
export function wrongShape(path: string, value: unknown, allowed: string): ShapeError {
  const place = path === "" ? "the whole" : path;
  return new ShapeError(`${place} is ${describe(value)}, allowed is ${allowed}`);
}

/** A finite number within bounds. */
export function number(least: number, most: number): Shape<number> {
  return (value, path) => {
    if (typeof value === "number" && value >= least && value <= most) return value;
    throw wrongShape(path, value, `a number from ${least} to ${most}`);
  };
}

/** A whole number within bounds. */
export function whole(least: number, most: number): Shape<number> {
  return (value, path) => {
    const isWhole = typeof value === "number" && Number.isSafeInteger(value);
    if (isWhole && value >= least && value <= most) return value;
    throw wrongShape(path, value, `a whole number from ${least} to ${most}`);
  };
}

/** True or false. */
export const boolean: Shape<boolean> = (value, path) => {
  if (typeof value === "boolean") return value;
  throw wrongShape(path, value, "true or false");
};

/** A line for people: clean, as it may come from a peer. */
export function line(mostCharacters: number): Shape<string> {
  const raw = text(mostCharacters);
  return (value, path) => cleanText(raw(value, path), mostCharacters);
}

/** A text as it is. */
export function text(mostCharacters: number): Shape<string> {
  return (value, path) => {
    if (typeof value === "string" && value.length <= mostCharacters) return value;
    throw wrongShape(path, value, `a text of at most ${mostCharacters} characters`);
  };
}

/** One word of a list. */
export function word<const Word extends string>(words: readonly Word[]): Shape<Word> {
  return (value, path) => {
    const found = words.find((known) => known === value);
    if (found !== undefined) return found;
    throw wrongShape(path, value, `one of ${words.join(", ")}`);
  };
}

/** Values of one shape. */
export function list<Item>(item: Shape<Item>, mostItems: number): Shape<readonly Item[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > mostItems)
      throw wrongShape(path, value, `a list of at most ${mostItems}`);
    return value.map((each, index) => item(each, `${path}[${index}]`));
  };
}

/** A list of two. */
export function pair<First, Second>(
  first: Shape<First>,
  second: Shape<Second>,
): Shape<readonly [First, Second]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length !== 2) throw wrongShape(path, value, "a pair");
    return [first(value[0], `${path}[0]`), second(value[1], `${path}[1]`)];
  };
}

/** Values by names that a scenario has chosen. */
export function record<Value>(
  each: Shape<Value>,
  mostEntries: number,
): Shape<Readonly<Record<string, Value>>> {
  return (value, path) => {
    const entries = Object.entries(asObject(value, path));
    if (entries.length > mostEntries)
      throw wrongShape(path, value, `an object of at most ${mostEntries} entries`);
    const name = line(100);
    // No plain literal: a name may be `__proto__`.
    return Object.fromEntries(
      entries.map(([key, one]) => [name(key, path), each(one, keyPath(path, cleanText(key, 60)))]),
    );
  };
}

/** Keys that are in the value, each of its shape. Other keys are left out. */
export function object<Shapes extends Readonly<Record<string, Shape<unknown>>>>(
  shapes: Shapes,
): Shape<{ readonly [Key in keyof Shapes]: ReturnType<Shapes[Key]> }> {
  return (value, path) => {
    const source = asObject(value, path);
    const copy: Record<string, unknown> = {};
    for (const [key, shape] of Object.entries(shapes)) {
      const own = Object.hasOwn(source, key) ? source[key] : undefined;
      copy[key] = shape(own, keyPath(path, key));
    }
    return copy as { readonly [Key in keyof Shapes]: ReturnType<Shapes[Key]> };
  };
}

/** A union whose variants differ in the word of one field. */
export function variant<Shapes extends Readonly<Record<string, Shape<unknown>>>>(
  key: string,
  shapes: Shapes,
): Shape<ReturnType<Shapes[keyof Shapes]>> {
  const readWord = word(Object.keys(shapes) as (keyof Shapes & string)[]);
  return (value, path) => {
    const found = readWord(asObject(value, path)[key], keyPath(path, key));
    return shapes[found]?.(value, path) as ReturnType<Shapes[keyof Shapes]>;
  };
}

/** A value that may be missing. */
export function optional<Value>(shape: Shape<Value>): Shape<Value | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : shape(value, path));
}

function keyPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw wrongShape(path, value, "an object");
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") {
    const shown = cleanText(value, 40);
    return value.length > 40 ? `a text of ${value.length} characters` : `"${shown}"`;
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : JSON.stringify(value);
}
