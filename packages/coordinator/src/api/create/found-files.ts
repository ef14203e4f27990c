// The files for a new torrent, and the rules by which they are chosen. Programs compile against these types, and need no types of Node.

import type { HashedFile } from "@troupe/messages";
import type { NewFile } from "@troupe/protocol/create";

/** A symbolic link stays a link, is followed once, or is left out. */
export type LinkRule = "keep" | "follow" | "skip";

/** Choice of files. */
export interface WalkRules {
  /** Globs: only files that one of them names. Default: all, but hidden ones. */
  readonly include: readonly string[];
  /** Globs: no file that one of them names. */
  readonly exclude: readonly string[];
  readonly links: LinkRule;
}

/** A file on the disk. */
export interface FoundFile extends NewFile {
  /** Absolute; undefined for a link. */
  readonly diskPath: string | undefined;
  /** Before it is hashed; undefined for a link. */
  readonly identity: HashedFile | undefined;
}

/** The files below a path. */
export interface FoundFiles {
  /** The file or folder itself; absolute, without links. */
  readonly root: string;
  readonly files: readonly FoundFile[];
  /** Paths of links that were left out, below the folder. */
  readonly skipped: readonly string[];
  readonly isSingleFile: boolean;
}
