// A node whose every packet is the test's.

import type { Address, DatagramSocket } from "@troupe/actor-runtime";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import {
  decodeKrpc,
  encodeQuery,
  encodeResponse,
  nodeIdFrom,
  type KrpcAnswer,
  type KrpcMessage,
  type KrpcQuery,
  type KrpcQueryMessage,
  type NodeId,
} from "@troupe/protocol/dht";

/** The behaviour of a scripted node. */
export interface Script {
  /** Every byte of its id. */
  readonly byte: number;
  /** The answer to a query; undefined: none. Default: one without nodes. */
  readonly answerOf?: (query: KrpcQueryMessage) => Partial<KrpcAnswer> | undefined;
  /** The address that it tells others as theirs. Default: that of their packets. */
  readonly seen?: string;
}

/** A node on a machine of a simulated world. */
export class ScriptedNode {
  readonly id: NodeId;
  readonly received: KrpcMessage[] = [];
  readonly #script: Script;
  readonly #socket: DatagramSocket;

  private constructor(script: Script, socket: DatagramSocket) {
    this.id = nodeIdFrom(new Uint8Array(20).fill(script.byte));
    this.#script = script;
    this.#socket = socket;
  }

  static async start(
    machine: SimulatedMachine,
    port: number,
    script: Script,
  ): Promise<ScriptedNode> {
    let node: ScriptedNode | undefined;
    const [host = ""] = machine.addresses;
    const { datagrams } = machine.ports("script");
    const received = (bytes: Uint8Array, from: Address): void => node?.take(bytes, from);
    const socket = await datagrams.bind({ host, port }, { received });
    node = new ScriptedNode(script, socket);
    return node;
  }

  ask(query: KrpcQuery, to: Address): void {
    this.sendBytes(encodeQuery(Uint8Array.of(1, 2), this.id, query, {}), to);
  }

  sendBytes(bytes: Uint8Array, to: Address): void {
    this.#socket.send(bytes, to);
  }

  /** A packet has come. */
  take(bytes: Uint8Array, from: Address): void {
    const message = decodeKrpc(bytes, 4);
    if (message === undefined) return;
    this.received.push(message);
    if (message.kind !== "query") return;
    const { answerOf = () => ({}), seen = from.host } = this.#script;
    const answer = answerOf(message);
    if (answer === undefined) return;
    const whole = { id: this.id, ...answer };
    const to = { host: seen, port: from.port };
    this.sendBytes(encodeResponse(message.transaction, whole, { family: 4, to }), from);
  }
}
