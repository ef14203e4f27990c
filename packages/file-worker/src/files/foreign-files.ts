// Foreign files: files in a shared folder that lie at paths of a torrent, and that another torrent or program has made.
// They are neither written, moved nor removed.
//
// A file is foreign if it was there before the torrent could make it, and no piece in it is had. A file that another open
// torrent has is foreign until all pieces in it are had: two torrents may share pieces, and differ in others.

import type { FileStat, LazySet } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { FileMap } from "@troupe/protocol/metainfo";
import { hasAnyBit, nextUnsetBit } from "@troupe/protocol/peer";
import { factWords, isPresent } from "../state/file-facts.ts";
import { mayHaveMade, type FileRecord } from "./file-owner.ts";

/** A torrent whose folder may be shared. */
interface SharedFiles {
  readonly facts: BigUint64Array;
  readonly files: readonly unknown[];
  /** Undefined: the folder is not shared. */
  readonly foreign: LazySet<number> | undefined;
  /** Foreign files of open torrents. */
  readonly inUse: LazySet<number>;
  readonly map: Pick<FileMap, "piecesOf">;
  readonly partFile: { readonly file: number } | undefined;
}

/** The files of an open torrent. */
interface OpenFiles {
  readonly foreign: LazySet<number> | undefined;
  readonly identities: { readonly inodes: readonly number[] };
}

/** Notes the foreign files of a storage that has been looked at. @param open Storages of open torrents. */
export function noteForeign(
  storage: SharedFiles & OpenFiles,
  record: FileRecord | undefined,
  open: Iterable<OpenFiles>,
): void {
  const { facts, files, foreign, inUse, partFile } = storage;
  if (foreign === undefined) return;
  const others = [...open].filter((other) => other !== storage);
  for (const file of files.keys()) {
    if (file === partFile?.file || !isPresent(facts, file) || mayHaveMade(record, file)) continue;
    foreign.add(file);
    const inode = Number(facts[file * factWords + 1]);
    for (const other of others) if (hasFile(other, inode)) inUse.add(file);
  }
}

function hasFile({ foreign, identities }: OpenFiles, inode: number): boolean {
  const file = identities.inodes.indexOf(inode);
  return file !== -1 && foreign?.has(file) !== true;
}

/** Accepts the files with a good piece as the torrent's, of files in use those with good pieces alone. */
export function acceptHad({ foreign, inUse, map }: SharedFiles, had: Uint8Array): void {
  for (const file of foreign ?? []) {
    const range = map.piecesOf(file);
    if (range === undefined) continue;
    if (inUse.has(file) ? nextUnsetBit(had, ...range) === undefined : hasAnyBit(had, ...range))
      foreign?.delete(file);
  }
}

/** Notes a file that appears while the torrent runs, and that the torrent has not made. */
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
