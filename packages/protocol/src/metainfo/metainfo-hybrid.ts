// Both halves of a hybrid torrent (BEP 52, "upgrade path") must name the same files at the same offsets: its info-hash must not
// stand for another download in clients of one version.

import { invalidField } from "../bencode/bencode-fields.ts";
import { laidOut } from "./content-layout.ts";
import type { TreeFile } from "./file-tree.ts";
import type { FileList, Naming } from "./metainfo-files.ts";
import type { PlacedTree } from "./place-tree.ts";
import { safePath } from "./safe-path.ts";
import { uniquePaths } from "./unique-paths.ts";

/** The half of version 2. */
interface TreeHalf {
  readonly tree: readonly TreeFile[];
  readonly naming: Naming;
  readonly pieceLengthBytes: number;
}

/**
 * Compares the files of both halves. Only version 1 has padding; it may lie after the last file, and beside empty files.
 *
 * @param list The half of version 1.
 * @returns The list, and the root of each of its files; undefined for padding and empty files.
 * @throws {ProtocolError} `field-invalid` for other files, order, lengths or offsets.
 */
export function joinHalves(
  list: FileList,
  { naming: { layout, torrentName }, pieceLengthBytes, tree }: TreeHalf,
): PlacedTree {
  const { isSingleFile } = list;
  const folder = isSingleFile ? [] : [torrentName];
  const treePaths = uniquePaths(
    tree.map(({ path }) => safePath(laidOut([...folder, ...path], isSingleFile, layout))),
  );
  const portable = list.portablePaths();
  const files = list.files.filter((file) => !file.isPadding);
  const isSame =
    files.length === tree.length &&
    files.every(
      (file, i) =>
        file.lengthBytes === tree[i]?.lengthBytes &&
        portable[i]?.join("/") === treePaths[i]?.join("/"),
    );
  if (!isSame)
    throw invalidField("info.file tree", 'its files are not those of "files" or "length"');
  checkOffsets(list, pieceLengthBytes);
  const rest = tree.values();
  const roots = list.files.map(({ isPadding }) =>
    isPadding ? undefined : rest.next().value?.root,
  );
  return { list, roots };
}

/** Each file with bytes begins at the next piece behind the file before it. Padding after the last ends with its piece. */
function checkOffsets({ files, totalBytes }: FileList, pieceLengthBytes: number): void {
  const nextPiece = (end: number): number => Math.ceil(end / pieceLengthBytes) * pieceLengthBytes;
  let end = 0;
  for (const { isPadding, lengthBytes, offset } of files) {
    if (isPadding || lengthBytes === 0) continue;
    if (offset !== nextPiece(end))
      throw invalidField("info.files", `a file begins at byte ${offset}, not ${nextPiece(end)}`);
    end = offset + lengthBytes;
  }
  if (totalBytes > nextPiece(end))
    throw invalidField("info.files", `padding ends at byte ${totalBytes}, not ${nextPiece(end)}`);
}
