import { cleanText, suggestion } from "@troupe/protocol/text";
import { constantEvents, isJsonEvent, jsonEvents, type JsonEvent } from "../output/json-events.ts";
import type { ParsedWords } from "./sort-words.ts";
import { UsageError } from "./usage-error.ts";

/** Kind and place of the output. */
export type OutputOptions = ReturnType<typeof outputOptions>;

/** @throws {UsageError} for an unknown event of `--json-events`. */
export function outputOptions(words: ParsedWords) {
  /** The path as written; undefined: stderr. */
  const logFile = words.value("log-file");
  const events = words.value("json-events");
  return {
    json: words.has("json") || events !== undefined,
    /** Undefined: all. */
    jsonEvents: events === undefined ? undefined : parseJsonEvents(events),
    quiet: words.has("quiet"),
    /** Undefined: no log. */
    logLevel: words.value("log-level") ?? (logFile === undefined ? undefined : "info"),
    logFile,
  };
}

/** `progress,complete`: these events, and those that are never left out. */
function parseJsonEvents(text: string): ReadonlySet<JsonEvent> {
  const names = text.split(",").map((name) => name.trim());
  const events = names.filter(isJsonEvent);
  const unknown = names.find((name) => !isJsonEvent(name));
  if (unknown === undefined) return new Set([...events, ...constantEvents]);
  const meant = suggestion(unknown.slice(0, 60), Object.keys(jsonEvents));
  throw new UsageError(`--json has no event "${cleanText(unknown, 60)}"${meant}`);
}
