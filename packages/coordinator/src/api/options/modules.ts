// The gate for modules of the user's program: a `file:` URL, or the name of a package.

import { createRequire, isBuiltin } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "@troupe/actor-runtime";
import { outOfRange, refuseUnknownNames, spelled, TroupeError } from "@troupe/control";
import { mostModuleExtensions, type TorrentModules } from "@troupe/messages";

/**
 * Modules that replace parts of a torrent (docs/extending.md): `file:` URLs, or names of packages, which are found from
 * the current folder. They run in the threads of the engine, with all its rights.
 */
export interface ModuleOptions {
  /** Chooses the pieces to request next. Default: the rarest first. Not with `sequential`. */
  readonly picker?: string | URL | undefined;
  /** Ranks the peers that get data. Default: as `seedChoker` and `uploadSlots` say. */
  readonly choker?: string | URL | undefined;
  /** Messages of their own with peers that offer the same (BEP 10); 16 at most. Default: none. */
  readonly extensions?: readonly (string | URL)[] | undefined;
  /** Has the bytes of the torrent. Default: files in the folder. Another one is used from the next start on. */
  readonly store?: string | URL | undefined;
  /** Hashes the pieces that a torrent of version 1 downloads. Default: our own hash. */
  readonly hasher?: string | URL | undefined;
}

const names: readonly (keyof ModuleOptions)[] = [
  "picker",
  "choker",
  "extensions",
  "store",
  "hasher",
];

/** Longest URL or name of a module. */
const longestModule = 4096;
const packageName = /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*(?:\/[\w~-][\w.~-]*)*$/;

/**
 * The modules of a torrent after a change.
 *
 * @param options An absent part is unchanged; undefined stands for the own part.
 * @throws TroupeError `option-unknown`, `option-out-of-range`, `module-not-found`
 */
export function modulesOf(options: ModuleOptions, before: TorrentModules = {}): TorrentModules {
  refuseUnknownNames("option", Object.keys(options), names);
  const { picker, choker, extensions, store, hasher } = { ...before, ...options };
  return {
    ...(picker !== undefined && { picker: moduleUrl("picker", picker) }),
    ...(choker !== undefined && { choker: moduleUrl("choker", choker) }),
    ...(extensions !== undefined && { extensions: extensionUrls(extensions) }),
    ...(store !== undefined && { store: moduleUrl("store", store) }),
    ...(hasher !== undefined && { hasher: moduleUrl("hasher", hasher) }),
  };
}

function extensionUrls(list: readonly (string | URL)[]): readonly string[] {
  const given: unknown = list;
  if (!Array.isArray(given)) throw outOfRange("extensions", spelled(given), "a list of modules");
  if (given.length > mostModuleExtensions) {
    const seen = `a list of ${given.length}`;
    throw outOfRange("extensions", seen, `a list of ${mostModuleExtensions} at most`);
  }
  return list.map((each) => moduleUrl("extensions", each));
}

function moduleUrl(option: string, given: unknown): string {
  const text = given instanceof URL ? given.href : given;
  if (typeof text === "string" && text.length <= longestModule) {
    if (text.startsWith("file:") && URL.canParse(text)) return new URL(text).href;
    if (packageName.test(text) && !isBuiltin(text)) return packageUrl(option, text);
  }
  throw outOfRange(option, spelled(text), "a `file:` URL, or the name of a package");
}

/** An engine thread gets a URL: it would search the package from its own file. */
function packageUrl(option: string, name: string): string {
  const here = createRequire(join(process.cwd(), "modules.js"));
  // The types of Node lack the option.
  const search: object = { conditions: new Set(["node", "import"]) };
  try {
    return pathToFileURL(here.resolve(name, search)).href;
  } catch (error) {
    const [why = ""] = messageOf(error).split("\n");
    throw new TroupeError(
      "module-not-found",
      `cannot find the package "${name}" of option ${option} from ${process.cwd()}: ${why}`,
      { details: { option, name } },
    );
  }
}
