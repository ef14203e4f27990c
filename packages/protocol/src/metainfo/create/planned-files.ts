// The files of a new torrent in their order, with the padding that its version wants.

/** A version of a new torrent. */
export type NewVersion = "v1" | "v2" | "hybrid";

/** A file below the torrent's folder, or the only file. */
export interface NewFile {
  /** Names below the folder; at least one. */
  readonly path: readonly string[];
  readonly lengthBytes: number;
  readonly isExecutable?: boolean;
  /** A symbolic link has no bytes: the path that it leads to, below the torrent's folder. */
  readonly linkTarget?: readonly string[];
}

/** A file, or padding before the next one (BEP 47). */
export interface PlannedFile extends NewFile {
  readonly isPadding: boolean;
}

/** The way to lay files out. */
interface LayoutRule {
  readonly version: NewVersion;
  readonly pieceLengthBytes: number;
  /** Files of version 1 begin pieces too. */
  readonly isAligned: boolean;
}

/**
 * Orders files as the keys of a `file tree` are, folder by folder and byte by byte.
 *
 * @returns The files with padding: after each file of a hybrid that does not fill its piece, the last one too unless it is the
 *   only one (as the creator of BEP 52 does); before each file of version 2 alone, whose dictionary does not name it.
 */
export function plannedFiles(files: readonly NewFile[], rule: LayoutRule): readonly PlannedFile[] {
  const { isAligned, pieceLengthBytes, version } = rule;
  const sorted = files.toSorted((one, other) => comparePaths(one.path, other.path));
  const planned: PlannedFile[] = [];
  for (const [at, file] of sorted.entries()) {
    planned.push({ ...file, isPadding: false });
    if (version === "v1" && !isAligned) continue;
    const gap = (pieceLengthBytes - (file.lengthBytes % pieceLengthBytes)) % pieceLengthBytes;
    const isLast = at === sorted.length - 1;
    if (gap > 0 && (!isLast || (sorted.length > 1 && version !== "v2")))
      planned.push({ path: [".pad", String(gap)], lengthBytes: gap, isPadding: true });
  }
  return planned;
}

/** Compares name by name, in the order of their bytes. */
function comparePaths(one: readonly string[], other: readonly string[]): number {
  for (const [at, name] of one.entries()) {
    const beside = other[at];
    if (beside === undefined) return 1;
    const order = name === beside ? 0 : Buffer.compare(Buffer.from(name), Buffer.from(beside));
    if (order !== 0) return order;
  }
  return one.length - other.length;
}
