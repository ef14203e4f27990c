// A job that lives in one folder, which can be moved as a whole:
//
//   <folder>/.troupe/job.torrent
//   <folder>/.troupe/record          what is had, and how far it is safe
//   <folder>/…                       the data

import { randomBytes } from "node:crypto";
import { lstat, realpath, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, messageOf } from "@troupe/actor-runtime";
import type { JobRecord, RecordHome } from "@troupe/messages";
import { parseTorrent, ProtocolError } from "@troupe/protocol";
import { ownFolder, reservedFile } from "../../own-folder.ts";
import { TroupeError } from "../../troupe-error.ts";
import type { AddOptions } from "../options/add-options.ts";
import { jobLock } from "../lock/job-lock.ts";
import type { LockKeepers } from "../lock/lock-keepers.ts";
import { readRecord } from "./read-record.ts";
import { metainfoLimitBytes, readBounded } from "./bounded-read.ts";
import { optionsOf } from "./restored-jobs.ts";
import { makeFolder, syncFolder, writeDurably } from "./durable-files.ts";

const torrentFile = "job.torrent";
const recordFile = "record";

/** A job's folder, looked at. */
export interface JobFolder {
  /** Absolute, without links. */
  readonly directory: string;
  readonly metainfo: Uint8Array;
  readonly home: RecordHome;
  /** What its record says that it was set to; nothing without a record that can be read. */
  readonly settings: AddOptions;
  /** It has just been made. */
  readonly isNew: boolean;
}

/**
 * Makes the folder: whole or not at all.
 *
 * @param metainfo A .torrent that has passed the gate, or the gate's error is thrown.
 * @throws TroupeError `job-exists` when there is anything at this place, `job-name-reserved`; system errors.
 */
export async function createJobFolder(folder: string, metainfo: Uint8Array): Promise<JobFolder> {
  const directory = resolve(folder);
  refuseReservedName(metainfo);
  await refuseExisting(directory);
  const parent = dirname(directory);
  await makeFolder(parent);
  const temporary = join(parent, `.${basename(directory)}-${randomBytes(6).toString("hex")}.tmp`);
  try {
    await makeFolder(join(temporary, ownFolder));
    await writeDurably(join(temporary, ownFolder, torrentFile), metainfo);
    await syncFolder(join(temporary, ownFolder));
    await syncFolder(temporary);
    await refuseExisting(directory);
    await rename(temporary, directory).catch(async (error: unknown) => {
      // Somebody else was as quick.
      await refuseExisting(directory);
      throw error;
    });
    await syncFolder(parent);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  return { ...(await loadJobFolder(directory)), isNew: true };
}

/** Takes back what `createJobFolder` made, unless somebody else runs it by now; whatever else lies there stays. */
export async function discardJobFolder(
  { directory, metainfo }: JobFolder,
  keepers: LockKeepers,
): Promise<void> {
  const { infoHash } = parseTorrent(metainfo);
  const lock = jobLock({ infoHash, directory, makesFolder: false }, keepers);
  try {
    await lock.take();
    await rm(join(directory, ownFolder), { recursive: true, force: true });
    await rmdir(directory);
  } catch {
    // What is in use, or cannot be removed, stays: the caller's error says more.
  } finally {
    await lock.release();
  }
}

/**
 * @throws TroupeError `not-a-job` when the folder is none, `torrent-copy-lost` when its .torrent file is damaged: another
 *   torrent must not be fetched into it.
 */
export async function loadJobFolder(folder: string): Promise<JobFolder> {
  try {
    const directory = await realpath(resolve(folder));
    const path = join(directory, ownFolder, torrentFile);
    const metainfo = await readBounded(path, metainfoLimitBytes);
    const home = { kind: "file" as const, path: join(directory, ownFolder, recordFile) };
    const record = await readRecord(home.path);
    refuseDamaged(path, metainfo, record);
    const settings = record === undefined ? {} : optionsOf(record.settings);
    return { directory, metainfo, home, settings, isNew: false };
  } catch (error) {
    if (error instanceof TroupeError) throw error;
    throw new TroupeError(
      "not-a-job",
      `cannot load "${folder}": it is no folder of a job: ${messageOf(error)}`,
      {
        details: { folder },
        cause: error,
      },
    );
  }
}

function refuseDamaged(path: string, metainfo: Uint8Array, record: JobRecord | undefined): void {
  let why: string;
  try {
    const { infoHash, name } = parseTorrent(metainfo);
    if (record === undefined || record.infoHash === infoHash) return;
    why = `it is of ${infoHash} (${name}), and the job is of ${record.infoHash}`;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    why = error.message;
  }
  throw new TroupeError(
    "torrent-copy-lost",
    `cannot load a job: "${path}" is damaged: ${why}; put its .torrent file there again`,
    { details: { path } },
  );
}

async function refuseExisting(directory: string): Promise<void> {
  const found = await lstat(directory).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return;
  throw new TroupeError(
    "job-exists",
    `cannot create a job in "${directory}": there is something already; Torrent.load opens a job`,
    { details: { folder: directory } },
  );
}

function refuseReservedName(metainfo: Uint8Array): void {
  const reserved = reservedFile(parseTorrent(metainfo).files);
  if (reserved === undefined) return;
  throw new TroupeError(
    "job-name-reserved",
    `cannot create a job of a torrent with the file "${reserved}": that is where the job keeps its state`,
  );
}
