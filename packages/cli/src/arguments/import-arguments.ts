// The words of `troupe import`.

import { outputOptions } from "./output-options.ts";
import type { ParsedWords } from "./sort-words.ts";
import { UsageError } from "./usage-error.ts";

/** @throws {UsageError} */
export function importInvocation(words: ParsedWords) {
  const [from, ...others] = words.subjects;
  if (from === undefined)
    throw new UsageError("import needs FROM, the folder of the other client's state", "import");
  if (others.length > 0) throw new UsageError("import takes one folder", "import");
  return {
    command: "import",
    /** The folder as written. */
    from,
    isDryRun: words.has("dry-run"),
    verify: words.value("verify"),
    engine: words.engine(),
    ...outputOptions(words),
  } as const;
}
