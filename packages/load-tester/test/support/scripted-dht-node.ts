// A DHT node of a simulated machine, which can break each rule of tokens.

import type { Address, DatagramSocket, Ports } from "@troupe/actor-runtime";
import {
  decodeKrpc,
  encodeError,
  encodeQuery,
  encodeResponse,
  KrpcErrorCode,
  nodeIdFrom,
  type KrpcAnswer,
  type KrpcQueryMessage,
} from "@troupe/protocol/dht";

const id = nodeIdFrom(new Uint8Array(20).fill(7));

/** A query that came. */
export interface SeenQuery {
  readonly message: KrpcQueryMessage;
  readonly from: Address;
  readonly atMs: number;
}

/** Misbehaviour; the parts that are left out are right. */
export interface DhtFaults {
  readonly givesNoToken?: boolean;
  readonly refusesTokens?: boolean;
  readonly acceptsAnything?: boolean;
  /** Changes a reply. Undefined: no reply. */
  readonly reply?: (bytes: Uint8Array) => Uint8Array | undefined;
  /** Another socket answers. */
  readonly fromElsewhere?: boolean;
  /** It asks the asker, too. */
  readonly asksBack?: boolean;
}

/** Gives a token a sender, and accepts that one alone. */
export class ScriptedDhtNode {
  readonly queries: SeenQuery[] = [];
  faults: DhtFaults = {};
  /** Part of each token: a change makes the tokens before invalid. */
  secret = "a";
  readonly #ports: Ports;
  #socket: DatagramSocket | undefined;
  #other: DatagramSocket | undefined;

  private constructor(ports: Ports) {
    this.#ports = ports;
  }

  static async open(ports: Ports, at: Address): Promise<ScriptedDhtNode> {
    const node = new ScriptedDhtNode(ports);
    const received = (bytes: Uint8Array, from: Address): void => node.#received(bytes, from);
    node.#socket = await ports.datagrams.bind(at, { received });
    node.#other = await ports.datagrams.bind({ ...at, port: at.port + 1 }, { received });
    return node;
  }

  seen(method: string): SeenQuery[] {
    return this.queries.filter(({ message }) => message.query.method === method);
  }

  #received(bytes: Uint8Array, from: Address): void {
    const message = decodeKrpc(bytes, 4);
    if (message?.kind !== "query") return;
    this.queries.push({ message, from, atMs: this.#ports.clock.nowMs() });
    const reply = this.#answer(message, from);
    const changed = this.faults.reply === undefined ? reply : this.faults.reply(reply);
    const socket = this.faults.fromElsewhere === true ? this.#other : this.#socket;
    if (changed !== undefined) socket?.send(changed, from);
    if (this.faults.asksBack === true) {
      this.#socket?.send(encodeQuery(Uint8Array.of(1), id, { method: "ping" }), from);
    }
  }

  #answer({ query, transaction }: KrpcQueryMessage, from: Address): Uint8Array {
    if (query.method === "announce_peer" && !this.#accepts(query.token, from)) {
      const error = { code: KrpcErrorCode.protocol, message: "wrong token" };
      return encodeError(transaction, error, from);
    }
    const token = this.faults.givesNoToken === true ? undefined : this.#tokenOf(from);
    const answer: KrpcAnswer = query.method === "get_peers" ? { id, token } : { id };
    return encodeResponse(transaction, answer, { family: 4, to: from });
  }

  #accepts(token: Uint8Array, from: Address): boolean {
    if (this.faults.acceptsAnything === true) return true;
    if (this.faults.refusesTokens === true) return false;
    return Buffer.compare(token, this.#tokenOf(from)) === 0;
  }

  #tokenOf({ host, port }: Address): Uint8Array {
    return new TextEncoder().encode(`${this.secret} ${host}:${port}`);
  }
}
