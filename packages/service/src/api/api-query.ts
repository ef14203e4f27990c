// The gate of queries: names and values are checked before anything reads them.

import { allowedText, outOfRange, readWord, refuseUnknownNames, spelled } from "@troupe/control";
import type { QueryRows } from "./api-operation.ts";

/**
 * Reads a query. The head of the request bounds its length.
 *
 * @returns The given values, which pass their gates.
 * @throws TroupeError `option-unknown`, `option-out-of-range`
 */
export function readQuery(
  rows: QueryRows,
  query: URLSearchParams,
): Readonly<Record<string, unknown>> {
  refuseUnknownNames("option", [...query.keys()], Object.keys(rows));
  const values: Record<string, unknown> = {};
  for (const [name, word] of query) {
    const gate = rows[name]?.gate;
    if (gate === undefined) throw new Error(`bug: no parameter ${name}`);
    if (values[name] !== undefined) throw outOfRange(name, "given twice", "one value");
    const value = readWord(gate, word);
    if (value === undefined) throw outOfRange(name, spelled(word), allowedText(gate));
    values[name] = value;
  }
  return values;
}
