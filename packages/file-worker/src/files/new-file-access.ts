// New files and folders of torrents get the mode and the group of the settings, whatever the mask of the process is.

import { dirname } from "node:path";
import { wrapDisk, type Disk, type DiskMode } from "@troupe/actor-runtime";
import type { FileAccess } from "@troupe/messages";
import { systemCode } from "../refusals.ts";

/** Tries to open a file that another program makes and removes meanwhile. */
const mostTries = 10;

/** @returns A disk whose new files and folders get this mode and group. Existing files and folders keep theirs. */
export function accessDisk(disk: Disk, access: FileAccess | undefined): Disk {
  if (access === undefined) return disk;
  return {
    ...wrapDisk(disk),
    open: (path, mode) =>
      mode.startsWith("create") ? openNew(disk, access, path, mode) : disk.open(path, mode),
    openWithStat: (path, mode) => {
      if (!mode.startsWith("create")) return disk.openWithStat(path, mode);
      const file = openNew(disk, access, path, mode);
      return { file, found: disk.statFile(file) };
    },
    makeFolder: (path) => makeFolder(disk, access, path),
  };
}

function openNew(disk: Disk, access: FileAccess, path: string, mode: DiskMode): number {
  for (let tries = 1; ; tries += 1) {
    try {
      return makeFile(disk, access, path);
    } catch (error) {
      if (mode === "create-new" || systemCode(error) !== "EEXIST") throw error;
    }
    try {
      return disk.open(path, "write");
    } catch (error) {
      if (systemCode(error) !== "ENOENT" || tries === mostTries) throw error;
    }
  }
}

/** Makes a file with its mode and group. A file that cannot get them is removed again. */
function makeFile(disk: Disk, { fileMode: mode, group }: FileAccess, path: string): number {
  const file = disk.open(path, "create-new");
  try {
    disk.setAccess(file, { mode, group });
    return file;
  } catch (error) {
    disk.close(file);
    disk.remove(path);
    throw error;
  }
}

/** Makes a folder with its missing parents. */
function makeFolder(disk: Disk, access: FileAccess, path: string): void {
  if (disk.stat(path) !== undefined) return disk.makeFolder(path);
  const parent = dirname(path);
  if (parent !== path) makeFolder(disk, access, parent);
  disk.makeFolder(path);
  const { folderMode: mode, group } = access;
  try {
    disk.setAccess(path, { mode, group });
  } catch (error) {
    disk.remove(path);
    throw error;
  }
}
