import { outOfRange, spelled } from "@troupe/control";
import type { Values } from "./values.ts";

/** The other spellings of flags: some clients send numbers. */
const flags = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  [1, true],
  [0, false],
  ["true", true],
  ["false", false],
]);

/**
 * The parameters of a call. Each reader returns undefined for a parameter that is absent or `null`.
 *
 * @throws TroupeError `option-out-of-range` for a value of another type; by every reader.
 */
export class Parameters {
  readonly #given: Values;

  constructor(given: Values) {
    this.#given = given;
  }

  /** The names of the parameters that are given. */
  get names(): readonly string[] {
    return Object.keys(this.#given).filter((name) => this.has(name));
  }

  has(name: string): boolean {
    return (this.value(name) ?? null) !== null;
  }

  /** The value as it came. */
  value(name: string): unknown {
    return Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, "true or false", (value) => flags.get(value));
  }

  /** A number; its fraction is cut. */
  whole(name: string): number | undefined {
    return this.#read(name, "a number", wholeOf);
  }

  figure(name: string): number | undefined {
    return this.#read(name, "a number", (value) => (isFigure(value) ? value : undefined));
  }

  text(name: string): string | undefined {
    return this.#read(name, "a text", textOf);
  }

  texts(name: string): readonly string[] | undefined {
    return this.#read(name, "a list of texts", (value) => listOf(value, textOf));
  }

  wholes(name: string): readonly number[] | undefined {
    return this.#read(name, "a list of numbers", (value) => listOf(value, wholeOf));
  }

  list(name: string): readonly unknown[] | undefined {
    return this.#read(name, "a list", (value) => listOf(value, (item) => item));
  }

  #read<Value>(
    name: string,
    allowed: string,
    read: (value: unknown) => Value | undefined,
  ): Value | undefined {
    if (!this.has(name)) return undefined;
    const value = this.value(name);
    const found = read(value);
    if (found === undefined) throw outOfRange(name, spelled(value), allowed);
    return found;
  }
}

function isFigure(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function wholeOf(value: unknown): number | undefined {
  return isFigure(value) ? Math.trunc(value) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** @returns Undefined if an item has another type. */
function listOf<Item>(
  value: unknown,
  read: (item: unknown) => Item | undefined,
): readonly Item[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: Item[] = [];
  for (const each of value as readonly unknown[]) {
    const item = read(each);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}
