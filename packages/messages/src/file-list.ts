// Files packed for another thread: as small objects a hundred thousand files cost a tenth of a second more.

import type { OtherPath, OtherPathUse } from "@troupe/protocol/metainfo";

/** A file of a torrent. */
export interface ListedFile {
  /** Parts joined by `/`. */
  readonly path: string;
  readonly lengthBytes: number;
  /** Padding (BEP 47): never on disk, read as zeros. */
  readonly isPadding: boolean;
}

/** Another path of a file, see `OtherPath` of the protocol. */
export interface OtherFilePath {
  /** Its index. */
  readonly file: number;
  readonly use: OtherPathUse;
  /** Parts joined by `/`. */
  readonly path: string;
}

/** The place of a file. */
export interface PlacedFile {
  /** Its index. */
  readonly file: number;
  /** Parts joined by `/`. */
  readonly path: string;
}

/** Packed files. */
export interface FileList {
  /** Joined by U+0000, which no path contains. */
  readonly paths: string;
  /** 64-bit floats in machine byte order. */
  readonly lengths: Uint8Array;
  /** Indexes of the padding files. */
  readonly padding: readonly number[];
  /** Absent: none. */
  readonly otherPaths?: OtherPathList;
}

/** Packed other paths, in the order of the files, of each the most likely path first. */
interface OtherPathList {
  /** Joined by U+0000. */
  readonly paths: string;
  /** The index of the file of each, 32-bit in machine byte order. */
  readonly files: Uint8Array;
  /** The use of each, its index in {@link otherPathUses}. */
  readonly uses: Uint8Array;
}

const otherPathUses = [
  "any-length",
  "full-length",
  "no-case",
  "twin",
  "earlier",
] as const satisfies readonly OtherPathUse[];

/** No part of its path contains `/` or U+0000. */
export interface StoredFile {
  readonly path: readonly string[];
  readonly lengthBytes: number;
  readonly isPadding?: boolean;
  readonly otherPaths?: readonly OtherPath[];
}

/** @returns The files, packed. */
export function packFiles(files: readonly StoredFile[]): FileList {
  const lengths = new Float64Array(files.length);
  const padding: number[] = [];
  const paths: string[] = [];
  const others: OtherFilePath[] = [];
  for (const [file, { path, lengthBytes, isPadding, otherPaths }] of files.entries()) {
    paths.push(path.join("/"));
    lengths[file] = lengthBytes;
    if (isPadding === true) padding.push(file);
    if (otherPaths === undefined) continue;
    for (const other of otherPaths) {
      others.push({ file, use: other.use, path: other.path.join("/") });
    }
  }
  return {
    paths: paths.join("\0"),
    lengths: new Uint8Array(lengths.buffer),
    padding,
    ...(others.length > 0 && { otherPaths: packOtherPaths(others) }),
  };
}

function packOtherPaths(others: readonly OtherFilePath[]): OtherPathList {
  return {
    paths: others.map(({ path }) => path).join("\0"),
    files: new Uint8Array(Uint32Array.from(others, ({ file }) => file).buffer),
    uses: Uint8Array.from(others, ({ use }) => otherPathUses.indexOf(use)),
  };
}

/**
 * @returns The other paths of the files.
 * @throws {RangeError} for a path with U+0000, which gives another number of paths.
 */
export function unpackOtherPaths({ otherPaths }: FileList): OtherFilePath[] {
  if (otherPaths === undefined) return [];
  // A copy, because the bytes may be unaligned.
  const files = new Uint32Array(otherPaths.files.slice().buffer);
  const paths = otherPaths.paths.split("\0");
  if (paths.length !== files.length) {
    throw new RangeError(`bug: ${paths.length} other paths, ${files.length} are listed`);
  }
  return paths.map((path, at) => ({
    file: files[at] ?? 0,
    use: otherPathUses[otherPaths.uses[at] ?? 0] ?? "twin",
    path,
  }));
}

/** @returns The number of files. */
export function countFiles({ lengths }: FileList): number {
  return lengths.byteLength / Float64Array.BYTES_PER_ELEMENT;
}

/**
 * @returns The files in order.
 * @throws {RangeError} for a path with U+0000, which gives another number of paths.
 */
export function unpackFiles(list: FileList): ListedFile[] {
  const count = countFiles(list);
  if (count === 0) return [];
  // A copy, because the bytes may be unaligned.
  const lengths = new Float64Array(list.lengths.slice().buffer);
  const padding = new Set(list.padding);
  const paths = list.paths.split("\0");
  if (paths.length !== count) throw new RangeError(`bug: ${paths.length} paths of ${count} files`);
  return paths.map((path, file) => ({
    path,
    lengthBytes: lengths[file] ?? 0,
    isPadding: padding.has(file),
  }));
}
