// A node that speaks KRPC and lies.

import type { Address, DatagramSocket } from "@troupe/actor-runtime";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";
import {
  decodeKrpc,
  encodeNodes,
  encodeQuery,
  encodeResponse,
  type Contact,
  type KrpcAnswer,
  type KrpcQueryMessage,
  type NodeId,
} from "@troupe/protocol/dht";
import { dhtPort } from "./dht-node.ts";

/** From one query to the next: below the rate at which nodes ignore an address. */
const visitPeriodMs = 4_000;
const tokenOfLies = Uint8Array.of(1, 2, 3, 4);

/** The lies of a node. */
export interface HostileScript {
  /** The id that it claims; without a target, in a query or in the answer to a ping. */
  idFor(target: NodeId | undefined): NodeId;
  nodesFor(target: NodeId): readonly Contact[];
  /** Peers, 6 bytes each. */
  peersFor(target: NodeId): Uint8Array;
  /** The host that is asked next, so that it hears of the liar. */
  nextVisit(): string;
  /** The id of a node that answered. */
  learned?(id: NodeId): void;
}

/** Runs from `start` to the end of the world. */
export class HostileNode {
  readonly host: string;
  readonly #machine: SimulatedMachine;
  readonly #script: HostileScript;
  #transactions = 0;
  #socket: DatagramSocket | undefined;

  constructor(machine: SimulatedMachine, script: HostileScript) {
    this.#machine = machine;
    this.#script = script;
    this.host = machine.addresses[0] ?? "";
  }

  async start(): Promise<void> {
    const { datagrams, timers, random } = this.#machine.ports("liar");
    this.#socket = await datagrams.bind(
      { host: this.host, port: dhtPort },
      { received: (bytes, from) => this.#receive(bytes, from) },
    );
    timers.after(random.next() * visitPeriodMs, () => {
      timers.every(visitPeriodMs, () => this.#visit());
    });
  }

  #visit(): void {
    const id = this.#script.idFor(undefined);
    this.#transactions = (this.#transactions + 1) % 65_536;
    const transaction = Uint8Array.of(this.#transactions >> 8, this.#transactions & 255);
    const query = { method: "find_node", target: id } as const;
    const bytes = encodeQuery(transaction, id, query);
    this.#socket?.send(bytes, { host: this.#script.nextVisit(), port: dhtPort });
  }

  #receive(bytes: Uint8Array, from: Address): void {
    const message = decodeKrpc(bytes, 4);
    if (message?.kind === "response") this.#script.learned?.(message.answer.id);
    if (message?.kind === "query") this.#socket?.send(this.#answer(message, from), from);
  }

  #answer({ transaction, query }: KrpcQueryMessage, to: Address): Uint8Array {
    const target = "target" in query ? query.target : undefined;
    const id = this.#script.idFor(target);
    const encode = (answer: KrpcAnswer): Uint8Array =>
      encodeResponse(transaction, answer, { family: 4, to });
    if (target === undefined) return encode({ id });
    const nodes = encodeNodes(this.#script.nodesFor(target), 4);
    if (query.method !== "get_peers") return encode({ id, nodes });
    return encode({ id, nodes, values: this.#script.peersFor(target), token: tokenOfLies });
  }
}
