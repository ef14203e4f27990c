// The words of `troupe state`.

import { cleanText, suggestion } from "@troupe/protocol/text";
import { outputOptions } from "./output-options.ts";
import type { ParsedWords } from "./sort-words.ts";
import { UsageError } from "./usage-error.ts";

/** The calls of `troupe state`. */
export const stateCalls = ["export", "import"] as const;

/** @throws {UsageError} */
export function stateInvocation(words: ParsedWords) {
  const [asked = "", file, ...others] = words.subjects;
  const call = stateCalls.find((name) => name === asked);
  if (call === undefined) {
    const meant = suggestion(asked.slice(0, 60), [...stateCalls]);
    throw new UsageError(
      asked === ""
        ? "state needs a call: export F or import F"
        : `troupe state has no call "${cleanText(asked, 60)}"${meant}`,
      "state",
    );
  }
  if (file === undefined) throw new UsageError(`state ${call} needs the path of a file`, "state");
  if (others.length > 0) throw new UsageError(`state ${call} takes one file`, "state");
  if (call === "export" && words.has("map"))
    throw new UsageError("there is no option --map for troupe state export", "state");
  return {
    command: "state",
    call,
    /** The path as written. */
    file,
    /** `from` is a path of the other machine, `to` one as written. */
    paths: (words.value("map") ?? []).map(mappedPath),
    engine: words.engine(),
    ...outputOptions(words),
  } as const;
}

/** `OLD=NEW`; a path with the sign itself cannot be told. */
function mappedPath(text: string): { readonly from: string; readonly to: string } {
  const [from = "", to = "", ...others] = text.split("=");
  if (from === "" || to === "" || others.length > 0)
    throw new UsageError(`--map takes OLD=NEW, not "${cleanText(text, 200)}"`, "state");
  return { from, to };
}
