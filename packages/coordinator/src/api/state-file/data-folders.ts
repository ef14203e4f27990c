// Records that stand beside their data, in the folders of jobs that `Torrent.create` has made.

import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "@troupe/api-base";
import { encodeRecord } from "@troupe/messages";
import { carriedRecord } from "@troupe/file-worker";
import { ownFolder, recordFile } from "../../own-folder.ts";
import { readRecord, recordSha1 } from "../job/read-record.ts";
import { replaceFile } from "../replace-file.ts";
import type { MappedPath, PathMap } from "./path-map.ts";

/** Folders of a mapped folder that are looked into; jobs in others are hashed at their next load. */
const mostFolders = 100_000;

/**
 * Brings the records in mapped folders, and in the folders in them, to this machine. A record that is here already stays, so
 * an import that was cut off can be repeated.
 */
export async function carryDataFolders(paths: PathMap): Promise<void> {
  for (const { to } of paths.paths) {
    const inside = await readdir(to, { withFileTypes: true }).catch(() => []);
    const folders = inside.filter((entry) => entry.isDirectory()).slice(0, mostFolders);
    for (const folder of [to, ...folders.map(({ name }) => join(to, name))])
      await carryRecord(folder, paths);
  }
}

async function carryRecord(
  folder: string,
  paths: { readonly paths: readonly MappedPath[] } & Pick<PathMap, "map" | "mapAll">,
): Promise<void> {
  const path = join(folder, ownFolder, recordFile);
  const record = await readRecord(path);
  if (record === undefined) return;
  const directory = await realpath(folder);
  if (record.directory === directory || paths.map(record.directory) === record.directory) return;
  const carried = carriedRecord(record, { directory, settings: paths.mapAll(record.settings) });
  await replaceFile(path, encodeRecord(carried, recordSha1), { mode: 0o600 });
  await syncFolder(join(folder, ownFolder));
}
