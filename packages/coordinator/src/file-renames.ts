// The paths of files that their user has renamed. Renames are kept as they were asked for, so that a renamed folder is
// one entry, and every earlier path of a file stays known.

import { torrentSettings, type FileRename } from "@troupe/control";
import type { CallRefusal } from "@troupe/messages";
import {
  foldCase,
  maxPathParts,
  ownPathPart,
  safePath,
  safePathPart,
  utf8Length,
  type Metainfo,
  type NameRule,
} from "@troupe/protocol/metainfo";
import { isPartFile, ownFolder } from "./own-folder.ts";

/** Renames of a torrent. Each start applies all of them. */
const maxRenames = torrentSettings.renames.gate.most;
/** UTF-8 bytes of the paths of all renames, which every record of the torrent has. */
const maxRenameBytes = 256 * 1024;
/** Characters of a path that a message shows. */
const shownCharacters = 300;

/** The path of each file before all renames; undefined for padding. Parts are joined by `/`. */
type Paths = readonly (string | undefined)[];

/** The path of each file by its .torrent and its layout; undefined for padding, whose paths may repeat. */
export function basePaths(files: Metainfo["files"]): (string | undefined)[] {
  return files.map(({ path, isPadding }) => (isPadding ? undefined : path.join("/")));
}

/** A renamed file: its present path, and its earlier paths without the present path. */
export interface RenamedFile {
  readonly path: string;
  readonly earlier: readonly string[];
}

/** @returns The renamed files. Renames that name no file change nothing. */
export function renamedFiles(
  paths: Paths,
  renames: readonly FileRename[] = [],
): ReadonlyMap<number, RenamedFile> {
  const renamed = new Map<number, RenamedFile>();
  if (renames.length === 0) return renamed;
  const names = new FileNames(paths);
  for (const rename of renames) {
    for (const { file, from, to } of names.apply(rename)) {
      const earlier = [...(renamed.get(file)?.earlier ?? []), from].filter((path) => path !== to);
      renamed.set(file, { path: to, earlier });
    }
  }
  return renamed;
}

/** The rules for new paths. */
interface NameLimits {
  /** Default `own`. */
  readonly rule?: NameRule | undefined;
  /** The suffix of unfinished files. Default: none. */
  readonly suffix?: string | undefined;
}

/** @returns The refusal of the last rename or of an earlier rename; undefined if all can be carried out. */
export function refuseRenames(
  paths: Paths,
  renames: readonly FileRename[] = [],
  { rule = "own", suffix }: NameLimits = {},
): Required<CallRefusal> | undefined {
  if (renames.length === 0) return undefined;
  const names = new FileNames(paths);
  for (const rename of renames) {
    const refusal = refuseStep(names, rename, rule);
    if (refusal !== undefined) return refusal;
  }
  const last = renames.at(-1);
  if (last === undefined) return undefined;
  if (names.haveMetSince(paths)) return taken(last);
  const present = renamedFiles(paths, renames).values();
  if (suffix !== undefined && names.hasBeside(present, suffix)) return taken(last);
  const bytes = renames.reduce((sum, one) => sum + utf8Length(one.from) + utf8Length(one.to), 0);
  if (renames.length <= maxRenames && bytes <= maxRenameBytes) return undefined;
  const most = `a torrent keeps ${maxRenames} renames, with ${maxRenameBytes} bytes of paths`;
  return refused("rename-limit", last, most);
}

function refuseStep(
  names: FileNames,
  rename: FileRename,
  rule: NameRule,
): Required<CallRefusal> | undefined {
  const moved = names.apply(rename);
  const unsafe = moved.find(({ to }) => safeForm(to, rule) !== to);
  if (moved.length === 0) {
    return refused("rename-unknown", rename, "the torrent has no file or folder of this path");
  }
  if (unsafe !== undefined) {
    const such = JSON.stringify(safeForm(unsafe.to, rule).slice(0, shownCharacters));
    const allowed = `a path of safe names below the data folder is needed, such as ${such}`;
    return refused("rename-unsafe", rename, allowed);
  }
  const [first = ""] = rename.to.split("/", 1);
  if (safePathPart(first)?.toLowerCase() === ownFolder) {
    return refused("job-name-reserved", rename, `Troupe keeps its own files in "${ownFolder}"`);
  }
  if (isPartFile(first)) {
    const why = "Troupe keeps bytes of unwanted files in part files of such names";
    return refused("job-name-reserved", rename, why);
  }
  return names.isMixed ? taken(rename) : undefined;
}

/** The present path of each file. */
class FileNames {
  /** Two files got one path. */
  isMixed = false;
  readonly #fileAt: Map<string, number>;

  constructor(paths: Paths) {
    const named = [...paths.entries()].filter(([, path]) => path !== undefined);
    this.#fileAt = new Map(named.map(([file, path = ""]) => [path, file]));
  }

  /** Renames a file, or all files of a folder. */
  apply({ from, to }: FileRename): { file: number; from: string; to: string }[] {
    const file = this.#fileAt.get(from);
    const meant: [string, number][] =
      file === undefined
        ? [...this.#fileAt].filter(([path]) => path.startsWith(`${from}/`))
        : [[from, file]];
    for (const [path] of meant) this.#fileAt.delete(path);
    return meant.map(([path, file]) => {
      const next = to + path.slice(from.length);
      this.isMixed ||= this.#fileAt.has(next);
      this.#fileAt.set(next, file);
      return { file, from: path, to: next };
    });
  }

  /** Whether the paths of a renamed file and of another file differ in the suffix alone. */
  hasBeside(renamed: Iterable<RenamedFile>, suffix: string): boolean {
    const paths = new Set([...this.#fileAt.keys()].map(foldCase));
    const end = foldCase(suffix);
    for (const { path } of renamed) {
      const name = foldCase(path);
      if (paths.has(name + end)) return true;
      if (name.endsWith(end) && paths.has(name.slice(0, -end.length))) return true;
    }
    return false;
  }

  /**
   * Whether a file has got the path of another file or of a folder, also where case is ignored. Some torrents have names
   * that differ in case alone.
   */
  haveMetSince(before: Paths): boolean {
    const files = [...this.#fileAt].map(([path, file]) => [foldCase(path), file] as const);
    const holders = new Map(files);
    return files.some(([path, file]) => {
      const old = foldCase(before[file] ?? "");
      return [path, ...foldersAbove(path)].some((place) => {
        const holder = holders.get(place) ?? file;
        if (holder === file) return false;
        const met = foldCase(before[holder] ?? "");
        return place === path ? old !== met : !old.startsWith(`${met}/`);
      });
    });
  }
}

/** @returns The safe form of a path. A safe path is equal to its safe form. */
function safeForm(path: string, rule: NameRule): string {
  const parts = path.split("/").slice(0, maxPathParts);
  return safePath(parts, rule === "own" ? ownPathPart : safePathPart).join("/");
}

function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    folders.push(path.slice(0, end));
  }
  return folders;
}

function taken(rename: FileRename): Required<CallRefusal> {
  return refused("rename-taken", rename, "another file or folder of the torrent has this path");
}

function refused(code: string, { from, to }: FileRename, why: string): Required<CallRefusal> {
  const [old, next] = [from, to].map((path) => JSON.stringify(path.slice(0, shownCharacters)));
  return { refused: code, message: `cannot rename ${old} to ${next}: ${why}` };
}
