// The two dialects: how each names and spells what the methods answer.

import type { Values } from "../values.ts";
import { classicFieldName, classicName, snakeName } from "./classic-names.ts";

/** How a dialect writes the results of methods, which are in the form of JSON-RPC 2.0. */
export interface Dialect {
  /** Arguments in snake case, with the values of JSON-RPC 2.0. */
  arguments(given: Values): Values;
  /** The name of the field of a torrent in snake case, whose name a caller has sent. */
  askedField(name: string): string;
  fieldName(name: string): string;
  /** The value of a field of a torrent. */
  fieldValue(name: string, value: unknown): unknown;
  result(result: Values): Values;
}

/** The dialect by JSON-RPC 2.0. */
export const jsonRpcDialect: Dialect = {
  arguments: (given) => given,
  askedField: (name) => name,
  fieldName: (name) => name,
  fieldValue: (_, value) => value,
  result: (result) => result,
};

/** The classic dialect. */
export const classicDialect: Dialect = {
  arguments: (given) =>
    // Made from entries, because a name may be `__proto__`.
    Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        const snake = snakeName(name);
        return [snake, snake === "encryption" && value === "tolerated" ? "allowed" : value];
      }),
    ),
  askedField: snakeName,
  fieldName: classicFieldName,
  fieldValue: (name, value) =>
    name === "wanted" && Array.isArray(value)
      ? value.map((each: unknown) => Number(each === true))
      : renamed(value, classicFieldName),
  result: (result) => {
    const { encryption } = result;
    const spelled = encryption === "allowed" ? { ...result, encryption: "tolerated" } : result;
    return renamed(spelled, classicName) as Values;
  },
};

/** Plain objects and lists with other names; other values, such as written JSON, stay. */
function renamed(value: unknown, nameOf: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renamed(item, nameOf));
  if (
    typeof value !== "object" ||
    value === null ||
    Object.getPrototypeOf(value) !== Object.prototype
  )
    return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [nameOf(name), renamed(item, nameOf)]));
}
