// An unmounted volume leaves nothing, or an empty folder on another volume, which we must not fill.

import type { Disk } from "@troupe/actor-runtime";
import type { JobRecord, StorageRefusal } from "@troupe/messages";
import type { Storage } from "../storage.ts";
import { factWords, isPresent } from "./file-facts.ts";

interface StorageAtRoot extends Pick<Storage, "facts"> {
  readonly folders: { readonly root: string };
  readonly partFile: { readonly entries: { readonly size: number } } | undefined;
}

/**
 * @returns Why a recorded storage cannot be used: it had pieces, none of its files exists, and the folder is gone or on
 *   another volume.
 */
export function missingVolumeRefusal(
  disk: Disk,
  { folders: { root }, facts, partFile }: StorageAtRoot,
  { had, files }: Pick<JobRecord, "had" | "files">,
): StorageRefusal | undefined {
  if (had.every((byte) => byte === 0) || (partFile !== undefined && partFile.entries.size > 0)) {
    return undefined;
  }
  const devices = new Set<bigint | undefined>();
  for (let file = 0; file < facts.length / factWords; file += 1) {
    if (isPresent(facts, file)) return undefined;
    if (file < files.length / factWords && isPresent(files, file))
      devices.add(files[file * factWords]);
  }
  const folder = disk.stat(root);
  if (devices.size === 0 || devices.has(folder?.device)) return undefined;
  return {
    refused: "ENOENT",
    message: `cannot use the folder "${root}": the files of this torrent were there before and are gone; its volume may be away`,
    path: root,
  };
}
