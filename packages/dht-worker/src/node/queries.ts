// The answers to the queries of others: BEP 5, BEP 32, BEP 33, BEP 42, BEP 44.

import type { Random } from "@troupe/actor-runtime";
import { copyBytes } from "@troupe/protocol/bytes";
import {
  type AnnouncePeerQuery,
  compactNodeBytes,
  encodeError,
  encodeResponse,
  type GetPeersQuery,
  type GetQuery,
  itemTarget,
  type KrpcAnswer,
  type KrpcError,
  KrpcErrorCode,
  type KrpcFaultyQuery,
  type KrpcQueryMessage,
  type NodeId,
  type PutQuery,
} from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";
import type { AnswerBudget } from "../serving/answer-budget.ts";
import type { ProvenAddresses } from "../serving/proven-addresses.ts";
import type { Sender } from "../serving/sender.ts";
import type { Tokens } from "../serving/tokens.ts";
import type { ItemStore } from "../stores/item-store.ts";
import type { PeerStore } from "../stores/peer-store.ts";

/** Nodes of each family in an answer (BEP 5: K). */
const maxNodes = 8;
/** Peers in an answer: with the nodes of both families they fit into 1,024 bytes. */
const maxPeers = { 4: 48, 6: 17 } as const;

// Only for the time of an answer.
const packedNodes = {
  4: new Uint8Array(maxNodes * compactNodeBytes[4]),
  6: new Uint8Array(maxNodes * compactNodeBytes[6]),
};

/** The routing table of a family, and our id in it. */
export interface ServedTable {
  readonly id: NodeId;
  /** The nearest nodes; with `internetOnly`, those on local addresses are left out. */
  nearest(
    target: NodeId,
    count: number,
    options: { readonly internetOnly: boolean },
  ): readonly ServedNode[];
}

/** A node of a table. */
interface ServedNode {
  /** Compact form of BEP 5 and BEP 32. */
  readonly compact: Uint8Array;
}

/** The state from which queries of both families are answered. */
export interface Serving {
  /** The table of a family with an open socket. */
  readonly tableOf: (family: AddressFamily) => ServedTable | undefined;
  readonly tokens: Tokens;
  readonly peers: PeerStore;
  readonly items: ItemStore;
  readonly proven: ProvenAddresses;
  readonly budget: AnswerBudget;
  readonly random: Pick<Random, "next">;
  /** `v` of messages. Empty: none. Default: that of this program. */
  readonly version?: string | undefined;
}

/** A query at its handler. */
interface Question<Query> {
  readonly serving: Serving;
  /** Ours. */
  readonly id: NodeId;
  readonly query: Query;
  readonly sender: Sender;
  readonly family: AddressFamily;
  readonly want: readonly AddressFamily[];
  readonly nowMs: number;
}

type Reply = KrpcAnswer | KrpcError;
type AnyQuery = KrpcQueryMessage["query"];

const handlers: {
  readonly [Method in AnyQuery["method"]]: (
    question: Question<Extract<AnyQuery, { readonly method: Method }>>,
  ) => Reply;
} = {
  ping: ({ id }) => ({ id }),
  find_node: nearestNodes,
  get_peers: getPeers,
  announce_peer: announcePeer,
  get: getItem,
  put: putItem,
  // A query of a later protocol that names a target still finds its way.
  unknown: nearestNodes,
};

/**
 * Answers a query, and stores what it announces or puts. The caller has counted the query, adds the sender to its table
 * unless the query is read-only, and answers nothing while it is read-only itself.
 *
 * @param questionBytes Length of the datagram.
 * @returns The datagram of the answer; undefined when the bounds allow none.
 */
export function answerQuery(
  serving: Serving,
  message: KrpcQueryMessage | KrpcFaultyQuery,
  sender: Sender,
  questionBytes: number,
  nowMs: number,
): Uint8Array | undefined {
  const { budget, version } = serving;
  const family = sender.host.includes(":") ? 6 : 4;
  const id = serving.tableOf(family)?.id;
  const isProven = serving.proven.isProven(sender.key, nowMs);
  if (id === undefined || !budget.hasRoom(isProven, nowMs)) return undefined;
  const reply =
    message.kind === "faulty-query"
      ? message.error
      : handle({ serving, id, query: message.query, sender, family, want: message.want, nowMs });
  const encode = (maxBytes?: number): Uint8Array =>
    "code" in reply
      ? encodeError(message.transaction, reply, sender, { version })
      : encodeResponse(message.transaction, reply, { family, to: sender, maxBytes, version });
  const whole = encode();
  const maxBytes = budget.admit({ questionBytes, isProven }, whole.length, nowMs);
  const answer = maxBytes < whole.length ? encode(maxBytes) : whole;
  // An error cannot be cut.
  if (answer.length > maxBytes) return undefined;
  return budget.spend(answer.length, nowMs) ? answer : undefined;
}

