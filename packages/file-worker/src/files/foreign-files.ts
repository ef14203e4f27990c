// Files in a shared folder that lie at paths of a torrent and are not its own: another torrent or program has made them.
// They are neither written, moved nor removed.
//
// A file is foreign if it was there before the torrent could make it, and no piece in it is had.

import type { FileStat, LazySet } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { FileMap } from "@troupe/protocol/metainfo";
import { hasAnyBit } from "@troupe/protocol/peer";
import { isPresent } from "../state/file-facts.ts";
import { mayHaveMade, type FileRecord } from "./file-owner.ts";

/** A torrent whose folder may be shared. */
interface SharedFiles {
  readonly facts: BigUint64Array;
  readonly files: readonly unknown[];
  /** Undefined: the folder is not shared. */
  readonly foreign: LazySet<number> | undefined;
  readonly map: Pick<FileMap, "piecesOf">;
  readonly partFile: { readonly file: number } | undefined;
}

/** Notes the foreign files of a storage that has been looked at. */
export function noteForeign(
  { facts, files, foreign, partFile }: SharedFiles,
  record: FileRecord | undefined,
): void {
  if (foreign === undefined) return;
  for (const file of files.keys()) {
    if (file === partFile?.file || !isPresent(facts, file)) continue;
    if (!mayHaveMade(record, file)) foreign.add(file);
  }
}

/** A piece that was found good shows that the files in it are the torrent's. */
export function acceptHad({ foreign, map }: SharedFiles, had: Uint8Array): void {
  for (const file of foreign ?? []) {
    const range = map.piecesOf(file);
    if (range !== undefined && hasAnyBit(had, ...range)) foreign?.delete(file);
  }
}

/** A file that appears while the torrent runs, before the torrent has made it. */
export function noteAppeared(
  { foreign, partFile }: SharedFiles,
  file: number,
  found: Pick<FileStat, "lengthBytes">,
): void {
  if (file !== partFile?.file && found.lengthBytes > 0) foreign?.add(file);
}

/** @returns `foreign-file` for a file that must not be written. */
export function foreignRefusal(
  { foreign }: SharedFiles,
  file: number,
  path: string,
): StorageRefusal | undefined {
  if (foreign?.has(file) !== true) return undefined;
  const message = `cannot write to "${path}": another torrent or program has made this file; move the file or wait until that torrent has left the folder, rename the file of this torrent, or give it a folder of its own`;
  return { refused: "foreign-file", message, path };
}
