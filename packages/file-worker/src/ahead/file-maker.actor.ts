// Creates files in a thread of its own: some file systems take half a millisecond for each.

import type { Actor, Call, Disk } from "@troupe/actor-runtime";
import type { FileAccess } from "@troupe/messages";
import { stampedDisk } from "../files/disk-stamp.ts";
import { accessDisk } from "../files/new-file-access.ts";

/** Messages of a file-maker. */
export type FileMakerProtocol = {
  /** Creates empty files where nothing exists, in order. `made`: positions in `paths` of the created files. */
  "make-files": Call<{ readonly paths: readonly string[] }, { readonly made: readonly number[] }>;
};

/** Settings of one incarnation. */
export interface FileMakerOptions {
  /** `diskStampBytes` of shared memory, zeroed and fresh for this incarnation. */
  readonly stamp: SharedArrayBuffer;
  /** Permissions of new files. */
  readonly access?: FileAccess | undefined;
}

/** The file-maker of a file-worker. */
export const fileMakerActor: Actor<FileMakerProtocol, FileMakerOptions, Disk> = {
  name: "file-maker",
  start: (context, { access, stamp }) => accessDisk(stampedDisk(context.disk, stamp), access),
  stop: () => undefined,
  handlers: {
    "make-files": (disk, { paths }) => ({
      made: [...paths.keys()].filter((place) => makeFile(disk, paths[place] ?? "")),
    }),
  },
};

function makeFile(disk: Disk, path: string): boolean {
  try {
    disk.close(disk.open(path, "create-new"));
    return true;
  } catch {
    // It exists, or opening it to write shows the error.
    return false;
  }
}
