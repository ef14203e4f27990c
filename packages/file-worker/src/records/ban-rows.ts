// Bans of the user among the records: a row for each, which every program on the state folder adds and removes by itself.
//
//   name    "ban 192.0.2.0/24"
//   value    0   8   time of the ban: milliseconds since 1970, big-endian double
//            8   4   CRC-32C of it

import type { DatabaseEntry } from "@troupe/actor-runtime";
import { mostBans, type BanChanges, type BannedPrefix } from "@troupe/messages";
import { parsePrefix } from "@troupe/protocol/address";
import { crc32c, readUint32, writeUint32 } from "@troupe/protocol/bytes";

/** The beginning of the names of all these rows. */
export const banPrefix = "ban ";

const timeBytes = 8;
const rowBytes = timeBytes + 4;

/** The bans of these rows, the oldest first; damaged rows are left out. */
export function bansOf(entries: readonly DatabaseEntry[]): BannedPrefix[] {
  const bans = entries.map(readRow).filter((ban) => ban !== undefined);
  return bans.toSorted((one, other) => one.atMs - other.atMs).slice(0, mostBans);
}

/** The rows that change. A prefix that is banned already keeps its time. */
export function banRows(
  found: readonly BannedPrefix[],
  { added, lifted }: BanChanges,
): Map<string, Uint8Array | undefined> {
  const known = new Set(found.map(({ prefix }) => prefix));
  const rows = new Map<string, Uint8Array | undefined>();
  for (const prefix of lifted) if (known.has(prefix)) rows.set(banPrefix + prefix, undefined);
  for (const { prefix, atMs } of added)
    if (!known.has(prefix)) rows.set(banPrefix + prefix, valueOf(atMs));
  return rows;
}

function valueOf(atMs: number): Uint8Array {
  const bytes = new Uint8Array(rowBytes);
  new DataView(bytes.buffer).setFloat64(0, atMs);
  writeUint32(bytes, timeBytes, crc32c(bytes.subarray(0, timeBytes)));
  return bytes;
}

function readRow({ name, value }: DatabaseEntry): BannedPrefix | undefined {
  const prefix = parsePrefix(name.slice(banPrefix.length));
  if (prefix === undefined || value.length !== rowBytes) return undefined;
  if (readUint32(value, timeBytes) !== crc32c(value.subarray(0, timeBytes))) return undefined;
  const atMs = new DataView(value.buffer, value.byteOffset).getFloat64(0);
  return { prefix: prefix.text, atMs };
}
