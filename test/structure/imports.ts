// The imports between the source files of all packages, read from their text.

import { posix } from "node:path";
import { listTrackedFiles } from "../support/files/repository.ts";

/** One import of a source file: paths from the repository, or the name of a package. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** The import names types alone: nothing of it is left at run time. */
  readonly isType: boolean;
  /** The file is loaded when the import is reached, not before. */
  readonly isDynamic: boolean;
}

const statement =
  /^(?:import|export)\s+(type\s+)?(?:([\w*$\s{},]+?)\s+from\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;

/** Paths of all source files of packages. */
export function listSources(): string[] {
  const files = listTrackedFiles("packages/*/src/*");
  return files.filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"));
}

/** The imports in the text of a source file. */
export function importsOf(from: string, text: string): Import[] {
  return [...text.matchAll(statement)].map(([, type, names = "", fixed, dynamic]) => ({
    from,
    to: resolved(from, fixed ?? dynamic ?? ""),
    isType: type !== undefined || hasOnlyTypes(names),
    isDynamic: fixed === undefined,
  }));
}

function resolved(from: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : specifier;
}

/** `{ type A, type B }`. */
function hasOnlyTypes(names: string): boolean {
  const inside = /^\{([^]*)\}$/.exec(names.trim())?.[1] ?? "";
  const listed = inside.split(",").filter((name) => name.trim() !== "");
  return listed.length > 0 && listed.every((name) => name.trim().startsWith("type "));
}
