// The words of `troupe create`.

import type { CreateOptions } from "../engine-port.ts";
import { present, presentOrNone, tierOf } from "./edit-arguments.ts";
import { parseModules } from "./modules.ts";
import { findOption, optionsOf } from "./option-table.ts";
import { outputOptions } from "./output-options.ts";
import type { ParsedWords } from "./sort-words.ts";
import { refuseGoalsAlone, swarmOptions } from "./swarm-options.ts";
import { UsageError } from "./usage-error.ts";

const versions = ["v1", "v2", "hybrid"] as const;

/** @throws {UsageError} */
export function createInvocation(words: ParsedWords) {
  const paths = words.subjects;
  if (paths.length === 0)
    throw new UsageError("create needs the path of a file or folder", "create");
  const given = versions.filter((name) => words.has(name));
  if (given.length > 1)
    throw new UsageError(`--${given[0]} and --${given[1]} exclude each other`, "create");
  refuseContradictions(words);
  const output = words.create("output");
  const alone = ["output", "name"].find((name) => words.has(name));
  if (paths.length > 1 && alone !== undefined)
    throw new UsageError(`--${alone} is for one path, ${paths.length} were given`, "create");
  return {
    command: "create",
    /** Paths as written. */
    paths,
    options: creationOf(words, given[0]),
    /** An option names the version. Without one a private torrent is of version 1. */
    isVersionChosen: given.length > 0,
    /** The path as written, `-` for stdout; undefined: after the name of the torrent. */
    output,
    isDryRun: words.has("dry-run"),
    ...seedingOf(words),
    ...outputOptions(words),
  } as const;
}

/** How the new torrents are seeded. */
export type Seeding = NonNullable<ReturnType<typeof seedingOf>["seeding"]>;

function seedingOf(words: ParsedWords) {
  if (!words.has("seed")) return { engine: {}, seeding: undefined } as const;
  refuseGoalsAlone(words, words.engine());
  const { add, engine } = swarmOptions(words);
  return {
    engine,
    seeding: {
      /** Without the globs of the settings: the torrent has the files that it was made of. */
      add: { ...add, exclude: [] },
      modules: parseModules(words),
      /** For a folder, space or a link; undefined: no limit. */
      giveUpAfterMs: words.value("give-up"),
    },
  } as const;
}

/** @throws {UsageError} */
function refuseContradictions(words: ParsedWords): void {
  const isForSeeding = (name: string) => findOption(name, "create")?.isForSeeding === true;
  const alone = optionsOf("create").find((name) => words.has(name) && isForSeeding(name));
  if (alone !== undefined && !words.has("seed"))
    throw new UsageError(`--${alone} needs --seed`, "create");
  if (words.has("dry-run") && words.has("seed"))
    throw new UsageError("--dry-run and --seed exclude each other", "create");
  const asksForJson = ["json", "json-events"].find((name) => words.has(name));
  if (words.create("output") === "-" && asksForJson !== undefined)
    throw new UsageError(`--output - and --${asksForJson} exclude each other`, "create");
}

function creationOf(
  words: ParsedWords,
  version: (typeof versions)[number] | undefined,
): Omit<CreateOptions, "onPlan" | "onProgress" | "signal"> {
  const set = <Item>(items: readonly Item[] | undefined) => items && { set: items };
  const info = presentOrNone({
    isPrivate: words.has("private") ? true : undefined,
    source: words.create("source"),
  });
  const fields = present({
    trackers: set(words.create("tracker")?.map(tierOf)),
    webSeeds: set(words.create("web-seed")),
    nodes: set(words.create("node")),
    comment: words.create("comment"),
    similar: set(words.create("similar")),
    collections: set(words.create("collection")),
    info,
  });
  return present({
    version,
    pieceLengthBytes: words.create("piece-size"),
    align: words.has("align") ? true : undefined,
    name: words.create("name"),
    include: words.create("include"),
    exclude: words.create("exclude"),
    links: words.create("symlinks"),
    creationDate: words.create("date"),
    fields,
  });
}
