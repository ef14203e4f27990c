// https://www.bittorrent.org/beps/bep_0005.html: the gate of every datagram that reaches a node of the DHT. With the keys of
// BEP 32, BEP 33, BEP 42, BEP 43 and BEP 44.

import {
  decodeCompact4,
  decodeCompact6,
  compact4Bytes,
  compact6Bytes,
} from "../../tracker/bep-23-compact-peers.ts";
import type { AddressFamily } from "../../tracker/bep-15-udp.ts";
import type { PeerAddress } from "../../address/peer-address.ts";
import { publicKeyBytes, signatureBytes } from "../../bytes/ed25519.ts";
import { bloomFilterBytes } from "../bep-33-scrape.ts";
import { itemLimits, type StoredItem } from "../bep-44-items.ts";
import { compactNodeBytes } from "../compact-nodes.ts";
import { KeyTable } from "./key-table.ts";
import { Field, KrpcFields } from "./krpc-fields.ts";
import {
  KrpcErrorCode,
  krpcLimits,
  type KrpcAnswer,
  type KrpcError,
  type KrpcErrorMessage,
  type KrpcFaultyQuery,
  type KrpcMessage,
  type KrpcQuery,
  type KrpcQueryMessage,
  type KrpcResponse,
  type UnknownQuery,
} from "./krpc-messages.ts";

const Kind = { query: 0, response: 1, error: 2 } as const;
const kinds = new KeyTable<number>({ q: Kind.query, r: Kind.response, e: Kind.error });

const Method = { ping: 0, findNode: 1, getPeers: 2, announcePeer: 3, get: 4, put: 5 } as const;
const methods = new KeyTable<number>({
  ping: Method.ping,
  find_node: Method.findNode,
  get_peers: Method.getPeers,
  announce_peer: Method.announcePeer,
  get: Method.get,
  put: Method.put,
});

const families = new KeyTable<AddressFamily>({ n4: 4, n6: 6 });
const onlyFamily: Readonly<Record<AddressFamily, readonly AddressFamily[]>> = { 4: [4], 6: [6] };
const bothFamilies: readonly AddressFamily[] = [4, 6];

const versionBytes = 4;
const highestPort = 65_535;
const noBytes = new Uint8Array(0);

// Only for the time of a call.
const fields = new KrpcFields();

/**
 * Reads a datagram. Never throws. The dictionaries of messages may be out of order, but not those of an item's value.
 *
 * @param bytes Read during the call only: the message has memory of its own.
 * @param family Family of the socket.
 * @returns Undefined for bytes that get no answer: more than 1,500, no dictionary, more than 10 levels or 500 values,
 *   bytes after its end, a known key twice, both `a` and `r`, no transaction of 1 to 32 bytes, another kind than `q`,
 *   `r` and `e`, and an answer without an id.
 */
export function decodeKrpc(bytes: Uint8Array, family: AddressFamily): KrpcMessage | undefined {
  if (!fields.read(bytes)) return undefined;
  const transaction = fields.string(Field.transaction, 1, krpcLimits.maxTransactionBytes);
  if (transaction === undefined) return undefined;
  switch (fields.find(Field.kind, kinds)) {
    case Kind.query:
      return readQuery(transaction, family);
    case Kind.response:
      return readResponse(transaction);
    case Kind.error:
      return readError(transaction);
    default:
      return undefined;
  }
}

function readQuery(
  transaction: Uint8Array,
  family: AddressFamily,
): KrpcQueryMessage | KrpcFaultyQuery {
  const version = readVersion();
  const query = readMethod();
  const id = fields.id(Field.id);
  if ("code" in query || id === undefined) {
    const error = "code" in query ? query : faults.id;
    return { kind: "faulty-query", transaction, version, error };
  }
  const isReadOnly = (fields.integer(Field.readOnly) ?? 0) !== 0;
  return { kind: "query", transaction, version, id, query, isReadOnly, want: readWant(family) };
}

function protocolError(message: string): KrpcError {
  return { code: KrpcErrorCode.protocol, message };
}

