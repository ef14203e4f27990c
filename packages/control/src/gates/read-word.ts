import { parseHostPort } from "@troupe/protocol/address";
import { parseBytes, parseTime, withUnit } from "../quantities.ts";
import { TroupeError } from "../troupe-error.ts";
import { checkValue } from "./check-gate.ts";
import type { Gate } from "./gate.ts";

/** Numbers that a word may list. */
const mostNumbers = 65_536;

/**
 * Reads a word of a command line: `800k` for bytes and rates, `90s` for times, `host:1` for endpoints, and `1-3,7` for
 * lists of numbers, of which each number counts once.
 *
 * @returns The value, which passes the gate; undefined if there is none.
 */
export function readWord(gate: Gate, word: string): unknown {
  const value = valueIn(gate, word);
  if (value === undefined) return undefined;
  try {
    return checkValue(gate, "", value);
  } catch (error) {
    if (error instanceof TroupeError) return undefined;
    throw error;
  }
}

function valueIn(gate: Gate, word: string): unknown {
  switch (gate.kind) {
    case "flag":
      return word === "true" ? true : word === "false" ? false : undefined;
    case "whole":
      return /^\d{1,15}$/.test(word) ? Number(word) : undefined;
    case "ratio":
      return /^\d{1,7}(?:\.\d{1,6})?$/.test(word) ? Number(word) : undefined;
    case "bytes":
    case "rate":
      return parseBytes(withUnit(word, "B"));
    case "duration":
      return time(word, gate.unit === "ms" ? 1 : 1_000);
    case "address":
      return word.replace(/^\[(.*)\]$/, "$1");
    case "list":
      return gate.of.kind === "whole"
        ? numbers(word)
        : word.split(",").map((each) => readWord(gate.of, each.trim()));
    case "either":
      return gate.of.map((choice) => readWord(choice, word)).find((value) => value !== undefined);
    case "record":
      return gate.isEndpoint === true ? hostAndPort(word) : undefined;
    default:
      return word;
  }
}

function time(word: string, unitMs: number): number | undefined {
  const ms = parseTime(withUnit(word, "s"));
  return ms === undefined ? undefined : Math.round(ms) / unitMs;
}

function numbers(word: string): readonly number[] | undefined {
  const found = new Set<number>();
  for (const part of word.split(",")) {
    const [, first, last = first] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part.trim()) ?? [];
    if (first === undefined || Number(last) < Number(first)) return undefined;
    if (Number(last) - Number(first) + found.size >= mostNumbers) return undefined;
    for (let each = Number(first); each <= Number(last); each++) found.add(each);
  }
  return [...found];
}

function hostAndPort(word: string): unknown {
  try {
    return parseHostPort(word);
  } catch {
    return undefined;
  }
}
