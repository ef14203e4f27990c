// A file that was touched and put back has another change time: the records of all kept states are told of it.

import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { decodeRecord, encodeRecord } from "@troupe/messages";
import { sha1 } from "@troupe/actor-runtime/testing";
import type { KeptState } from "./saved-jobs.ts";

const factWords = 5;

/** @param state One of them. @param spare Folder for a copy. */
export function renewChangeTime(state: KeptState, path: string, spare: string): void {
  const kept = dirname(state.folder);
  for (const name of readdirSync(kept)) {
    const folder = join(kept, name);
    const record = join(folder, "record");
    if (existsSync(record)) {
      const bytes = readFileSync(record);
      writeFileSync(record, renewed(bytes, path) ?? bytes);
    } else renewDatabase(folder, path, join(spare, "renewed"));
  }
}

/**
 * A state that a killed program left has a write-ahead log with the newest records; older ones lie in the database, and
 * come back when the log is cut. Both are renewed.
 */
function renewDatabase(folder: string, path: string, copy: string): void {
  const names = readdirSync(folder).filter((name) => name.startsWith("state.db"));
  for (const name of names) cpSync(join(folder, name), join(copy, name));
  const newest = recordsIn(join(copy, "state.db"), path);
  rmSync(copy, { recursive: true });
  if (newest.size === 0) return;
  cpSync(join(folder, "state.db"), join(copy, "state.db"));
  write(join(copy, "state.db"), recordsIn(join(copy, "state.db"), path)).close();
  const database = write(join(copy, "state.db"), newest);
  const keep = (): void => {
    for (const name of names) cpSync(join(copy, name), join(folder, name));
  };
  // The last close moves the log into the database.
  const hasLog = names.includes("state.db-wal");
  if (hasLog) keep();
  database.close();
  if (!hasLog) keep();
  rmSync(copy, { recursive: true });
}

/** Records that know the file, renewed. */
function recordsIn(file: string, path: string): Map<string, Uint8Array> {
  const database = new DatabaseSync(file);
  const rows = database.prepare("SELECT name, value FROM records").all();
  database.close();
  const records = new Map<string, Uint8Array>();
  for (const { name, value } of rows) {
    const bytes = renewed(value as Uint8Array, path);
    if (bytes !== undefined) records.set(name as string, bytes);
  }
  return records;
}

function write(file: string, records: ReadonlyMap<string, Uint8Array>): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = OFF; BEGIN");
  const update = database.prepare("UPDATE records SET value = ? WHERE name = ?");
  for (const [name, value] of records) update.run(value, name);
  database.exec("COMMIT");
  return database;
}

/** @returns The record, with the change time that the file has now; undefined when it does not know the file. */
function renewed(bytes: Uint8Array, path: string): Uint8Array | undefined {
  const record = decodeRecord(Uint8Array.from(bytes), sha1);
  const { dev, ino, ctimeNs } = statSync(path, { bigint: true });
  let isKnown = false;
  for (let at = 0; at < record.files.length; at += factWords) {
    if (record.files[at] !== dev || record.files[at + 1] !== ino) continue;
    record.files[at + 4] = ctimeNs;
    isKnown = true;
  }
  return isKnown ? encodeRecord(record, sha1) : undefined;
}