/** Our answers to faulty queries. */
const faults = {
  arguments: protocolError("a query has a dictionary of arguments"),
  method: protocolError("a query has a method"),
  id: protocolError("id is a string of 20 bytes"),
  target: protocolError("target is a string of 20 bytes"),
  infoHash: protocolError("info_hash is a string of 20 bytes"),
  token: protocolError("token is a string of 1 to 64 bytes"),
  port: protocolError("port is a number from 1 to 65535"),
  sequence: protocolError("seq is a number from 0 to 2^63 - 1"),
  cas: protocolError("cas is a number from 0 to 2^63 - 1"),
  value: protocolError("v is a value with sorted keys"),
  salt: protocolError("salt is a string"),
  key: protocolError("k is a string of 32 bytes"),
  signature: protocolError("sig is a string of 64 bytes"),
  methodUnknown: { code: KrpcErrorCode.methodUnknown, message: "method unknown" },
  valueTooLong: { code: KrpcErrorCode.valueTooLong, message: "v has more than 1000 bytes" },
  saltTooLong: { code: KrpcErrorCode.saltTooLong, message: "salt has more than 64 bytes" },
} as const satisfies Record<string, KrpcError>;

const ping: KrpcQuery = { method: "ping" };

function readMethod(): KrpcQuery | UnknownQuery | KrpcError {
  if (fields.stringBytes(Field.method) < 0) return faults.method;
  if (!fields.isDictionary(Field.arguments)) return faults.arguments;
  switch (fields.find(Field.method, methods)) {
    case Method.ping:
      return ping;
    case Method.findNode:
      return readFindNode();
    case Method.getPeers:
      return readGetPeers();
    case Method.announcePeer:
      return readAnnouncePeer();
    case Method.get:
      return readGet();
    case Method.put:
      return readPut();
    default:
      return readUnknown();
  }
}

function readFindNode(): KrpcQuery | KrpcError {
  const target = fields.id(Field.target);
  return target === undefined ? faults.target : { method: "find_node", target };
}

function readGetPeers(): KrpcQuery | KrpcError {
  const target = fields.id(Field.infoHash);
  if (target === undefined) return faults.infoHash;
  return { method: "get_peers", target, ...(isOne(Field.scrape) && { wantsScrape: true }) };
}

function readAnnouncePeer(): KrpcQuery | KrpcError {
  const target = fields.id(Field.infoHash);
  if (target === undefined) return faults.infoHash;
  const token = readToken();
  if (token === undefined) return faults.token;
  const isPortImplied = (fields.integer(Field.impliedPort) ?? 0) !== 0;
  const port = fields.integer(Field.port) ?? 0;
  const isSound = port >= 1 && port <= highestPort;
  if (!isSound && !isPortImplied) return faults.port;
  const seed = isOne(Field.seed) && { isSeed: true };
  return {
    method: "announce_peer",
    target,
    port: isSound ? port : 0,
    isPortImplied,
    ...seed,
    token,
  };
}

/** A flag of BEP 33: no value but 1 counts. */
function isOne(field: Field): boolean {
  return fields.integer(field) === 1;
}

function readGet(): KrpcQuery | KrpcError {
  const target = fields.id(Field.target);
  if (target === undefined) return faults.target;
  if (!fields.has(Field.sequence)) return { method: "get", target };
  const sequence = readSequence(Field.sequence);
  return sequence === undefined ? faults.sequence : { method: "get", target, sequence };
}

function readPut(): KrpcQuery | KrpcError {
  const token = readToken();
  if (token === undefined) return faults.token;
  const item = readItem();
  if ("code" in item) return item;
  if (!fields.has(Field.cas)) return { method: "put", token, item };
  const cas = readSequence(Field.cas);
  return cas === undefined ? faults.cas : { method: "put", token, item, cas };
}

/** An item is mutable when it has a key, a signature or a sequence number, and then needs all three. */
function readItem(): StoredItem | KrpcError {
  if (!fields.has(Field.value)) return faults.value;
  if (fields.encodedBytes(Field.value) > itemLimits.maxValueBytes) return faults.valueTooLong;
  if (!fields.isValueSorted) return faults.value;
  const isMutable =
    fields.has(Field.publicKey) || fields.has(Field.signature) || fields.has(Field.sequence);
  if (!isMutable) return { kind: "immutable", value: fields.encoded(Field.value) };
  if (fields.has(Field.salt) && fields.stringBytes(Field.salt) < 0) return faults.salt;
  if (fields.stringBytes(Field.salt) > itemLimits.maxSaltBytes) return faults.saltTooLong;
  const publicKey = fields.string(Field.publicKey, publicKeyBytes, publicKeyBytes);
  if (publicKey === undefined) return faults.key;
  const signature = fields.string(Field.signature, signatureBytes, signatureBytes);
  if (signature === undefined) return faults.signature;
  const sequence = readSequence(Field.sequence);
  if (sequence === undefined) return faults.sequence;
  const salt = fields.string(Field.salt, 0, itemLimits.maxSaltBytes) ?? noBytes;
  const value = fields.encoded(Field.value);
  return { kind: "mutable", value, publicKey, salt, sequence, signature };
}

