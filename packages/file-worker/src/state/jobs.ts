import {
  bitfieldBytes,
  decodeRecord,
  RecordError,
  unpackHashedFiles,
  type HashedFiles,
  type RemoveRecord,
  type KnownPieces,
  type JobRecord,
  type SaveJob,
  type StoredJob,
} from "@troupe/messages";
import { fillBits } from "@troupe/protocol/peer";
import { findRealRoot } from "../files/folders.ts";
import { noteForeign } from "../files/foreign-files.ts";
import { isRefusal, refusalFrom, type Answer } from "../refusals.ts";
import type { OpenTorrent, Storage } from "../storage.ts";
import type { FileState } from "../storage-lifecycle.ts";
import { factsOf, factWords, stampOfFacts } from "./file-facts.ts";
import { JobJournal, recordName } from "./job-journal.ts";
import { missingVolumeRefusal } from "./missing-volume.ts";
import { decideTrust, type TrustedRecord } from "./trust.ts";

/**
 * Opens the journal of a job.
 *
 * @param found Its record.
 * @returns A refusal when its volume is missing.
 */
export async function openJournal(
  state: FileState,
  storage: OpenTorrent,
  job: StoredJob,
  found: FoundJobRecord,
): Answer<KnownPieces> {
  const { random } = state.context;
  const store = state.recordStores.at(job.home);
  const { record } = found;
  const missingVolume =
    job.hasRunBefore === true && record && missingVolumeRefusal(state.disk, storage, record);
  if (missingVolume) return missingVolume;
  noteForeign(storage, record, state.storages.values());
  const asked = record === undefined ? undefined : storage.store.stamp();
  const stamp = asked instanceof Promise ? await asked : asked;
  const hashed = job.hashed && unpackHashedFiles(job.hashed);
  // Without a stamp no piece of the record can be expected to be there.
  const known = stamp === undefined ? undefined : record;
  const { durable, ...trust } = decideTrust({
    record: hashed === undefined ? known : (recordOfHashed(storage, hashed, record) ?? known),
    isUnchanged: hashed === undefined && isStampOf(state, record, stamp),
    parted: [...(storage.partFile?.entries.keys() ?? [])],
    facts: storage.facts,
    files: storage.files,
    map: storage.map,
    verify: job.verify,
    random,
  });
  const { toHash } = trust;
  const suspect = record?.suspect.slice() ?? new Uint8Array(toHash.length);
  const facts = storage.facts.slice();
  state.journals.add(new JobJournal(storage, store, job.key, { durable, suspect }, facts));
  const isRecordMissing =
    job.hasRunBefore === true && record === undefined && toHash.some((byte) => byte !== 0);
  const { counters, dates, isServed, peers = [] } = record ?? {};
  const problem =
    found.problem ??
    (isRecordMissing ? "there is no record of earlier runs, and yet there are files" : undefined);
  return {
    ...trust,
    peers,
    ...(counters !== undefined && { counters }),
    ...(dates !== undefined && { dates }),
    ...(isServed !== undefined && { isServed }),
    ...(problem !== undefined && { problem }),
  };
}

/**
 * Files that were hashed elsewhere, as a run that ended in order would have recorded them.
 *
 * @param record Its suspect pieces may be right in memory only.
 * @returns Undefined for files of another torrent.
 */
function recordOfHashed(
  { facts: now, map: { pieceCount } }: OpenTorrent,
  hashed: HashedFiles,
  record: JobRecord | undefined,
): TrustedRecord | undefined {
  if (hashed.length * factWords !== now.length) return undefined;
  const none = new Uint8Array(bitfieldBytes(pieceCount));
  const had = none.slice();
  fillBits(had, 0, pieceCount - 1, true);
  const suspect = record?.pieceCount === pieceCount ? record.suspect : none;
  const pieces = { pieceCount, had, durable: had, suspect, unsampled: none };
  return { ...pieces, isOpenForWriting: false, files: factsOf(hashed) };
}

/** Whether the store is as the record says: its stamp is made of the facts that the record keeps. */
function isStampOf(
  { context: { sha1 } }: FileState,
  record: JobRecord | undefined,
  stamp: Uint8Array | undefined,
): boolean {
  if (record === undefined || stamp === undefined) return false;
  return Buffer.compare(stampOfFacts(record.files, sha1), stamp) === 0;
}

/** Applies the engine's update to an open job. Lost pieces may mean that a file was removed or replaced. */
export function saveJob(state: FileState, { torrent, ...news }: SaveJob): void {
  const storage = state.storages.get(torrent);
  if (storage === undefined) return;
  if (news.lost !== undefined && news.lost.length > 0) state.files.distrustOpenFiles(storage);
  state.journals.update(storage, news);
}

/** Removes a job's record, if any. */
export async function removeRecord(
  { disk, recordStores }: FileState,
  { key, home, directory }: RemoveRecord,
): Answer {
  const root = findRealRoot(disk, directory);
  if (isRefusal(root)) return root;
  try {
    await recordStores.at(home).write(new Map([[recordName(key, root), undefined]]));
    return {};
  } catch (error) {
    return refusalFrom(error, "forget the record of", directory);
  }
}

/** The record of a job, if it is usable, and why it is not. */
interface FoundJobRecord {
  readonly record?: JobRecord;
  readonly problem?: string;
}

/** Looks up a job's record. A damaged or foreign record counts as none: the files are hashed. */
export async function findRecord(
  { context, recordStores }: FileState,
  { folders }: Storage,
  { key, home }: StoredJob,
): Promise<FoundJobRecord> {
  try {
    const { record: bytes, damage } = await recordStores
      .at(home)
      .read(recordName(key, folders.root));
    if (bytes === undefined) return damage === undefined ? {} : { problem: damage };
    const record = decodeRecord(bytes, context.sha1);
    return record.key === key ? { record } : { problem: "the record is of another torrent" };
  } catch (error) {
    if (error instanceof RecordError) return { problem: error.message };
    return { problem: refusalFrom(error, "read the record in", folders.root).message };
  }
}
