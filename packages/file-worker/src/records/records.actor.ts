// The records of jobs in the database of a state folder, in a thread of their own: a disk of data that does not answer
// keeps no record waiting, and a state folder that does not answer keeps no read or write of data waiting.

import type { Actor, Context, Disk } from "@troupe/actor-runtime";
import {
  decodeRecord,
  RecordError,
  type FoundMove,
  type FoundRecord,
  type JobList,
  type JobRecord,
  type ListedJob,
  type ListedMove,
  type RecordsProtocol,
  type StorageRefusal,
  type WriteRecords,
} from "@troupe/messages";
import { stampedDisk } from "../files/disk-stamp.ts";
import { intentName, isIntent, listedMove } from "../move/move-intent.ts";
import { systemCode } from "../refusals.ts";
import { RecordDatabase } from "./record-database.ts";

/** Settings of one incarnation. */
export interface RecordsOptions {
  /** `diskStampBytes` of shared memory, zeroed and fresh for this incarnation: see files/disk-stamp.ts. */
  readonly stamp: SharedArrayBuffer;
}

interface RecordsState {
  readonly context: Context<RecordsProtocol>;
  /** The context's disk, its calls stamped. */
  readonly disk: Disk;
  /** By path. */
  readonly databases: Map<string, RecordDatabase>;
}

/** Every call runs to its end before the next one: so nothing read or written overtakes what was written before. */
export const recordsActor: Actor<RecordsProtocol, RecordsOptions, RecordsState> = {
  name: "records",
  start: (context, { stamp }) => ({
    context,
    disk: stampedDisk(context.disk, stamp),
    databases: new Map(),
  }),
  stop: closeDatabases,
  handlers: {
    "read-record": readRecord,
    "write-records": writeRecords,
    "list-jobs": listJobs,
    "find-move": findMove,
    "end-move": endMove,
  },
};

/** What fails is left: all that was committed is safe. */
function closeDatabases({ databases }: RecordsState): void {
  for (const database of databases.values()) {
    try {
      database.close();
    } catch {
      // The others are closed all the same.
    }
  }
  databases.clear();
}

function readRecord(
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

function writeRecords(
  state: RecordsState,
  { database: path, records }: WriteRecords,
): {} | StorageRefusal {
  return orRefusal(path, () => {
    databaseAt(state, path).write(new Map(records.map(({ name, bytes }) => [name, bytes])));
    return {};
  });
}

function listJobs(
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
      const record = decodedRecord(state, bytes);
      if (record === undefined) unreadable += 1;
      else {
        const { infoHash, directory, settings, isStarted } = record;
        jobs.push({ infoHash, directory, settings, isStarted });
      }
    }
    return { jobs, moves, unreadable };
  });
}

function findMove(
  state: RecordsState,
  { database: path, infoHash }: { readonly database: string; readonly infoHash: string },
): FoundMove | StorageRefusal {
  return orRefusal(path, () => {
    const bytes = databaseAt(state, path).read(intentName(infoHash));
    const move = bytes && listedMove(bytes, (...parts) => state.context.sha1(...parts));
    return move === undefined ? {} : { move };
  });
}

function endMove(
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

function decodedRecord({ context }: RecordsState, bytes: Uint8Array): JobRecord | undefined {
  try {
    return decodeRecord(bytes, (...parts) => context.sha1(...parts));
  } catch (error) {
    if (error instanceof RecordError) return undefined;
    throw error;
  }
}

/** @throws what is not the system's word: a bug, which ends the actor. */
function orRefusal<Answer>(path: string, work: () => Answer): Answer | StorageRefusal {
  try {
    return work();
  } catch (error) {
    const refused = systemCode(error);
    if (refused === undefined || !(error instanceof Error)) throw error;
    return { refused, message: error.message, path };
  }
}
