// The .torrent of a magnet whose metadata has come.

import { dirname } from "node:path";
import type { Disk, MessageOf } from "@troupe/actor-runtime";
import type { FileProtocol, SaveTorrentCopy, StorageRefusal } from "@troupe/messages";
import { refusalFrom } from "../refusals.ts";

const ownerOnly = 0o600;

type JobTorrent = MessageOf<FileProtocol, "save-torrent">;

/** Saves the copy of a state folder. The magnet link stays until the library has listed the priorities of the files. */
export function saveTorrentCopy(
  { disk }: { readonly disk: Disk },
  { path, metainfo, named }: SaveTorrentCopy,
): {} | StorageRefusal {
  return tryToSave(path, () => {
    disk.makeFolder(dirname(path));
    disk.writeFileAtomically(path, new Uint8Array(metainfo));
    closeToOthers(disk, path);
    if (named !== undefined) saveNames(disk, named);
  });
}

/** A failure leaves the copy under its key alone. */
function saveNames(disk: Disk, { key, paths }: NonNullable<SaveTorrentCopy["named"]>): void {
  for (const path of paths) {
    tryToSave(path, () => {
      disk.writeFileAtomically(path, new Uint8Array(Buffer.from(key)));
      closeToOthers(disk, path);
    });
  }
}

/** Replaces the magnet link of a job in a folder of its own by the .torrent. */
export function saveJobTorrent(
  { disk }: { readonly disk: Disk },
  { path, metainfo, linkPath }: JobTorrent,
): {} | StorageRefusal {
  return tryToSave(path, () => {
    disk.writeFileAtomically(path, new Uint8Array(metainfo));
    if (disk.stat(linkPath) !== undefined) disk.remove(linkPath);
  });
}

/** Some file systems have no modes: their copies are as open as the folder. */
function closeToOthers(disk: Disk, path: string): void {
  const file = disk.open(path, "write");
  try {
    disk.setAccess(file, { mode: ownerOnly });
  } catch {
    return;
  } finally {
    disk.close(file);
  }
}

function tryToSave(path: string, save: () => void): {} | StorageRefusal {
  try {
    save();
    return {};
  } catch (error) {
    return refusalFrom(error, "write", path);
  }
}
