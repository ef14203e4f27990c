// The files of a torrent of version 2 alone, placed as pieces need it: each file that has bytes begins a piece. The gap before it
// is padding that no dictionary names.

import type { TreeFile } from "./file-tree.ts";
import {
  placeFiles,
  plainEntry,
  usableNames,
  type FileEntry,
  type FileList,
  type Naming,
} from "./metainfo-files.ts";

/** Files and the roots of their trees. */
export interface PlacedTree {
  readonly list: FileList;
  /** In the order of `list.files`; undefined for padding and for an empty file. */
  readonly roots: readonly (Uint8Array | undefined)[];
}

/** @throws {ProtocolError} `field-invalid` for lengths that add up to more than 2⁵³ − 1. */
export function placeTree(
  tree: readonly TreeFile[],
  pieceLengthBytes: number,
  naming: Naming,
  warnings: string[],
): PlacedTree {
  const isSingleFile = tree.length === 1 && tree[0]?.path.length === 1;
  const entries: FileEntry[] = [];
  const roots: (Uint8Array | undefined)[] = [];
  let end = 0;
  for (const file of tree) {
    const gap = file.lengthBytes === 0 ? 0 : gapAfter(end, pieceLengthBytes);
    if (gap > 0) {
      entries.push(paddingOf(gap, naming));
      roots.push(undefined);
    }
    entries.push(entryOf(file, isSingleFile ? [] : [naming.torrentName]));
    roots.push(file.root);
    end += gap + file.lengthBytes;
  }
  return { list: placeFiles(entries, isSingleFile, naming, warnings), roots };
}

function gapAfter(end: number, pieceLengthBytes: number): number {
  const over = end % pieceLengthBytes;
  return over === 0 ? 0 : pieceLengthBytes - over;
}

function paddingOf(lengthBytes: number, { torrentName }: Naming): FileEntry {
  const names = [torrentName, ".pad", String(lengthBytes)];
  return { ...plainEntry, names, lengthBytes, isPadding: true };
}

function entryOf(file: TreeFile, folder: readonly string[]): FileEntry {
  const { path, lengthBytes, isLink, isExecutable, linkPath } = file;
  return {
    ...usableNames(folder, path),
    lengthBytes,
    isPadding: false,
    isLink,
    isExecutable,
    ...(linkPath !== undefined && { linkPath }),
  };
}