function handle<Method extends AnyQuery["method"]>(
  question: Question<Extract<AnyQuery, { readonly method: Method }>>,
): Reply {
  return handlers[question.query.method](question);
}

function nearestNodes({
  serving: { tableOf },
  id,
  query: { target },
  sender,
  want,
}: Question<{ readonly target: NodeId }>): KrpcAnswer {
  const options = { internetOnly: sender.addressClass !== "local" };
  const nearest = (family: AddressFamily): Uint8Array | undefined =>
    want.includes(family)
      ? packed(family, tableOf(family)?.nearest(target, maxNodes, options))
      : undefined;
  return { id, nodes: nearest(4), nodes6: nearest(6) };
}

function getPeers(question: Question<GetPeersQuery>): Reply {
  const { serving, id, query, sender, family, nowMs } = question;
  const { nodes, nodes6 } = nearestNodes(question);
  const chance = serving.random.next();
  const peers = serving.peers.sample(query.target, family, maxPeers[family], nowMs, chance);
  return {
    id,
    nodes,
    nodes6,
    token: serving.tokens.issue(sender.host, query.target, nowMs),
    scrape: query.wantsScrape === true ? serving.peers.filters(query.target, nowMs) : undefined,
    values: family === 4 ? peers : undefined,
    values6: family === 6 ? peers : undefined,
  };
}

function announcePeer({ serving, id, query, sender, nowMs }: Question<AnnouncePeerQuery>): Reply {
  if (!isTokenValid(serving, query.token, query.target, sender, nowMs)) return badToken;
  const port = query.isPortImplied ? sender.port : query.port;
  serving.peers.announce(query.target, sender.host, port, nowMs, query.isSeed);
  return { id };
}

function getItem(question: Question<GetQuery>): Reply {
  const { serving, id, query, sender, nowMs } = question;
  const { nodes, nodes6 } = nearestNodes(question);
  const token = serving.tokens.issue(sender.host, query.target, nowMs);
  const item = serving.items.get(query.target, nowMs);
  if (item?.kind !== "mutable") return { id, nodes, nodes6, token, item };
  const { sequence } = item;
  const isKnown = query.sequence !== undefined && sequence <= query.sequence;
  return { id, nodes, nodes6, token, item: isKnown ? undefined : item, sequence };
}

function putItem({ serving, id, query, sender, nowMs }: Question<PutQuery>): Reply {
  const target = itemTarget(query.item);
  if (!isTokenValid(serving, query.token, target, sender, nowMs)) return badToken;
  const terms = { senderKey: sender.key, cas: query.cas };
  return serving.items.put(target, query.item, terms, nowMs) ?? { id };
}

const badToken: KrpcError = { code: KrpcErrorCode.protocol, message: "bad token" };

/** A valid token has reached its sender, so the address is not forged. */
function isTokenValid(
  { tokens, proven }: Serving,
  token: Uint8Array,
  target: NodeId,
  { host, key }: Sender,
  nowMs: number,
): boolean {
  if (!tokens.isValid(token, host, target, nowMs)) return false;
  proven.prove(key, nowMs);
  return true;
}

/** @returns Memory that the next call uses again. */
function packed(
  family: AddressFamily,
  nodes: readonly ServedNode[] | undefined,
): Uint8Array | undefined {
  if (nodes === undefined || nodes.length === 0) return undefined;
  const nodeBytes = compactNodeBytes[family];
  const bytes = packedNodes[family];
  for (let at = 0; at < nodes.length; at++) {
    const compact = nodes[at]?.compact;
    if (compact !== undefined) copyBytes(compact, 0, nodeBytes, bytes, at * nodeBytes);
  }
  return bytes.subarray(0, nodes.length * nodeBytes);
}
