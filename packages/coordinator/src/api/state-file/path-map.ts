// Paths of one machine on another.

import { isAbsolute, sep } from "node:path";
import { TroupeError } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";

/** The beginning of paths, and what stands in its place. */
export interface MappedPath {
  /** Absolute; of the machine of the export. */
  readonly from: string;
  /** Absolute. */
  readonly to: string;
}

/** Paths to map; an import with more is refused. */
const mostPaths = 1_000;
/** Values deeper than this are left as they are: no file of ours has them. */
const deepest = 32;

interface Beginning extends MappedPath {
  /** Separator of the other machine. */
  readonly separator: string;
}

/** Maps paths by the longest beginning that is a folder of theirs, or themselves. Other texts stay. */
export class PathMap {
  /** The longest first. */
  readonly #beginnings: readonly Beginning[];

  /** @throws TroupeError `option-out-of-range` for a path that is not absolute, or named twice */
  constructor(paths: readonly MappedPath[]) {
    if (paths.length > mostPaths)
      throw refused(`at most ${mostPaths} paths can be mapped, not ${paths.length}`);
    const beginnings = paths.map(({ from, to }) => {
      const isWindows = /^[A-Za-z]:[\\/]|^\\\\/.test(from);
      if (!isWindows && !from.startsWith("/"))
        throw refused(`"${cleanText(from, 200)}" is no absolute path to map`);
      if (!isAbsolute(to)) throw refused(`"${cleanText(to, 200)}" is no absolute path to map to`);
      return { from: trimmed(from), to: trimmed(to), separator: isWindows ? "\\" : "/" };
    });
    if (new Set(beginnings.map(({ from }) => from)).size < beginnings.length)
      throw refused("a path is mapped twice");
    this.#beginnings = beginnings.toSorted((one, other) => other.from.length - one.from.length);
  }

  /** The paths that are mapped, the longest first. */
  get paths(): readonly MappedPath[] {
    return this.#beginnings;
  }

  /** A path of the other machine here; a text without a beginning that is mapped stays. */
  map(text: string): string {
    for (const { from, to, separator } of this.#beginnings) {
      if (text === from) return to;
      const start = from.endsWith(separator) ? from : from + separator;
      if (!text.startsWith(start)) continue;
      const rest = text.slice(start.length).replaceAll(separator, sep);
      return to.endsWith(sep) ? to + rest : to + sep + rest;
    }
    return text;
  }

  /** Maps all texts and names in a value of JSON. */
  mapAll<Value>(value: Value): Value {
    return this.#mapped(value, 0) as Value;
  }

  #mapped(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.map(value);
    if (typeof value !== "object" || value === null || depth === deepest) return value;
    if (Array.isArray(value)) return value.map((item) => this.#mapped(item, depth + 1));
    const entries = Object.entries(value).map(
      ([name, item]) => [this.map(name), this.#mapped(item, depth + 1)] as const,
    );
    return Object.fromEntries(entries);
  }
}

/** Without the separator at its end, unless it is the root. */
function trimmed(path: string): string {
  return path.length > 1 && !/^[A-Za-z]:[\\/]$/.test(path) ? path.replace(/[\\/]+$/, "") : path;
}

function refused(message: string): TroupeError {
  return new TroupeError("option-out-of-range", message);
}
