// Rows of the DHT among the records: a row for each node that answered, and for each id of ours.
//
//   name    "dht-node 4 1.2.3.4:6881" (family, address), "dht-id 6 [::]:6881" (family, our local address)
//   value    0   8   time of the last answer, of an id of its last use: milliseconds since 1970, big-endian double
//            8  20   id
//           28       of an id: our public address then, as text
//           −4   4   CRC-32C of all before it

import type { DatabaseEntry } from "@troupe/actor-runtime";
import {
  mostSavedDhtNodes,
  type DhtFamily,
  type SavedDhtId,
  type SavedDhtNode,
  type SavedDhtNodes,
} from "@troupe/messages";
import { addressKey, classifyAddress, parseHostPort, parseIp } from "@troupe/protocol/address";
import { crc32c, readUint32, writeUint32 } from "@troupe/protocol/bytes";
import { ProtocolError } from "@troupe/protocol/errors";

/** The beginning of the names of all these rows. */
export const dhtPrefix = "dht-";
/** Programs that share a state folder have an id for each port. */
const mostIds = 16;

const idAt = 8;
const textAt = 28;
const checksumBytes = 4;
const longestText = 64;

/** A row, read. */
interface DhtRow {
  readonly kind: "node" | "id";
  readonly family: DhtFamily;
  readonly host: string;
  readonly port: number;
  readonly atMs: number;
  readonly id: Uint8Array;
  readonly publicHost?: string;
}

/** The nodes and ids of these rows; damaged rows are left out. */
export function dhtNodesOf(entries: readonly DatabaseEntry[]): SavedDhtNodes {
  const rows = entries.map(readRow).filter((row) => row !== undefined);
  return {
    nodes: newestFirst(rows, "node").map(nodeOf),
    ids: newestFirst(rows, "id").map(idOf),
  };
}

/**
 * The changes that add nodes and ids to the rows found. The nodes of each family that answered last stay, whichever
 * program has saved them.
 *
 * @param nowMs Milliseconds since 1970; a later time counts as now.
 */
export function mergedDhtRows(
  found: readonly DatabaseEntry[],
  { ids, nodes }: SavedDhtNodes,
  nowMs: number,
): Map<string, Uint8Array | undefined> {
  const rows = new Map<string, DhtRow>();
  const add = (row: DhtRow | undefined): void => {
    if (row === undefined) return;
    const known = rows.get(nameOf(row));
    if (known === undefined || known.atMs <= row.atMs)
      rows.set(nameOf(row), { ...row, atMs: Math.min(row.atMs, nowMs) });
  };
  for (const entry of found) add(readRow(entry));
  for (const node of nodes) add(rowOfNode(node));
  for (const id of ids) add({ ...id, kind: "id", atMs: nowMs });
  const kept = new Map(bestOf([...rows.values()]).map((row) => [nameOf(row), valueOf(row)]));
  return changesBetween(found, kept);
}

function bestOf(rows: readonly DhtRow[]): DhtRow[] {
  const families = [4, 6] as const;
  return [
    ...newestFirst(rows, "id").slice(0, mostIds),
    ...families.flatMap((family) =>
      newestFirst(rows, "node")
        .filter((row) => row.family === family)
        .slice(0, mostSavedDhtNodes),
    ),
  ];
}

function changesBetween(
  found: readonly DatabaseEntry[],
  kept: ReadonlyMap<string, Uint8Array>,
): Map<string, Uint8Array | undefined> {
  const changes = new Map<string, Uint8Array | undefined>(kept);
  for (const { name, value } of found) {
    const successor = kept.get(name);
    if (successor === undefined) changes.set(name, undefined);
    else if (Buffer.compare(successor, value) === 0) changes.delete(name);
  }
  return changes;
}

function newestFirst(rows: readonly DhtRow[], kind: DhtRow["kind"]): DhtRow[] {
  return rows.filter((row) => row.kind === kind).toSorted((a, b) => b.atMs - a.atMs);
}

function rowOfNode(node: SavedDhtNode): DhtRow | undefined {
  const { id, host, port, lastAnswerMs: atMs } = node;
  const family = familyOf(host);
  return family && { kind: "node", family, id, host, port, atMs };
}

function nodeOf({ id, host, port, atMs }: DhtRow): SavedDhtNode {
  return { id, host, port, lastAnswerMs: atMs };
}

function idOf({ family, id, host, port, publicHost }: DhtRow): SavedDhtId {
  return { family, id, host, port, ...(publicHost !== undefined && { publicHost }) };
}

function nameOf({ kind, family, host, port }: DhtRow): string {
  return `${dhtPrefix}${kind} ${family} ${addressKey(host, port)}`;
}

function valueOf({ atMs, id, publicHost = "" }: DhtRow): Uint8Array {
  const text = new TextEncoder().encode(publicHost);
  const bytes = new Uint8Array(textAt + text.length + checksumBytes);
  new DataView(bytes.buffer).setFloat64(0, atMs);
  bytes.set(id, idAt);
  bytes.set(text, textAt);
  const end = bytes.length - checksumBytes;
  writeUint32(bytes, end, crc32c(bytes.subarray(0, end)));
  return bytes;
}

/** @returns Undefined for a damaged row, or a row of a later version. */
function readRow({ name, value }: DatabaseEntry): DhtRow | undefined {
  const end = value.length - checksumBytes;
  if (end < textAt || end > textAt + longestText) return undefined;
  if (readUint32(value, end) !== crc32c(value.subarray(0, end))) return undefined;
  const place = placeIn(name);
  if (place === undefined) return undefined;
  const atMs = new DataView(value.buffer, value.byteOffset).getFloat64(0);
  const publicHost = new TextDecoder().decode(value.subarray(textAt, end));
  const isSound =
    Number.isFinite(atMs) && (publicHost === "" || familyOf(publicHost) !== undefined);
  if (!isSound) return undefined;
  const row = { ...place, atMs, id: value.slice(idAt, textAt) };
  return publicHost === "" ? row : { ...row, publicHost };
}

function placeIn(name: string): Pick<DhtRow, "kind" | "family" | "host" | "port"> | undefined {
  const [head = "", familyText, address = ""] = name.split(" ");
  const kind = head.slice(dhtPrefix.length);
  if (kind !== "node" && kind !== "id") return undefined;
  try {
    const { host, port } = parseHostPort(address);
    const family = kind === "id" ? anyFamilyOf(host) : familyOf(host);
    return family === undefined || String(family) !== familyText
      ? undefined
      : { kind, family, host, port };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** @returns Undefined for an address that no node has. */
function familyOf(host: string): DhtFamily | undefined {
  return classifyAddress(host) === "refused" ? undefined : anyFamilyOf(host);
}

function anyFamilyOf(host: string): DhtFamily | undefined {
  const bytes = parseIp(host);
  return bytes && (bytes.length === 4 ? 4 : 6);
}
