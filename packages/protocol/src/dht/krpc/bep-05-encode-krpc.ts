// https://www.bittorrent.org/beps/bep_0005.html: datagrams of our node, their keys in order. With the keys of BEP 32, BEP 33,
// BEP 42, BEP 43 and BEP 44.

import { packAddress } from "../../address/packed-address.ts";
import { ip4Number } from "../../address/ip-address.ts";
import { writeUint16, writeUint32 } from "../../bytes/byte-order.ts";
import { ownIdentity } from "../../client-identity.ts";
import { compact4Bytes, compact6Bytes } from "../../tracker/bep-23-compact-peers.ts";
import type { PeerAddress } from "../../address/peer-address.ts";
import type { AddressFamily } from "../../tracker/bep-15-udp.ts";
import { nodeIdBytes, type NodeId } from "../node-id.ts";
import { fittingParts, sequenceText, stringBytes, type AnswerRoom } from "./answer-room.ts";
import { krpcLimits } from "./krpc-messages.ts";
import type {
  AnnouncePeerQuery,
  KrpcAnswer,
  KrpcError,
  KrpcQuery,
  PutQuery,
} from "./krpc-messages.ts";
import { KrpcWriter } from "./krpc-writer.ts";

/** A key of all messages. */
interface MessageOptions {
  /** `v`, a character a byte; empty: none. Default: that of this program. */
  readonly version?: string | undefined;
}

/** Keys of our queries. */
interface QueryOptions extends MessageOptions {
  /** Default false. */
  readonly isReadOnly?: boolean | undefined;
  /** Families of nodes in the answer. Default: that of the socket, without a `want`. */
  readonly want?: readonly AddressFamily[] | undefined;
}

/** Keys of our answers. */
interface AnswerOptions extends AnswerRoom, MessageOptions {
  /** The sender of the query, who learns its address. */
  readonly to: PeerAddress;
}

// Only for the time of a call.
const writer = new KrpcWriter();

/**
 * @param transaction Ours, 1 to 16 bytes.
 * @param id Ours.
 * @param query Within its bounds; the `want` belongs to `find_node`, `get_peers` and `get`.
 * @returns At most 1,400 bytes in memory that is not written again.
 */
export function encodeQuery(
  transaction: Uint8Array,
  id: NodeId,
  query: KrpcQuery,
  { isReadOnly = false, want, version }: QueryOptions = {},
): Uint8Array {
  writer.start();
  writer.text("d1:ad");
  writeArguments(id, query, want);
  writer.text(methodTexts[query.method]);
  if (isReadOnly) writer.text("2:roi1e");
  writer.field("1:t", transaction);
  writer.text(versionText(version));
  writer.text("1:y1:qe");
  return writer.take(krpcLimits.maxSentItemBytes);
}

const methodTexts = {
  ping: "e1:q4:ping",
  find_node: "e1:q9:find_node",
  get_peers: "e1:q9:get_peers",
  announce_peer: "e1:q13:announce_peer",
  get: "e1:q3:get",
  put: "e1:q3:put",
} as const;

function writeArguments(
  id: NodeId,
  query: KrpcQuery,
  want: readonly AddressFamily[] | undefined,
): void {
  switch (query.method) {
    case "ping":
      return writer.field("2:id", id);
    case "announce_peer":
      return writeAnnouncePeer(id, query);
    case "put":
      return writePut(id, query);
    default:
  }
  writer.field("2:id", id);
  if (query.method === "get" && query.sequence !== undefined) {
    writer.text(sequenceText(query.sequence));
  }
  writer.field(query.method === "get_peers" ? "9:info_hash" : "6:target", query.target);
  if (query.method === "get_peers" && query.wantsScrape === true) writer.text("6:scrapei1e");
  if (want !== undefined) writer.text(wantText(want));
}

function wantText(want: readonly AddressFamily[]): string {
  return `4:wantl${want.includes(4) ? "2:n4" : ""}${want.includes(6) ? "2:n6" : ""}e`;
}

function writeAnnouncePeer(
  id: NodeId,
  { target, port, isPortImplied, isSeed, token }: AnnouncePeerQuery,
): void {
  writer.field("2:id", id);
  if (isPortImplied) writer.text("12:implied_porti1e");
  writer.field("9:info_hash", target);
  writer.text(`4:porti${port}e`);
  if (isSeed === true) writer.text("4:seedi1e");
  writer.field("5:token", token);
}

