// The paths of unfinished files.

import type { OtherFilePath, StoredFile } from "@troupe/messages";
import { foldCase, foldersOf, maxNameBytes, utf8Length } from "@troupe/protocol/metainfo";

/** The length of the part file in a list of files, because the part file has no maximum. */
export const noBoundBytes: number = 2 ** 53;

/** A suffix, and the paths that a file with the suffix must not have. */
export interface Suffix {
  readonly text: string;
  /** The paths of all files and folders of the torrent, without case. */
  readonly taken: ReadonlySet<string>;
}

/** @returns Undefined without a suffix. */
export function suffixOf(
  text: string | undefined,
  files: readonly StoredFile[],
  others: readonly OtherFilePath[] = [],
): Suffix | undefined {
  if (text === undefined) return undefined;
  const paths = [...files.map(({ path }) => path), ...others.map(({ path }) => path.split("/"))];
  const taken = [...paths.map((path) => path.join("/")), ...foldersOf(paths)];
  return { text, taken: new Set(taken.map(foldCase)) };
}

/** @returns The path with the suffix; undefined if another file of the torrent has that path, or its name is too long. */
export function suffixed(
  { text, taken }: Suffix,
  path: readonly string[],
): readonly string[] | undefined {
  const name = `${path.at(-1) ?? ""}${text}`;
  const longer = [...path.slice(0, -1), name];
  const isFree = utf8Length(name) <= maxNameBytes && !taken.has(foldCase(longer.join("/")));
  return isFree ? longer : undefined;
}
