import { parseBytes, parseTime, withUnit } from "../quantities.ts";
import { passes } from "./check-gate.ts";
import type { Gate } from "./gate.ts";

/**
 * Reads a word of a command line: `800k` for bytes and rates, `90s` for times.
 *
 * @returns The value, which passes the gate; undefined if there is none.
 */
export function readWord(gate: Gate, word: string): unknown {
  const value = valueIn(gate, word);
  return value !== undefined && passes(gate, value) ? value : undefined;
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
      return seconds(word);
    case "list":
      return word.split(",").map((each) => readWord(gate.of, each.trim()));
    case "either":
      return gate.of.map((choice) => readWord(choice, word)).find((value) => value !== undefined);
    case "record":
      return undefined;
    default:
      return word;
  }
}

function seconds(word: string): number | undefined {
  const ms = parseTime(withUnit(word, "s"));
  return ms === undefined ? undefined : ms / 1_000;
}
