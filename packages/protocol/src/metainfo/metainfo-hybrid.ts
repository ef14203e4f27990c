// Both halves of a hybrid torrent (BEP 52, "upgrade path") must name the same files: its info-hash must not stand for
// another download in version 2 clients.

import { integerOr, invalidField, requireDictionary } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { laidOut, type ContentLayout } from "./content-layout.ts";
import type { FileList } from "./metainfo-files.ts";
import { maxPathParts, safePath } from "./safe-path.ts";
import { uniquePaths } from "./unique-paths.ts";

const field = "info.file tree";

/** Links have no length. */
interface TreeFile {
  readonly path: readonly string[];
  readonly lengthBytes: number;
}

/**
 * Compares version 2's `file tree` with version 1's files. Only version 1 has padding.
 *
 * @throws {ProtocolError} `field-wrong-type` or `field-invalid` for a malformed tree, or other files, order or lengths.
 */
export function checkHybrid(
  info: BencodeValue,
  torrentName: string,
  list: FileList,
  layout: ContentLayout,
): void {
  const tree = info.get("file tree");
  if (tree === undefined) return;
  const treeFiles = [...filesOf(requireDictionary(tree, field), [])];
  const { isSingleFile } = list;
  const folder = isSingleFile ? [] : [torrentName];
  const treePaths = uniquePaths(
    treeFiles.map(({ path }) => safePath(laidOut([...folder, ...path], isSingleFile, layout))),
  );
  const portable = list.portablePaths();
  const files = list.files.filter((file) => !file.isPadding);
  const isSame =
    files.length === treeFiles.length &&
    files.every(
      (file, i) =>
        file.lengthBytes === treeFiles[i]?.lengthBytes &&
        portable[i]?.join("/") === treePaths[i]?.join("/"),
    );
  if (!isSame) throw invalidField(field, 'its files are not those of "files" or "length"');
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function* filesOf(
  folder: BencodeValue,
  path: readonly string[],
): Generator<TreeFile, void, undefined> {
  for (const [key, value] of folder.entries()) {
    requireDictionary(value, field);
    if (key.length > 0) {
      if (path.length >= maxPathParts) throw invalidField(field, "its folders are too deep");
      yield* filesOf(value, [...path, utf8.decode(key)]);
      continue;
    }
    if (path.length === 0) throw invalidField(field, "a file has no name");
    yield { path, lengthBytes: integerOr(value.get("length"), 0, Number.MAX_SAFE_INTEGER, 0) };
  }
}
