// A DHT node in the test's process that answers every query, and remembers who has asked.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import {
  decodeKrpc,
  encodeResponse,
  nodeIdFrom,
  nodeIdHex,
  type KrpcQueryMessage,
  type NodeId,
} from "@troupe/protocol/dht";
import type { PeerAddress } from "@troupe/protocol/address";

const token = Uint8Array.of(1, 2, 3, 4);

/** A query that came. */
export interface HeardQuery extends PeerAddress {
  /** The asker's, as hexadecimal digits. */
  readonly id: string;
}

/** It knows no other node. */
export class AnsweringNode implements AsyncDisposable {
  readonly heard: HeardQuery[] = [];
  readonly #id: NodeId = nodeIdFrom(randomBytes(20));
  readonly #socket: Socket;
  readonly #listeners = new Set<() => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (bytes, { address: host, port }) => this.#receive(bytes, { host, port }));
  }

  /** Opens a socket at 127.0.0.1. */
  static async open(): Promise<AnsweringNode> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new AnsweringNode(socket);
  }

  get address(): PeerAddress {
    const { address, port } = this.#socket.address();
    return { host: address, port };
  }

  /** Settles with the next query. */
  async nextQuery(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.add(resolve);
    await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }

  #receive(bytes: Uint8Array, from: PeerAddress): void {
    const message = decodeKrpc(bytes, 4);
    if (message?.kind !== "query") return;
    this.heard.push({ ...from, id: nodeIdHex(message.id) });
    this.#socket.send(this.#answer(message, from), from.port, from.host);
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  #answer({ transaction, query }: KrpcQueryMessage, to: PeerAddress): Uint8Array {
    const nodes = new Uint8Array(0);
    const found = query.method === "get_peers" ? { nodes, token } : { nodes };
    const answer = "target" in query ? { id: this.#id, ...found } : { id: this.#id };
    return encodeResponse(transaction, answer, { family: 4, to });
  }
}
