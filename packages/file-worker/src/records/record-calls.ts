// Database calls of the records actor; a failed call is refused with the system's code.

import type { Context, Disk } from "@troupe/actor-runtime";
import {
  readableRecord,
  type FoundMove,
  type FoundRecord,
  type JobList,
  type ListedJob,
  type ListedMove,
  type RecordsProtocol,
  type StorageRefusal,
  type WriteRecords,
} from "@troupe/messages";
import { intentName, isIntent, listedMove } from "../move/move-intent.ts";
import { systemCode } from "../refusals.ts";
import { RecordDatabase } from "./record-database.ts";

/** The state of an incarnation. */
export interface RecordsState {
  readonly context: Context<RecordsProtocol>;
  /** The context's disk with stamped calls. */
  readonly disk: Disk;
  /** By path. */
  readonly databases: Map<string, RecordDatabase>;
}

/** Ignores failures: all commits are safe. */
export function closeDatabases({ databases }: RecordsState): void {
  for (const database of databases.values()) {
    try {
      database.close();
    } catch {
      // The other databases are still closed.
    }
  }
  databases.clear();
}

/** A job's record, and the damage of the database. */
export function readRecord(
  state: RecordsState,
  { database: path, name }: { readonly database: string; readonly name: string },
): FoundRecord | StorageRefusal {
  return orRefusal(path, () => {
    const database = databaseAt(state, path);
    const record = database.read(name);
    const { damage } = database;
    return { ...(record !== undefined && { record }), ...(damage !== undefined && { damage }) };
  });
}

/** Writes and removes records: all or nothing, durable when it returns. */
export function writeRecords(
  state: RecordsState,
  { database: path, records }: WriteRecords,
): {} | StorageRefusal {
  return orRefusal(path, () => {
    databaseAt(state, path).write(new Map(records.map(({ name, bytes }) => [name, bytes])));
    return {};
  });
}

/** Jobs with a record, unfinished moves, and the number of unreadable records. */
export function listJobs(
  state: RecordsState,
  { database: path }: { readonly database: string },
): JobList | StorageRefusal {
  return orRefusal(path, () => {
    const jobs: ListedJob[] = [];
    const moves: ListedMove[] = [];
    let unreadable = 0;
    for (const bytes of databaseAt(state, path).readAll()) {
      if (isIntent(bytes)) {
        const move = listedMove(bytes, (...parts) => state.context.sha1(...parts));
        if (move !== undefined) moves.push(move);
        continue;
      }
      const record = readableRecord(bytes, (...parts) => state.context.sha1(...parts));
      if (record === undefined) unreadable += 1;
      else {
        const { infoHash, directory, settings, isStarted } = record;
        jobs.push({ infoHash, directory, settings, isStarted });
      }
    }
    return { jobs, moves, unreadable };
  });
}

/** A job's unfinished move. */
export function findMove(
  state: RecordsState,
  { database: path, infoHash }: { readonly database: string; readonly infoHash: string },
): FoundMove | StorageRefusal {
  return orRefusal(path, () => {
    const bytes = databaseAt(state, path).read(intentName(infoHash));
    const move = bytes && listedMove(bytes, (...parts) => state.context.sha1(...parts));
    return move === undefined ? {} : { move };
  });
}

/** Removes a move whose job is listed at its new place. */
export function endMove(
  state: RecordsState,
  question: { readonly database: string; readonly infoHash: string },
): {} | StorageRefusal {
  const found = findMove(state, question);
  if ("refused" in found || found.move?.isSwitched !== true) return found;
  const { database: path, infoHash } = question;
  return orRefusal(path, () => {
    databaseAt(state, path).write(new Map([[intentName(infoHash), undefined]]));
    return {};
  });
}

function databaseAt({ disk, databases }: RecordsState, path: string): RecordDatabase {
  const known = databases.get(path);
  if (known !== undefined) return known;
  const database = new RecordDatabase(disk, path);
  databases.set(path, database);
  return database;
}

/** @throws errors that are not the system's: a bug. */
function orRefusal<Answer>(path: string, work: () => Answer): Answer | StorageRefusal {
  try {
    return work();
  } catch (error) {
    const refused = systemCode(error);
    if (refused === undefined || !(error instanceof Error)) throw error;
    return { refused, message: error.message, path };
  }
}
