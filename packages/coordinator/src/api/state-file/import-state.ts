// The import of an export into an empty state folder: whole, or not at all.

import { readdir, realpath, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf } from "@troupe/actor-runtime";
import {
  fileOf,
  folderOf,
  makeFolder,
  refuseUnknownOptions,
  syncFolder,
  writeDurably,
} from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type { JobRecord } from "@troupe/messages";
import { temporaryName } from "../temporary-name.ts";
import { CarriedDatabase } from "./carried-database.ts";
import { CarriedFiles, type JobPlace } from "./carried-files.ts";
import { carryDataFolders } from "./data-folders.ts";
import { sumsName } from "./export-state.ts";
import { PathMap } from "./path-map.ts";
import { malformed, readArchive } from "./state-archive.ts";
import { isExported } from "./state-paths.ts";
import type { ImportedState, ImportStateOptions } from "./state-file.ts";

/** The work of `importState`. */
export async function bringState(
  file: string,
  options: ImportStateOptions,
): Promise<ImportedState> {
  refuseUnknownOptions(options, { stateDirectory: true, paths: true, signal: true });
  const { signal } = options;
  const path = fileOf("file", file);
  const named = folderOf("stateDirectory", options.stateDirectory);
  const paths = new PathMap(options.paths ?? []);
  signal?.throwIfAborted();
  await refuseUsed(named);
  const folder = await realpath(named).catch(() => named);
  const half = temporaryName(join(dirname(folder), `${basename(folder)}.importing`));
  try {
    await makeFolder(half, 0o700);
    const imported = await unpack(path, half, paths, signal);
    await carryDataFolders(paths);
    signal?.throwIfAborted();
    await putInPlace(half, folder);
    return imported;
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}

/** @throws TroupeError `state-not-empty` */
async function refuseUsed(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  if (names.length > 0) throw notEmpty(folder);
}

function notEmpty(folder: string): TroupeError {
  const message = `cannot import into the state folder "${folder}": it is not empty`;
  return new TroupeError("state-not-empty", message, { details: { folder } });
}

/** The folder gets its name when all of it is durable. */
async function putInPlace(half: string, folder: string): Promise<void> {
  try {
    await rmdir(folder).catch((error: unknown) => {
      if (codeOf(error) !== "ENOENT") throw error;
    });
    await rename(half, folder);
  } catch (error) {
    const code = codeOf(error);
    throw code === "ENOTEMPTY" || code === "EEXIST" ? notEmpty(folder) : error;
  }
  await syncFolder(dirname(folder));
}

async function unpack(
  path: string,
  half: string,
  paths: PathMap,
  signal: AbortSignal | undefined,
): Promise<ImportedState> {
  const folders = new Set<string>();
  const placeOf = async ({ directory, settings }: JobRecord): Promise<JobPlace> => {
    const mapped = paths.map(directory);
    const real = await realpath(mapped).catch(() => undefined);
    if (real === undefined) folders.add(mapped);
    return { directory: real ?? mapped, settings: paths.mapAll(settings) };
  };
  const carried = new CarriedFiles(paths, placeOf);
  using database = new CarriedDatabase(half, (record) => carried.placeJob(record));
  let files = 0;
  for await (const entry of readArchive(path)) {
    signal?.throwIfAborted();
    const { name, bytes } = entry;
    if (name.startsWith("records/")) await addRow(path, database, bytes);
    else if (name === sumsName) database.addSums(path, bytes);
    else if (isExported(name)) {
      await writeState(half, await carried.carry(entry));
      files += 1;
    } else throw malformed(path, "it has a file that no state folder has");
  }
  database.flush();
  for (const folder of await readdir(half, { recursive: true, withFileTypes: true }))
    if (folder.isDirectory()) await syncFolder(join(folder.parentPath, folder.name));
  await syncFolder(half);
  return { jobs: database.jobs, files, missing: [...folders].toSorted() };
}

async function addRow(path: string, database: CarriedDatabase, bytes: Uint8Array): Promise<void> {
  const end = 2 + ((bytes[0] ?? 0) << 8) + (bytes[1] ?? 0);
  if (bytes.length < end || end === 2) throw malformed(path, "a row of its database is damaged");
  const name = Buffer.from(bytes.subarray(2, end)).toString();
  await database.addRow(path, { name, value: bytes.subarray(end) });
}

async function writeState(
  folder: string,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
): Promise<void> {
  const path = join(folder, name);
  await makeFolder(dirname(path), 0o700);
  try {
    await writeDurably(path, bytes, 0o600);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    const message = `cannot import the state: two jobs of a torrent have the same folder by the paths that are mapped`;
    throw new TroupeError("option-out-of-range", message);
  }
}
