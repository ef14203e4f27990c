import { bencodeLimits, decodePrefix } from "@troupe/protocol/bencode";
import {
  compactNodeBytes,
  decodeKrpc,
  decodeNodes,
  encodeError,
  encodeQuery,
  encodeResponse,
  itemLimits,
  itemTarget,
  krpcLimits,
  nodeIdFrom,
  type KrpcAnswer,
  type KrpcMessage,
  type StoredItem,
} from "@troupe/protocol/dht";
import { compact4Bytes, compact6Bytes, type AddressFamily } from "@troupe/protocol/tracker";

import { countedReads } from "../../../packages/protocol/test/support/counted-reads.ts";
import { bencoded } from "../engine/bencode-tree.ts";
import { bytesOf, joined } from "../engine/mutate-bytes.ts";
import { bencodeMutator } from "../engine/mutate-bencode.ts";
import { hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const id = bytesOf("abcdefghij0123456789");
const target = bytesOf("mnopqrstuvwxyz123456");
const to = { host: "203.0.113.1", port: 6_881 };
/** Counting takes fifty times as long as reading. */
const countedOneIn = 16;
const codes = [203, 204, 205, 207];

const query = (method: string, args: object): Uint8Array =>
  bencoded({ a: { id, ...args }, q: method, t: "TTTT", v: "LT01", y: "q" });
const response = (values: object): Uint8Array =>
  bencoded({ ip: bytesOf("123456"), r: { id, ...values }, t: "TTTT", y: "r" });

/** Messages of each kind. Transactions are `TTTT`, and tokens `KKKKKKKK`. */
export function krpcSeeds(): Uint8Array[] {
  return [
    query("ping", {}),
    query("find_node", { target, want: ["n4", "n6"] }),
    query("get_peers", { info_hash: target }),
    query("get_peers", { info_hash: target, scrape: 1 }),
    query("announce_peer", { info_hash: target, port: 1, seed: 1, token: "KKKKKKKK" }),
    response({ BFpe: new Uint8Array(256), BFsd: new Uint8Array(256), token: "KKKKKKKK" }),
    query("announce_peer", { implied_port: 1, info_hash: target, port: 6_881, token: "KKKKKKKK" }),
    query("get", { seq: 1, target }),
    query("put", { token: "KKKKKKKK", v: { a: [1, "x"], b: {} } }),
    query("put", {
      ...{ cas: 1, k: new Uint8Array(32), salt: "s", seq: 2 },
      ...{ sig: new Uint8Array(64), token: "KKKKKKKK", v: "x" },
    }),
    query("sample_infohashes", { target }),
    query("vote", {}),
    response({ nodes: new Uint8Array(52), nodes6: new Uint8Array(38), token: "KKKKKKKK" }),
    response({ values: ["123456", "123456789012345678"] }),
    response({ k: new Uint8Array(32), seq: 2, sig: new Uint8Array(64), v: { a: 1 } }),
    bencoded({ e: [203, "bad token"], t: "TTTT", y: "e" }),
    bytesOf("d1:ad2:id2:xye1:q4:ping2:roi1e1:t4:TTTT1:y1:qe"),
  ];
}

/** Datagrams to a node of the DHT. The first byte gives the address family. */
export const krpc: FuzzTarget = {
  name: "krpc",
  oracle:
    "dropped, or a message within its bounds that is read again as it was written; sound bencode for each reader; its bytes looked at twice at most",
  sources: ["protocol/src/dht"],
  seeds: () => krpcSeeds().map((bytes, place) => joined([place % 2 === 0 ? 4 : 6], bytes)),
  mutate: familyFirst(
    bencodeMutator({
      keys: [
        ..."a|e|ip|q|r|ro|t|v|y|cas|id|implied_port|info_hash|k|nodes|nodes6|port|salt|seq|sig".split(
          "|",
        ),
        ..."target|token|values|want|z".split("|"),
      ],
      strings: [
        ..."q|r|e|aa|ping|find_node|get_peers|announce_peer|get|put|n4|n6|x".split("|"),
        ...[6, 18, 20, 26, 32, 38, 64, 65, 200, 1_000].map((length) => new Uint8Array(length)),
      ],
    }),
  ),
  maxBytes: 1_600,
  run(input) {
    const family: AddressFamily = ((input[0] ?? 0) & 2) === 0 ? 4 : 6;
    const datagram = input.subarray(1);
    const message = decodeKrpc(datagram, family);
    if (datagram.length % countedOneIn === 0) holdReads(datagram, family);
    if (message === undefined) return;
    holdSyntax(datagram);
    holdMessage(message);
    holdWritten(message, family);
  },
};

function holdReads(datagram: Uint8Array, family: AddressFamily): void {
  const { bytes, reads } = countedReads(datagram);
  decodeKrpc(bytes, family);
  hold(reads() <= 2 * datagram.length + 16, () => `${reads()} bytes looked at`);
}

function familyFirst(mutate: FuzzTarget["mutate"]): FuzzTarget["mutate"] {
  return (input, means) => {
    const family = means.random.oneIn(8) ? 4 + 2 * means.random.below(2) : (input[0] ?? 4);
    const inner = { ...means, other: means.other.subarray(1), maxBytes: means.maxBytes - 1 };
    return joined([family], mutate(input.subarray(1), inner));
  };
}

/** Only duplicates of keys that mean nothing are not refused. */
function holdSyntax(datagram: Uint8Array): void {
  try {
    const { end } = decodePrefix(datagram, bencodeLimits.krpc);
    hold(end === datagram.length, "bytes after the message");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    hold(code === "bencode-duplicate-key", () => `no bencode: ${String(error)}`);
  }
}

function holdMessage(message: KrpcMessage): void {
  const { transaction, version } = message;
  hold(transaction.length >= 1 && transaction.length <= 32, "a transaction out of bounds");
  hold(version === undefined || version.length === 4, "a version out of bounds");
  switch (message.kind) {
    case "faulty-query":
      return hold(codes.includes(message.error.code), "another code");
    case "error":
      return hold(message.code >= 0 && message.message.length <= 200, "an error out of bounds");
    case "response":
      return holdAnswer(message.answer);
    case "query":
  }
  const { query } = message;
  hold(message.id.length === 20 && message.want.length > 0, "a query out of bounds");
  if ("target" in query) hold(query.target.length === 20, "a target out of bounds");
  if ("token" in query) hold(query.token.length >= 1 && query.token.length <= 64, "a token");
  if (query.method === "announce_peer") {
    const { port, isPortImplied } = query;
    hold(Number.isInteger(port) && port <= 65_535 && port >= (isPortImplied ? 0 : 1), "a port");
  }
  if (query.method === "put") holdItem(query.item);
}

function holdAnswer({ id, nodes, nodes6, values, values6, token, item }: KrpcAnswer): void {
  hold(id.length === 20, "an id out of bounds");
  for (const [list, entryBytes] of [
    [nodes, compactNodeBytes[4]],
    [nodes6, compactNodeBytes[6]],
    [values, compact4Bytes],
    [values6, compact6Bytes],
  ] as const) {
    hold(list === undefined || (list.length > 0 && list.length % entryBytes === 0), "a list");
  }
  if (nodes !== undefined) decodeNodes(nodes, 4);
  if (nodes6 !== undefined) decodeNodes(nodes6, 6);
  hold(token === undefined || (token.length >= 1 && token.length <= 64), "a token");
  if (item !== undefined) holdItem(item);
}

function holdItem(item: StoredItem): void {
  const { maxValueBytes, maxSaltBytes, maxSequence } = itemLimits;
  hold(item.value.length <= maxValueBytes, "a value out of bounds");
  const { end, hasUnsortedKeys } = decodePrefix(item.value, bencodeLimits.krpc);
  hold(end === item.value.length && !hasUnsortedKeys, "a value that is not sorted bencode");
  hold(itemTarget(item).length === 20, "a target out of bounds");
  if (item.kind === "immutable") return;
  const { publicKey, signature, salt, sequence } = item;
  hold(publicKey.length === 32 && signature.length === 64, "a key out of bounds");
  hold(salt.length <= maxSaltBytes && sequence >= 0n && sequence <= maxSequence, "an item");
}

/** A message that we write is read back alike, within the bounds of sent messages. */
function holdWritten(message: KrpcMessage, family: AddressFamily): void {
  const { transaction } = message;
  const own = nodeIdFrom(target);
  if (message.kind === "faulty-query") {
    const written = encodeError(transaction, message.error, to);
    return hold(decodeKrpc(written, family)?.kind === "error", "an error that is not read");
  }
  if (message.kind === "response") {
    const written = encodeResponse(transaction, message.answer, { family, to });
    hold(written.length <= krpcLimits.maxSentItemBytes, "a long answer");
    const again = encodeAgain(written, transaction, family);
    hold(sameBytes(written, again), "an answer that is written otherwise");
  }
  if (message.kind !== "query" || message.query.method === "unknown") return;
  if (message.query.method === "put" && transaction.length > 16) return;
  const { isReadOnly, want } = message;
  const written = encodeQuery(transaction, own, message.query, { isReadOnly, want });
  const read = decodeKrpc(written, family);
  hold(read?.kind === "query", "a query that is not read");
  const again = encodeQuery(transaction, own, read.query as typeof message.query, {
    ...{ isReadOnly: read.isReadOnly, want },
  });
  hold(sameBytes(written, again), "a query that is written otherwise");
}

function encodeAgain(
  written: Uint8Array,
  transaction: Uint8Array,
  family: AddressFamily,
): Uint8Array {
  const read = decodeKrpc(written, family);
  hold(read?.kind === "response", "an answer that is not read");
  return encodeResponse(transaction, read.answer, { family, to });
}
