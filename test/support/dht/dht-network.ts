// A DHT of several clients: a network with a node a machine, and machines without a node.

import { createHash } from "node:crypto";
import type { PeerAddress } from "@troupe/protocol/address";
import { Network, type NetworkClient } from "../network.ts";
import { ClientNode } from "./client-node.ts";
import { familiesOf, type DhtKind, type DhtNode } from "./dht-node.ts";
import { dhtAddress, dhtPlaceOn } from "./dht-place.ts";
import { ScriptedNode } from "./scripted-node.ts";

/** Nodes that the others ask first. */
const entryNodes = 3;

/** A machine and the client whose node runs on it. */
type Seat = Pick<DhtNode, "kind" | "machine">;

/** The network and its nodes. */
export class DhtNetwork implements AsyncDisposable {
  /** In the order of their kinds. */
  readonly nodes: readonly DhtNode[];
  /** Machines without a node. */
  readonly freeMachines: readonly NetworkClient[];
  readonly #stack: AsyncDisposableStack;

  private constructor(
    nodes: readonly DhtNode[],
    freeMachines: readonly NetworkClient[],
    stack: AsyncDisposableStack,
  ) {
    this.nodes = nodes;
    this.freeMachines = freeMachines;
    this.#stack = stack;
  }

  /** Starts a node for each kind, on a machine of its own. Each asks the first three, Transmission asks all. */
  static async start(kinds: readonly DhtKind[], freeMachines = 0): Promise<DhtNetwork> {
    await using stack = new AsyncDisposableStack();
    const network = stack.use(await Network.of(kinds.length + freeMachines));
    const seats = network.clients.flatMap((machine, i): Seat[] => {
      const kind = kinds[i];
      return kind === undefined ? [] : [{ kind, machine }];
    });
    const started = seats.map(async (seat) => stack.use(await startNode(seat, seats)));
    const nodes = await Promise.all(started);
    return new DhtNetwork(nodes, network.clients.slice(kinds.length), stack.move());
  }

  /** Addresses of all nodes, IPv4 and IPv6. */
  get addresses(): readonly PeerAddress[] {
    return this.nodes.flatMap(addressesOf);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

async function startNode(seat: Seat, seats: readonly Seat[]): Promise<DhtNode> {
  const { kind, machine } = seat;
  const others = seats.filter((other) => other !== seat);
  // The entry nodes take turns, since aria2 asks only the first one of a family.
  const turn = seats.indexOf(seat) % entryNodes;
  const entries = seats.slice(0, entryNodes);
  const turned = [...entries.slice(turn), ...entries.slice(0, turn)];
  const asked = kind === "Transmission" ? others : turned.filter((other) => other !== seat);
  const place = dhtPlaceOn(machine, asked.flatMap(addressesOf));
  const infoHash = createHash("sha1").update(machine.ip4).digest("hex");
  return kind === "aria2" || kind === "Transmission"
    ? await ClientNode.start(kind, machine, place, infoHash, others.flatMap(addressesOf))
    : await ScriptedNode.start(kind, machine, place, infoHash);
}

function addressesOf({ kind, machine }: Seat): readonly PeerAddress[] {
  return familiesOf(kind).map((family) => dhtAddress(machine, family));
}