function writePut(id: NodeId, { token, item, cas }: PutQuery): void {
  if (cas !== undefined) writer.text(`3:casi${cas}e`);
  writer.field("2:id", id);
  if (item.kind === "mutable") {
    writer.field("1:k", item.publicKey);
    if (item.salt.length > 0) writer.field("4:salt", item.salt);
    writer.text(sequenceText(item.sequence));
    writer.field("3:sig", item.signature);
  }
  writer.field("5:token", token);
  writer.encoded("1:v", item.value);
}

/**
 * @param transaction Transaction of the query.
 * @param to The sender of the query.
 * @returns At most 1,024 bytes in memory that is not written again.
 */
export function encodeError(
  transaction: Uint8Array,
  { code, message }: KrpcError,
  to: PeerAddress,
  { version }: MessageOptions = {},
): Uint8Array {
  writer.start();
  writer.text(`d1:eli${code}e${message.length}:${message}e`);
  const ip = compactAddress(to);
  if (ip !== undefined) writer.field("2:ip", ip);
  writer.field("1:t", transaction);
  writer.text(versionText(version));
  writer.text("1:y1:ee");
  return writer.take(krpcLimits.maxSentBytes);
}

/**
 * Writes as much of an answer as there is room for, in this order: the id, the item as a whole, nodes of the asking
 * family, the token (before the nodes where there is an item), both filters, peers, nodes of the other family. Lists are cut after
 * whole entries.
 *
 * @param transaction Transaction of the query.
 * @param answer Only peers of the asking family are sent (BEP 32).
 * @returns Memory that is not written again: at most `maxBytes`, but never less than an answer with the id alone, some
 *   100 bytes.
 */
export function encodeResponse(
  transaction: Uint8Array,
  answer: KrpcAnswer,
  options: AnswerOptions,
): Uint8Array {
  const ip = compactAddress(options.to);
  const version = versionText(options.version);
  const fixedBytes =
    leastBytes +
    version.length +
    stringBytes(transaction) +
    (ip === undefined ? 0 : ipKeyBytes + stringBytes(ip));
  const parts = fittingParts(answer, fixedBytes, options);
  writer.start();
  writer.text("d");
  if (ip !== undefined) writer.field("2:ip", ip);
  writer.text("1:rd");
  writeAnswer(parts);
  writer.text("e");
  writer.field("1:t", transaction);
  writer.text(version);
  writer.text("1:y1:re");
  return writer.take(krpcLimits.maxSentItemBytes);
}

/** Bytes of an answer with an id alone, without the version, the transaction and the address. */
const leastBytes = "d1:rd2:id20:e1:t1:y1:re".length + nodeIdBytes;
const ipKeyBytes = "2:ip".length;

function versionText(version: string = ownIdentity.dhtVersion): string {
  return version === "" ? "" : `1:v${version.length}:${version}`;
}

function writeAnswer(parts: KrpcAnswer): void {
  const { id, nodes, nodes6, values, values6, token, item, scrape } = parts;
  const mutable = item?.kind === "mutable" ? item : undefined;
  const sequence = mutable?.sequence ?? parts.sequence;
  if (scrape !== undefined) {
    writer.field("4:BFpe", scrape.leechers);
    writer.field("4:BFsd", scrape.seeds);
  }
  writer.field("2:id", id);
  if (mutable !== undefined) writer.field("1:k", mutable.publicKey);
  if (nodes !== undefined) writer.field("5:nodes", nodes);
  if (nodes6 !== undefined) writer.field("6:nodes6", nodes6);
  if (sequence !== undefined) writer.text(sequenceText(sequence));
  if (mutable !== undefined) writer.field("3:sig", mutable.signature);
  if (token !== undefined) writer.field("5:token", token);
  if (item !== undefined) writer.encoded("1:v", item.value);
  if (values !== undefined) writer.strings("6:values", values, compact4Bytes);
  if (values6 !== undefined) writer.strings("6:values", values6, compact6Bytes);
}

/** @returns 6 or 18 bytes; undefined for a host that is no address. */
function compactAddress({ host, port }: PeerAddress): Uint8Array | undefined {
  const ip4 = ip4Number(host);
  if (ip4 !== undefined) {
    const bytes = new Uint8Array(compact4Bytes);
    writeUint16(bytes, writeUint32(bytes, 0, ip4), port);
    return bytes;
  }
  const ip = packAddress(host);
  if (ip === undefined) return undefined;
  const bytes = new Uint8Array(ip.length + 2);
  bytes.set(ip);
  writeUint16(bytes, ip.length, port);
  return bytes;
}
