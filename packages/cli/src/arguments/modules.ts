import { UsageError } from "./usage-error.ts";

/** The modules of a torrent, as written. Undefined: the built-in part. */
export interface ModuleWords {
  readonly picker: string | undefined;
  readonly choker: string | undefined;
  readonly extensions: readonly string[];
}

/** The parts of a parsed command line that name modules. */
interface Words {
  readonly has: (name: "sequential") => boolean;
  readonly values: (name: "picker" | "choker" | "extension") => readonly string[];
}

/** @throws {UsageError} for a picker with `--sequential`. */
export function parseModules(words: Words): ModuleWords {
  const [picker] = words.values("picker");
  if (picker !== undefined && words.has("sequential"))
    throw new UsageError("--picker and --sequential exclude each other");
  return { picker, choker: words.values("choker")[0], extensions: words.values("extension") };
}
