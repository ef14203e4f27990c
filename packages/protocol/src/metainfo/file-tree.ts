// The `file tree` of version 2 (BEP 52): a dictionary a folder; an empty key holds the properties of a file.

import {
  invalidField,
  requireBytes,
  requireDictionary,
  requireInteger,
} from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { nodeBytes } from "../merkle/merkle-tree.ts";
import { readLinkPath } from "./link-targets.ts";
import { attributesOf, readAttributes } from "./metainfo-files.ts";

const field = "info.file tree";
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A file of the tree. */
export interface TreeFile {
  /** Names in the torrent, without the torrent's name; at least one. */
  readonly path: readonly string[];
  /** 0 for a link. */
  readonly lengthBytes: number;
  readonly isLink: boolean;
  readonly isExecutable: boolean;
  /** Names of `symlink path`, below the torrent's folder. */
  readonly linkPath?: readonly string[];
  /** The root of the file's tree, a view of the input; undefined for an empty file. */
  readonly root: Uint8Array | undefined;
}

/**
 * Reads the files in their order.
 *
 * @throws {ProtocolError} `field-missing`, `field-wrong-type` or `field-invalid`: a file with other entries beside it, without
 *   a length or a root, with a root of zeros, or marked as padding; a tree without files.
 * @param warnings Gets a sentence for accepted odd input.
 */
export function readFileTree(info: BencodeValue, warnings: string[]): readonly TreeFile[] {
  const tree = requireDictionary(info.get("file tree"), field);
  const files = [...filesOf(tree, [], warnings)];
  if (files.length === 0) throw invalidField(field, "it has no files");
  return files;
}

/** Folders are no deeper than bencode may be nested. */
function* filesOf(
  folder: BencodeValue,
  path: readonly string[],
  warnings: string[],
): Generator<TreeFile, void, undefined> {
  for (const [key, value] of folder.entries()) {
    requireDictionary(value, field);
    if (key.length > 0) {
      yield* filesOf(value, [...path, utf8.decode(key)], warnings);
      continue;
    }
    if (path.length === 0) throw invalidField(field, "a file has no name");
    if ([...folder.entries()].length > 1)
      throw invalidField(field, "a file has other files below its name");
    yield readFile(value, path, warnings);
  }
}

function readFile(value: BencodeValue, path: readonly string[], warnings: string[]): TreeFile {
  const attributes = attributesOf(value, warnings);
  const { isExecutable, isLink, isPadding } = readAttributes(attributes);
  if (isPadding)
    throw invalidField(field, "a file is marked as padding, which version 2 has none of");
  const linkPath = isLink ? readLinkPath(value.get("symlink path")) : undefined;
  // The target of a link could lead out of the folder.
  const lengthBytes = isLink
    ? 0
    : requireInteger(value.get("length"), `${field} length`, 0, Number.MAX_SAFE_INTEGER);
  const root = lengthBytes === 0 ? undefined : readRoot(value);
  const attributed = { isLink, isExecutable, ...(linkPath !== undefined && { linkPath }) };
  return { path, lengthBytes, ...attributed, root };
}

function readRoot(value: BencodeValue): Uint8Array {
  const root = requireBytes(value.get("pieces root"), `${field} pieces root`);
  if (root.length !== nodeBytes)
    throw invalidField(`${field} pieces root`, `it has ${root.length} bytes, not ${nodeBytes}`);
  if (root.every((byte) => byte === 0))
    throw invalidField(`${field} pieces root`, "it is zeros, the root of no file");
  return root;
}
