import {
  decodeKrpc,
  encodeNodes,
  encodeQuery,
  type KrpcAnswer,
  type KrpcMessage,
  type KrpcQuery,
  nodeIdFrom,
  type NodeId,
} from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";

import { answerQuery, type ServedTable, type Serving } from "../../src/node/queries.ts";
import { type AnswerBounds, AnswerBudget } from "../../src/serving/answer-budget.ts";
import { ProvenAddresses } from "../../src/serving/proven-addresses.ts";
import { senderOf } from "../../src/serving/sender.ts";
import { Tokens } from "../../src/serving/tokens.ts";
import { ItemStore } from "../../src/stores/item-store.ts";
import { PeerStore } from "../../src/stores/peer-store.ts";
import { nodePorts } from "./node-ports.ts";

/** An id of equal bytes. */
export function idOf(byte: number): NodeId {
  return nodeIdFrom(new Uint8Array(20).fill(byte));
}

const lifted: AnswerBounds = { bytesPerSecond: Infinity, unprovenBytesPerSecond: Infinity };
const transaction = Uint8Array.of(0x61, 0x62);

/** How a query is sent. */
export interface Asking {
  readonly host?: string;
  readonly port?: number;
  readonly nowMs?: number;
  readonly want?: readonly AddressFamily[];
}

/** The state of a node, whose tables have eight nodes each, and the senders that query it. */
export class QueryScene {
  readonly serving: Serving;

  constructor(bounds: AnswerBounds = lifted) {
    const tables = { 4: tableOf(4), 6: tableOf(6) };
    this.serving = {
      tableOf: (family) => tables[family],
      tokens: new Tokens(nodePorts()),
      peers: new PeerStore(),
      items: new ItemStore(),
      proven: new ProvenAddresses(),
      budget: new AnswerBudget(bounds),
      random: { next: () => 0 },
    };
  }

  /** @returns The length of the query, and of the answer with its datagram. */
  askBytes(
    query: KrpcQuery | Uint8Array,
    { host = "203.0.113.7", port = 6_881, nowMs = 0, want }: Asking = {},
  ): { readonly questionBytes: number; readonly answer: Uint8Array | undefined } {
    const bytes =
      query instanceof Uint8Array ? query : encodeQuery(transaction, idOf(9), query, { want });
    const message = decodeKrpc(bytes, host.includes(":") ? 6 : 4);
    if (message?.kind !== "query" && message?.kind !== "faulty-query") {
      throw new Error("bug: the scene asks without a query");
    }
    const sender = senderOf(host, port);
    const answer = answerQuery(this.serving, message, sender, bytes.length, nowMs);
    return { questionBytes: bytes.length, answer };
  }

  /** @returns The decoded answer; undefined without. */
  ask(query: KrpcQuery | Uint8Array, asking: Asking = {}): KrpcMessage | undefined {
    const { answer } = this.askBytes(query, asking);
    return answer === undefined
      ? undefined
      : decodeKrpc(answer, asking.host?.includes(":") === true ? 6 : 4);
  }

  /** @returns The values of an answer that is no error. */
  answer(query: KrpcQuery, asking: Asking = {}): KrpcAnswer {
    const message = this.ask(query, asking);
    if (message?.kind !== "response") throw new Error(`no answer: ${JSON.stringify(message)}`);
    return message.answer;
  }

  /** @returns The code of an error; undefined for another answer, or none. */
  errorCode(query: KrpcQuery | Uint8Array, asking: Asking = {}): number | undefined {
    const message = this.ask(query, asking);
    return message?.kind === "error" ? message.code : undefined;
  }
}

/** Ids 0x41 or 0x61 and up, addresses of the internet. */
function tableOf(family: AddressFamily): ServedTable {
  const first = family === 4 ? 0x41 : 0x61;
  const nodes = Array.from({ length: 8 }, (_, at) => {
    const host = family === 4 ? `198.51.100.${at + 1}` : `2001:db8:${at + 1}::1`;
    return { compact: encodeNodes([{ id: idOf(first + at), host, port: 6_881 }], family) };
  });
  return { id: idOf(family), nearest: (_target, count) => nodes.slice(0, count) };
}
