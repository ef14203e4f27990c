// A job in a folder of its own, which can be moved as a whole:
//
//   <folder>/.troupe/job.torrent     or job.magnet, until the metadata is known
//   <folder>/.troupe/record          the pieces had, and the settings
//   <folder>/…                       the data

import { lstat, realpath, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, systemSentence } from "@troupe/actor-runtime";
import { makeFolder, syncFolder } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type { JobRecord, RecordHome } from "@troupe/messages";
import { ProtocolError } from "@troupe/protocol/errors";
import { isKeyOf, keyOf } from "@troupe/protocol/identity";
import type { Magnet } from "@troupe/protocol/magnet";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { ownFolder, recordFile, reservedFile } from "../../own-folder.ts";
import { jobLock } from "../lock/job-lock.ts";
import type { LockKeepers } from "../lock/lock-keepers.ts";
import { temporaryName } from "../temporary-name.ts";
import { readJobSource, writeJobSource, type JobSource } from "./job-source.ts";
import { readMagnet, type LoadedSource } from "./load-metainfo.ts";
import { readRecord } from "./read-record.ts";

/** The folder of a job. */
export interface JobFolder {
  /** Absolute, without links. */
  readonly directory: string;
  readonly source: LoadedSource;
  readonly home: RecordHome;
  /** Undefined without a readable record. */
  readonly record?: JobRecord | undefined;
  /** This call made the folder. */
  readonly isNew: boolean;
}

/**
 * Makes the folder: whole or not at all.
 *
 * @throws TroupeError `job-exists` if the path is taken, `job-name-reserved`; ProtocolError for a wrong .torrent; system
 *   errors.
 */
export async function createJobFolder(folder: string, source: LoadedSource): Promise<JobFolder> {
  const directory = resolve(folder);
  // The engine refuses such a name in the metadata of a magnet.
  const files = source.kind === "metainfo" ? parseTorrent(source.metainfo).files : [];
  const reserved = reservedFile(files);
  if (reserved !== undefined) {
    const message = `cannot create a job of a torrent with the file "${reserved}": that is where the job keeps its state`;
    throw new TroupeError("job-name-reserved", message);
  }
  await refuseExisting(directory);
  const parent = dirname(directory);
  await makeFolder(parent);
  const temporary = temporaryName(join(parent, `.${basename(directory)}`));
  try {
    await makeFolder(join(temporary, ownFolder));
    await writeJobSource(temporary, source);
    await syncFolder(temporary);
    await refuseExisting(directory);
    await rename(temporary, directory).catch(async (error: unknown) => {
      // Another process may have made the folder meanwhile.
      await refuseExisting(directory);
      throw error;
    });
    await syncFolder(parent);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  return { ...(await loadJobFolder(directory)), source, isNew: true };
}

/** Removes a new folder, unless another process runs the job. Other files in the folder stay. */
export async function discardJobFolder(
  { directory, source }: JobFolder,
  keepers: LockKeepers,
): Promise<void> {
  const key = keyOf(factsOf(source).infoHashes);
  const lock = jobLock({ key, directory, makesFolder: false }, keepers);
  try {
    await lock.take();
    await rm(join(directory, ownFolder), { recursive: true, force: true });
    await rmdir(directory);
  } catch {
    // The caller throws another error.
  } finally {
    await lock.release();
  }
}

/**
 * @throws TroupeError `not-a-job`, `torrent-copy-lost` for a damaged .torrent file or link: no other torrent may be downloaded into
 *   the folder.
 */
export async function loadJobFolder(folder: string): Promise<JobFolder> {
  try {
    const directory = await realpath(resolve(folder));
    const found = await readJobSource(directory);
    const home = { kind: "file" as const, path: join(directory, ownFolder, recordFile) };
    const record = await readRecord(home.path);
    const source = soundSource(found, record);
    return { directory, source, home, record, isNew: false };
  } catch (cause) {
    if (cause instanceof TroupeError) throw cause;
    const message = `cannot load "${folder}": it is no folder of a job: ${systemSentence(cause)}`;
    throw new TroupeError("not-a-job", message, { details: { folder }, cause });
  }
}

function factsOf(source: LoadedSource): Pick<Magnet, "infoHash" | "infoHashes" | "name"> {
  return source.kind === "metainfo" ? parseTorrent(source.metainfo) : source.link;
}

function sourceOf(source: JobSource): LoadedSource {
  if (source.kind === "metainfo") return { ...source, source: "file" };
  return readMagnet(source.magnet, source.source);
}

/** @throws TroupeError `torrent-copy-lost` */
function soundSource(
  { path, source: found }: { readonly path: string; readonly source: JobSource },
  record: JobRecord | undefined,
): LoadedSource {
  let why: string;
  try {
    const source = sourceOf(found);
    const { infoHash, infoHashes, name = "a magnet link" } = factsOf(source);
    if (record === undefined || isKeyOf(record.key, infoHashes)) return source;
    why = `it is of ${infoHash} (${name}), and the job is of ${record.key}`;
  } catch (error) {
    if (!(error instanceof ProtocolError) && !(error instanceof TroupeError)) throw error;
    why = error.message;
  }
  const message = `cannot load a job: "${path}" is damaged: ${why}; put its .torrent file there again`;
  throw new TroupeError("torrent-copy-lost", message, { details: { path } });
}

async function refuseExisting(directory: string): Promise<void> {
  const found = await lstat(directory).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return;
  const message = `cannot create a job in "${directory}": there is something already; Torrent.load opens a job`;
  throw new TroupeError("job-exists", message, { details: { folder: directory } });
}
