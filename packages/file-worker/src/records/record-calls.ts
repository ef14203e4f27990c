// Database calls of the records actor; a failed call is refused with the system's code.

import type { Context, Disk, MessageOf, ReplyOf } from "@troupe/actor-runtime";
import {
  listedJob,
  mapTotals,
  readableRecord,
  type ListedJob,
  type ListedMove,
  type RecordsProtocol,
  type StorageRefusal,
} from "@troupe/messages";
import { intentName, isIntent, listedMove } from "../move/move-intent.ts";
import { systemCode } from "../refusals.ts";
import { banPrefix, banRows, bansOf } from "./ban-rows.ts";
import { dhtNodesOf, dhtPrefix, mergedDhtRows } from "./dht-rows.ts";
import { RecordDatabase } from "./record-database.ts";

/** The state of an incarnation. */
export interface RecordsState {
  readonly context: Context<RecordsProtocol>;
  /** The context's disk with stamped calls. */
  readonly disk: Disk;
  /** By path. */
  readonly databases: Map<string, RecordDatabase>;
}

type Handler<Name extends keyof RecordsProtocol> = (
  state: RecordsState,
  message: MessageOf<RecordsProtocol, Name>,
) => ReplyOf<RecordsProtocol, Name>;

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
export const readRecord: Handler<"read-record"> = (state, { database: path, name }) =>
  onDatabase(state, path, (database) => {
    const record = database.read(name);
    const { damage } = database;
    return { ...(record !== undefined && { record }), ...(damage !== undefined && { damage }) };
  });

/** Writes and removes records: all or nothing, durable when it returns. */
export const writeRecords: Handler<"write-records"> = (state, { database: path, records }) =>
  onDatabase(state, path, (database) => {
    database.write(new Map(records.map(({ name, bytes }) => [name, bytes])));
    return {};
  });

/** Jobs with a record, unfinished moves, and the number of unreadable records. */
export const listJobs: Handler<"list-jobs"> = (state, { database: path }) =>
  onDatabase(state, path, (database) => {
    const jobs: ListedJob[] = [];
    const moves: ListedMove[] = [];
    let unreadable = 0;
    for (const { name, value: bytes } of database.readAll()) {
      if (name.startsWith(dhtPrefix) || name.startsWith(banPrefix)) continue;
      if (isIntent(bytes)) {
        const move = listedMove(bytes, state.context.sha1);
        if (move !== undefined) moves.push(move);
        continue;
      }
      const record = readableRecord(bytes, state.context.sha1);
      if (record === undefined) unreadable += 1;
      else {
        jobs.push(listedJob(record));
      }
    }
    return { jobs, moves, unreadable };
  });

/** A job's unfinished move. */
export const findMove: Handler<"find-move"> = (state, { database: path, key }) =>
  onDatabase(state, path, (database) => {
    const bytes = database.read(intentName(key));
    const move = bytes && listedMove(bytes, state.context.sha1);
    return move === undefined ? {} : { move };
  });

/** Removes a move whose job is listed at its new place. */
export const endMove: Handler<"end-move"> = (state, question) => {
  const found = findMove(state, question);
  if ("refused" in found || found.move?.isSwitched !== true) return found;
  return onDatabase(state, question.database, (database) => {
    database.write(new Map([[intentName(question.key), undefined]]));
    return {};
  });
};

/** Changes bans of the user, and reads all. */
export const changeBans: Handler<"change-bans"> = (state, { database: path, ...changes }) =>
  onDatabase(state, path, (database) => {
    const rows = banRows(bansOf(database.readAll(banPrefix)), changes);
    if (rows.size > 0) database.write(rows);
    return { bans: bansOf(database.readAll(banPrefix)) };
  });

/** Adds to totals, and reads all. */
export const addTotals: Handler<"add-totals"> = (state, { database: path, amounts, ...by }) =>
  onDatabase(state, path, (database) => {
    const sums = database.add(new Map(Object.entries(amounts)), by);
    return { totals: mapTotals((name) => sums.get(name) ?? 0) };
  });

/** Nodes of the DHT, and our ids. */
export const readDhtNodes: Handler<"read-dht-nodes"> = (state, { database: path }) =>
  onDatabase(state, path, (database) => dhtNodesOf(database.readAll(dhtPrefix)));

/** Adds nodes of the DHT and our ids. */
export const mergeDhtNodes: Handler<"merge-dht-nodes"> = (state, { database: path, saved }) =>
  onDatabase(state, path, (database) => {
    const nowMs = state.context.clock.epochMs();
    const changes = mergedDhtRows(database.readAll(dhtPrefix), saved, nowMs);
    if (changes.size > 0) database.write(changes);
    return {};
  });

/** @throws errors that are not the system's: a bug. */
function onDatabase<Reply>(
  { disk, databases }: RecordsState,
  path: string,
  work: (database: RecordDatabase) => Reply,
): Reply | StorageRefusal {
  const database = databases.get(path) ?? new RecordDatabase(disk, path);
  databases.set(path, database);
  try {
    return work(database);
  } catch (error) {
    const refused = systemCode(error);
    if (refused === undefined || !(error instanceof Error)) throw error;
    return { refused, message: error.message, path };
  }
}
