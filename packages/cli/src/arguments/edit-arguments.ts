// The words of `troupe edit`.

import type { ListEdit, TorrentEdits } from "@troupe/protocol/metainfo";
import { outputOptions } from "./output-options.ts";
import type { ParsedWords } from "./sort-words.ts";
import { UsageError } from "./usage-error.ts";

/** Options that change the info-hash. */
const hashOptions = ["private", "public", "source", "name", "in-info"] as const;

/** @throws {UsageError} */
export function editInvocation(words: ParsedWords) {
  if (words.subjects.length === 0)
    throw new UsageError("edit needs the path of a .torrent", "edit");
  if (words.has("private") && words.has("public"))
    throw new UsageError("--private and --public exclude each other", "edit");
  const clears = new Set<string>(words.edit("clear") ?? []);
  const hashOption = clears.has("source")
    ? "clear source"
    : hashOptions.find((name) => words.has(name));
  if (hashOption !== undefined && !words.has("new-hash"))
    throw new UsageError(
      `--${hashOption} gives the torrent another info-hash and another swarm: it wants --new-hash`,
      "edit",
    );
  const edits = editsOf(words, clears);
  if (Object.keys(edits).length === 0) throw new UsageError("edit needs a change", "edit");
  return {
    command: "edit",
    /** Paths as written. */
    files: words.subjects,
    edits,
    isDryRun: words.has("dry-run"),
    engine: {},
    ...outputOptions(words),
  } as const;
}

function editsOf(words: ParsedWords, clears: ReadonlySet<string>): TorrentEdits {
  const hints = hintsOf(words, clears);
  const isInside = words.has("in-info");
  const info = presentOrNone({
    isPrivate: words.has("private") || words.has("public") ? words.has("private") : undefined,
    source: clears.has("source") ? "" : words.edit("source"),
    name: words.edit("name"),
    ...(isInside && hints),
  });
  return present({
    trackers: trackersOf(words, clears.has("trackers")),
    webSeeds: listEdit(
      clears.has("web-seeds") ? [] : words.edit("web-seed"),
      words.edit("remove-web-seed"),
      words.edit("add-web-seed"),
    ),
    nodes: listEdit(
      clears.has("nodes") ? [] : words.edit("node"),
      words.edit("remove-node"),
      words.edit("add-node"),
    ),
    comment: clears.has("comment") ? "" : words.edit("comment"),
    ...(!isInside && hints),
    info,
  });
}

function hintsOf(
  words: ParsedWords,
  clears: ReadonlySet<string>,
): Pick<TorrentEdits, "similar" | "collections"> {
  return present({
    similar: listEdit(
      clears.has("similar") ? [] : words.edit("similar"),
      words.edit("remove-similar"),
      words.edit("add-similar"),
    ),
    collections: listEdit(
      clears.has("collections") ? [] : words.edit("collection"),
      words.edit("remove-collection"),
      words.edit("add-collection"),
    ),
  });
}

function trackersOf(words: ParsedWords, isCleared: boolean): TorrentEdits["trackers"] {
  const set = isCleared ? [] : words.edit("tracker")?.map(tierOf);
  const remove = words.edit("remove-tracker");
  const add = words.edit("add-tracker")?.map(tierOf);
  return presentOrNone({ set, remove, add });
}

/** The URLs of a tier. They may have commas themselves: a comma before a scheme divides two. */
export function tierOf(text: string): readonly string[] {
  return text
    .split(/,(?=\s*[a-z]+:\/\/)/i)
    .map((url) => url.trim())
    .filter((url) => url !== "");
}

/** Undefined: no option changes the list. */
function listEdit<Item>(
  set: readonly Item[] | undefined,
  remove: readonly Item[] | undefined,
  add: readonly Item[] | undefined,
): ListEdit<Item> | undefined {
  return presentOrNone({ set, remove, add });
}

type Present<Fields> = { readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** The fields that have values. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<Fields>;
}

/** The fields that have values; undefined: none has one. */
export function presentOrNone<Fields extends object>(fields: Fields): Present<Fields> | undefined {
  const found = present(fields);
  return Object.keys(found).length === 0 ? undefined : found;
}