function readUnknown(): UnknownQuery | KrpcError {
  const target = fields.id(Field.target) ?? fields.id(Field.infoHash);
  return target === undefined ? faults.methodUnknown : { method: "unknown", target };
}

function readResponse(transaction: Uint8Array): KrpcResponse | undefined {
  if (!fields.isDictionary(Field.answer)) return undefined;
  const id = fields.id(Field.id);
  if (id === undefined) return undefined;
  const item = fields.has(Field.value) ? readItem() : undefined;
  const count = fields.openList(Field.values);
  const answer: KrpcAnswer = {
    id,
    nodes: readList(Field.nodes, compactNodeBytes[4]),
    nodes6: readList(Field.nodes6, compactNodeBytes[6]),
    values: readValues(count, compact4Bytes),
    values6: readValues(count, compact6Bytes),
    ...readScrape(),
    token: readToken(),
    item: item !== undefined && "code" in item ? undefined : item,
    sequence: readSequence(Field.sequence),
  };
  return { kind: "response", transaction, version: readVersion(), answer, ip: readIp() };
}

/** One filter alone, or one of another length, counts as none. */
function readScrape(): Pick<KrpcAnswer, "scrape"> {
  const seeds = fields.string(Field.seedFilter, bloomFilterBytes, bloomFilterBytes);
  const leechers = fields.string(Field.leecherFilter, bloomFilterBytes, bloomFilterBytes);
  return seeds === undefined || leechers === undefined ? {} : { scrape: { seeds, leechers } };
}

function readError(transaction: Uint8Array): KrpcErrorMessage {
  const count = fields.openList(Field.error);
  const code = count > 0 ? (fields.itemInteger(0) ?? 0) : 0;
  const messageBytes = count > 1 ? fields.itemBytes(1) : 0;
  const message = new Uint8Array(Math.min(Math.max(0, messageBytes), krpcLimits.maxErrorBytes));
  if (message.length > 0) fields.copyItem(1, message.length, message, 0);
  return { kind: "error", transaction, version: readVersion(), code, message, ip: readIp() };
}

function readVersion(): Uint8Array | undefined {
  return fields.string(Field.version, versionBytes, versionBytes);
}

function readToken(): Uint8Array | undefined {
  return fields.string(Field.token, 1, krpcLimits.maxTokenBytes);
}

function readSequence(field: Field): bigint | undefined {
  const sequence = fields.longInteger(field);
  return sequence !== undefined && sequence <= itemLimits.maxSequence ? sequence : undefined;
}

/** A list of a wrong length counts as absent. */
function readList(field: Field, entryBytes: number): Uint8Array | undefined {
  const lengthBytes = fields.stringBytes(field);
  if (lengthBytes <= 0 || lengthBytes % entryBytes !== 0) return undefined;
  return fields.string(field, 0, krpcLimits.maxBytes);
}

/**
 * Joins the peers of one family. A list may have both (BEP 32); other entries are left out.
 *
 * @param count Count of the open list.
 */
function readValues(count: number, entryBytes: number): Uint8Array | undefined {
  let peers = 0;
  for (let i = 0; i < count; i++) if (fields.itemBytes(i) === entryBytes) peers += 1;
  if (peers === 0) return undefined;
  const values = new Uint8Array(peers * entryBytes);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (fields.itemBytes(i) !== entryBytes) continue;
    fields.copyItem(i, entryBytes, values, at);
    at += entryBytes;
  }
  return values;
}

function readWant(family: AddressFamily): readonly AddressFamily[] {
  const count = fields.openList(Field.want);
  let wants4 = false;
  let wants6 = false;
  for (let i = 0; i < count; i++) {
    const wanted = fields.findItem(i, families);
    wants4 ||= wanted === 4;
    wants6 ||= wanted === 6;
  }
  if (wants4 && wants6) return bothFamilies;
  return wants4 || wants6 ? onlyFamily[wants4 ? 4 : 6] : onlyFamily[family];
}

function readIp(): PeerAddress | undefined {
  const ip = fields.string(Field.ip, compact4Bytes, compact6Bytes);
  if (ip?.length === compact4Bytes) return decodeCompact4(ip)[0];
  return ip?.length === compact6Bytes ? decodeCompact6(ip)[0] : undefined;
}
