// A node that sends queries: one socket with an id, and the token that the target gave it.

import type { Address, DatagramSocket, Ports } from "@troupe/actor-runtime";
import { readUint32, writeUint32 } from "@troupe/protocol/bytes";
import {
  decodeKrpc,
  encodeQuery,
  type KrpcErrorMessage,
  type KrpcQuery,
  type KrpcResponse,
  type NodeId,
} from "@troupe/protocol/dht";

/** A token is asked for again after so long: nodes accept it for five minutes at least. */
const tokenLifeMs = 240_000;
const transactionBytes = 4;

/** Gets the answers to a node's queries. */
export interface NodeAnswers {
  /** @param ask The id that the query was sent with. */
  answered(node: QueryNode, ask: number, answer: KrpcResponse["answer"]): void;
  refused(node: QueryNode, ask: number, error: KrpcErrorMessage): void;
  wrong(label: string): void;
  /** The system did not send a datagram. */
  notSent(reason: string): void;
}

/** Parts of a node. */
interface QueryNodeParts {
  readonly ports: Pick<Ports, "clock" | "datagrams">;
  readonly target: Address;
  readonly family: 4 | 6;
  readonly id: NodeId;
  /** The torrent that it announces itself for. */
  readonly infoHash: NodeId;
  readonly answers: NodeAnswers;
}

type TokenState =
  | { readonly kind: "none" }
  | { readonly kind: "held"; readonly token: Uint8Array; readonly sinceMs: number };

/** Read-only (BEP 43): the target does not fill its routing table with nodes that answer nothing. */
const readOnly = { isReadOnly: true } as const;

// Only for the time of a call.
const transaction = new Uint8Array(transactionBytes);

/** Sends queries, and reads what comes. */
export class QueryNode {
  readonly infoHash: NodeId;
  readonly #parts: QueryNodeParts;
  #token: TokenState = { kind: "none" };
  #socket: DatagramSocket | undefined;

  constructor(parts: QueryNodeParts) {
    this.#parts = parts;
    this.infoHash = parts.infoHash;
  }

  /** @param host Undefined for the system's choice. @throws rejects with the system's code. */
  async bind(host: string | undefined): Promise<void> {
    const any = this.#parts.family === 4 ? "0.0.0.0" : "::";
    this.#socket = await this.#parts.ports.datagrams.bind(
      { host: host ?? any, port: 0 },
      {
        received: (bytes, from) => this.#received(bytes, from),
        notSent: (_, code) => this.#parts.answers.notSent(code),
      },
    );
  }

  /** @returns The token for the node's own torrent; undefined: ask for one. */
  get token(): Uint8Array | undefined {
    if (this.#token.kind === "none") return undefined;
    const ageMs = this.#parts.ports.clock.nowMs() - this.#token.sinceMs;
    return ageMs < tokenLifeMs ? this.#token.token : undefined;
  }

  /** The target has given a token for the node's own torrent. */
  keepToken(token: Uint8Array): void {
    this.#token = { kind: "held", token, sinceMs: this.#parts.ports.clock.nowMs() };
  }

  /** The target has refused the token. */
  dropToken(): void {
    this.#token = { kind: "none" };
  }

  send(ask: number, query: KrpcQuery): void {
    writeUint32(transaction, 0, ask);
    const datagram = encodeQuery(transaction, this.#parts.id, query, readOnly);
    this.#socket?.send(datagram, this.#parts.target);
  }

  close(): void {
    this.#socket?.close();
  }

  #received(bytes: Uint8Array, from: Address): void {
    const { target, family, answers } = this.#parts;
    if (from.port !== target.port || from.host !== target.host) {
      return answers.wrong("from another address");
    }
    const message = decodeKrpc(bytes, family);
    if (message === undefined) return answers.wrong("malformed");
    // The target may ask who we are: a read-only node does not answer.
    if (message.kind === "query" || message.kind === "faulty-query") return;
    if (message.transaction.length !== transactionBytes) {
      return answers.wrong("another transaction");
    }
    const ask = readUint32(message.transaction, 0);
    if (message.kind === "response") answers.answered(this, ask, message.answer);
    else answers.refused(this, ask, message);
  }
}
