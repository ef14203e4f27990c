// Calls whose output is a document have no lines of `--json`.

import { asksForJson } from "../output/json-events.ts";
import { type Invocation, parseArguments } from "./parse-arguments.ts";

/** Whether stdout has the lines of `--json`, also of a command line that is not understood. */
export function printsJsonLines(words: readonly string[]): boolean {
  if (!asksForJson(words)) return false;
  const invocation = understood(words);
  return invocation === undefined || !printsDocument(invocation);
}

function understood(words: readonly string[]): Invocation | undefined {
  try {
    return parseArguments(words);
  } catch {
    return undefined;
  }
}

function printsDocument(invocation: Invocation): boolean {
  switch (invocation.command) {
    case "help":
    case "version":
    case "completion":
    case "settings":
      return true;
    case "load-test": {
      const { task } = invocation;
      if (task.call === "report") return task.report === undefined;
      return task.call === "schema" || task.call === "list";
    }
    default:
      return false;
  }
}
