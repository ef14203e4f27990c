// The file that a standalone node leaves to its next start: its ids, and nodes that answered. JSON, replaced as a whole, so
// that a crash leaves the old file or the new one.

import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, systemSentence } from "@troupe/actor-runtime";
import { makeFolder, readBounded, syncFolder, writeDurably } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import {
  mostSavedDhtNodes,
  type DhtFamily,
  type SavedDhtId,
  type SavedDhtNode,
  type SavedDhtNodes,
} from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import { parseNodeId, type NodeId } from "@troupe/protocol/dht";
import { mergeSavedNodes } from "../routing/saved-nodes.ts";
import { hexOf } from "./dht-values.ts";

/** Larger files are refused; 400 nodes take 60 KB. */
export const nodeFileLimitBytes = 1_048_576;
const format = "troupe-dht-nodes";
const formatVersion = 1;

/** Our ids of a family that are saved: processes that share a file have a socket each. */
const mostSavedIds = 8;

/** No ids and no nodes. */
export const noSavedNodes: SavedDhtNodes = { ids: [], nodes: [] };

/**
 * Reads the file of an earlier run. A missing or empty file has no nodes. Single entries that are damaged are left out.
 *
 * @throws rejects with TroupeError `dht-state-unreadable` for a file of another program: it must not be replaced.
 */
export async function readNodeFile(path: string): Promise<SavedDhtNodes> {
  try {
    const bytes = await readBounded(path, nodeFileLimitBytes);
    return bytes.length === 0 ? noSavedNodes : decodeNodeFile(bytes);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return noSavedNodes;
    const message = `cannot read the nodes of the DHT in "${path}": ${systemSentence(error)}`;
    throw new TroupeError("dht-state-unreadable", message, { details: { path }, cause: error });
  }
}

/** @throws rejects with TroupeError `dht-state-not-saved`: the old file stays. */
export async function writeNodeFile(path: string, saved: SavedDhtNodes): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(8).toString("hex")}.tmp`);
  try {
    await makeFolder(folder, 0o700);
    await writeDurably(temporary, encodeNodeFile(saved), 0o600);
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    const message = `cannot save the nodes of the DHT in "${path}": ${systemSentence(cause)}`;
    throw new TroupeError("dht-state-not-saved", message, { details: { path }, cause });
  }
}

/**
 * The nodes and ids of this process beside those of other processes. Where both have an id for a socket, ours counts.
 *
 * @param epochMs Now.
 */
export function mergeSaved(
  own: SavedDhtNodes,
  others: SavedDhtNodes,
  epochMs: number,
): SavedDhtNodes {
  const sockets = new Set(own.ids.map(({ host, port }) => addressKey(host, port)));
  const foreign = others.ids.filter(({ host, port }) => !sockets.has(addressKey(host, port)));
  return {
    ids: atMost([...own.ids, ...foreign], mostSavedIds),
    nodes: mergeSavedNodes([own.nodes, others.nodes], epochMs),
  };
}

/** The bytes of a file. */
export function encodeNodeFile({ ids, nodes }: SavedDhtNodes): Uint8Array {
  const content = {
    format,
    version: formatVersion,
    ids: ids.map((own) => ({ ...own, id: hexOf(own.id) })),
    nodes: nodes.map(({ id, host, port, lastAnswerMs }) => ({
      id: hexOf(id),
      host,
      port,
      lastAnswerMs,
    })),
  };
  return Buffer.from(`${JSON.stringify(content, undefined, 1)}\n`);
}

/** @throws {Error} for bytes that are no file of ours, or of a later version. */
export function decodeNodeFile(bytes: Uint8Array): SavedDhtNodes {
  const content = parseObject(Buffer.from(bytes).toString("utf8"));
  if (content?.["format"] !== format) throw new Error(`it is no file of the format ${format}`);
  if (content["version"] !== formatVersion) throw new Error("it is of a later version");
  const ids = listOf(content["ids"]).flatMap(readId);
  const nodes = listOf(content["nodes"]).flatMap(readNode);
  return { ids: atMost(ids, mostSavedIds), nodes: atMost(nodes, mostSavedDhtNodes) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The first ones of each family. */
function atMost<Entry extends { readonly host: string }>(
  entries: readonly Entry[],
  count: number,
): readonly Entry[] {
  const ofFamily = (family: number): readonly Entry[] =>
    entries.filter(({ host }) => isIP(host) === family).slice(0, count);
  return [...ofFamily(4), ...ofFamily(6)];
}

function readAddress(entry: unknown) {
  const { id, host, port } = objectOf(entry) ?? {};
  if (typeof id !== "string" || !/^[0-9a-f]{40}$/i.test(id)) return undefined;
  if (typeof host !== "string" || isIP(host) === 0) return undefined;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65_535)
    return undefined;
  const bytes: NodeId = parseNodeId(id);
  return { id: bytes, host, port, family: isIP(host) as DhtFamily };
}

function readId(entry: unknown): readonly SavedDhtId[] {
  const address = readAddress(entry);
  if (address === undefined) return [];
  const publicHost = objectOf(entry)?.["publicHost"];
  const isKnown = typeof publicHost === "string" && isIP(publicHost) === address.family;
  return [{ ...address, ...(isKnown && { publicHost }) }];
}

function readNode(entry: unknown): readonly SavedDhtNode[] {
  const address = readAddress(entry);
  if (address === undefined) return [];
  const { id, host, port } = address;
  const lastAnswerMs = objectOf(entry)?.["lastAnswerMs"];
  const isTime = typeof lastAnswerMs === "number" && Number.isSafeInteger(lastAnswerMs);
  return [{ id, host, port, lastAnswerMs: isTime ? Math.max(0, lastAnswerMs) : 0 }];
}
