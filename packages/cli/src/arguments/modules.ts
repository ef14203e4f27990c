import type { ParsedWords } from "./sort-words.ts";
import { UsageError } from "./usage-error.ts";

/** The modules of a torrent, as written. Undefined: the built-in part. */
export type ModuleWords = ReturnType<typeof parseModules>;

/** @throws {UsageError} for a picker with `--sequential`. */
export function parseModules(words: ParsedWords) {
  const picker = words.value("picker");
  if (picker !== undefined && words.has("sequential"))
    throw new UsageError("--picker and --sequential exclude each other");
  return {
    picker,
    choker: words.value("choker"),
    extensions: words.value("extension") ?? [],
    store: words.value("store"),
    hasher: words.value("hasher"),
  };
}
