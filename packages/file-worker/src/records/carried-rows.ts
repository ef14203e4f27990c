// Rows of a database that go to another machine.

import type { DatabaseEntry } from "@troupe/actor-runtime";
import { readableRecord, type JobRecord, type Sha1 } from "@troupe/messages";
import { isIntent } from "../move/move-intent.ts";
import { portableFacts } from "../state/file-facts.ts";
import { banPrefix } from "./ban-rows.ts";
import { dhtPrefix } from "./dht-rows.ts";

/** A row, by its content. */
type CarriedRow =
  | { readonly kind: "job"; readonly record: JobRecord }
  /** The unfinished move of a torrent. */
  | { readonly kind: "move" }
  /** A ban, a node or an id of the DHT: it is the same on every machine. */
  | { readonly kind: "same" }
  /** It counts as no record. */
  | { readonly kind: "unreadable" };

/** Reads a row. */
export function carriedRow({ name, value }: DatabaseEntry, sha1: Sha1): CarriedRow {
  if (name.startsWith(dhtPrefix) || name.startsWith(banPrefix)) return { kind: "same" };
  if (isIntent(value)) return { kind: "move" };
  const record = readableRecord(value, sha1);
  return record === undefined ? { kind: "unreadable" } : { kind: "job", record };
}

/**
 * The record of a job on another machine, where its files have other devices, inodes and change times.
 *
 * @param place Folder and settings there.
 */
export function carriedRecord(
  record: JobRecord,
  place: Pick<JobRecord, "directory" | "settings">,
): JobRecord {
  return { ...record, ...place, files: portableFacts(record.files) };
}
