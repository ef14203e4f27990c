// Checks of values that came over the network: each reader gives a typed value, or names the place that is wrong.

/** Checks a value. @param at Where it stands, for the error. @throws ShapeError */
export type Reader<Value> = (value: unknown, at: string) => Value;

/** A value is not of the shape that it must have. */
export class ShapeError extends Error {}

/** Fields of an object and their readers. */
type Fields<Value> = { readonly [Name in keyof Value]-?: Reader<Value[Name]> };

/** A string of bounded length. */
export function text(longest: number): Reader<string> {
  return (value, at) => {
    if (typeof value === "string" && value.length <= longest) return value;
    throw new ShapeError(`${at} is not a text of at most ${longest} characters`);
  };
}

/** A finite number within bounds. */
export function number(least: number, most: number): Reader<number> {
  return (value, at) => {
    if (typeof value === "number" && value >= least && value <= most) return value;
    throw new ShapeError(`${at} is not a number from ${least} to ${most}`);
  };
}

/** A whole number within bounds. */
export function whole(least: number, most: number): Reader<number> {
  const read = number(least, most);
  return (value, at) => {
    if (Number.isInteger(read(value, at))) return value as number;
    throw new ShapeError(`${at} is not a whole number`);
  };
}

/** True or false. */
export const yesOrNo: Reader<boolean> = (value, at) => {
  if (typeof value === "boolean") return value;
  throw new ShapeError(`${at} is not true or false`);
};

/** One of some words. */
export function word<const Word extends string>(...words: readonly Word[]): Reader<Word> {
  return (value, at) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw new ShapeError(`${at} is none of ${words.join(", ")}`);
  };
}

/** JSON has no undefined: an absent field is undefined. */
export function maybe<Value>(read: Reader<Value>): Reader<Value | undefined> {
  return (value, at) => (value === undefined || value === null ? undefined : read(value, at));
}

/** A list of bounded length. */
export function list<Value>(read: Reader<Value>, most: number): Reader<readonly Value[]> {
  return (value, at) => {
    if (Array.isArray(value) && value.length <= most) {
      return value.map((item: unknown, index) => read(item, `${at}[${index}]`));
    }
    throw new ShapeError(`${at} is not a list of at most ${most}`);
  };
}

/** An object with exactly these fields; other fields are left out. */
export function record<Value extends object>(fields: Fields<Value>): Reader<Value> {
  return (value, at) => {
    const source = plainObject(value, at);
    const made: Record<string, unknown> = {};
    for (const [name, read] of Object.entries<Reader<unknown>>(fields)) {
      made[name] = read(Object.hasOwn(source, name) ? source[name] : undefined, `${at}.${name}`);
    }
    return made as Value;
  };
}

/** An object from names to values. */
export function table<Value>(
  read: Reader<Value>,
  most: number,
  longestName = 100,
): Reader<Readonly<Record<string, Value>>> {
  return (value, at) => {
    const entries = Object.entries(plainObject(value, at));
    if (entries.length > most || entries.some(([name]) => name.length > longestName)) {
      throw new ShapeError(
        `${at} is not a table of at most ${most} names of ${longestName} characters`,
      );
    }
    return Object.fromEntries(entries.map(([name, item]) => [name, read(item, `${at}.${name}`)]));
  };
}

/** A union whose variants differ in the word of one field. */
export function variant<Value extends object, Key extends keyof Value & string>(
  key: Key,
  variants: {
    readonly [Word in Value[Key] & string]: Reader<Extract<Value, Readonly<Record<Key, Word>>>>;
  },
): Reader<Value> {
  const readWord = word(...Object.keys(variants));
  return (value, at) => {
    const source = plainObject(value, at);
    const found = readWord(source[key], `${at}.${key}`);
    const read = (variants as Readonly<Record<string, Reader<Value>>>)[found];
    if (read === undefined) throw new ShapeError(`${at}.${key} is not known`);
    return read(value, at);
  };
}

/** Parses JSON of bounded length and checks it. @throws ShapeError */
export function readJson<Value>(bytes: Uint8Array, most: number, read: Reader<Value>): Value {
  if (bytes.length > most) {
    throw new ShapeError(`it has ${bytes.length} bytes, ${most} are allowed`);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ShapeError("it is not JSON");
  }
  return read(value, "it");
}

/** JSON as bytes. */
export function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function plainObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ShapeError(`${at} is not an object`);
}
