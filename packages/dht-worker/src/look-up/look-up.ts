// A look-up asks the nodes nearest to a target, which name nearer ones, until the nearest have answered (BEP 5). The same
// events in the same order give the same questions: a look-up knows no time, and sends nothing.
//
// It ends at two sets: the eight nearest nodes of all, and the eight nearest whose id fits their address (BEP 42).
// Attackers can have any ids, and so fill the first set; those that fit are few in each network.

import type { DhtEndpoint } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import {
  compareDistance,
  isSameId,
  isSecureNodeId,
  type Contact,
  type NodeId,
} from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { subnetOf } from "../routing/subnet.ts";
import {
  stateAfter,
  type LookUpNode,
  type LookUpNodeEvent,
  type KnownNode,
} from "./look-up-node.ts";
import { Claims } from "./claims.ts";
import { namedNodes } from "./named-nodes.ts";
import { nearestAnswered, nearestSet, setSize, type NearestSet } from "./nearest-set.ts";
import { merged, SortedNodes } from "./sorted-nodes.ts";

/** Nodes that a look-up asks at once. Silent ones do not count. */
export const branches = 5;
/** Nodes behind the first set that are asked while it is open, instead of a time-out later, when one of it is silent. */
export const spareNodes = 2;
/** Nodes that a look-up asks in all. An honest one of a large network needs about forty. */
export const mostAsked = 128;
/** Nodes among {@link mostAsked} that are asked for the second set alone. */
export const mostFurther = 16;
/** Known nodes that fit, and as many that do not. */
const mostKnownNodes = 256;

/** Subject and start of a look-up. */
export interface LookUpOptions {
  readonly target: NodeId;
  /** The family of its nodes. */
  readonly family: AddressFamily;
  /** Nodes that have answered earlier. */
  readonly start: readonly Contact[];
  /** Addresses without a known id, asked while fewer than eight nodes are known. Default: none. */
  readonly seeds?: readonly DhtEndpoint[];
  /** False: no rules about places, and no second set. */
  readonly hasSybilRules: boolean;
  /** Nodes that may be asked: neither filtered nor ourselves. */
  readonly admits: (node: DhtEndpoint & { readonly id?: NodeId }) => boolean;
}

/** Parts of an answer that a look-up reads. */
interface LookUpAnswer {
  /** Id of the node that answers. */
  readonly id: NodeId;
  /** Unchecked. */
  readonly nodes: readonly Contact[];
  readonly token?: Uint8Array | undefined;
}

/** A node that takes an announce or an item. */
export interface StoringNode extends Contact {
  readonly token: Uint8Array;
}

/** The nodes that a look-up has ended at. */
export interface LookUpResult {
  /** The eight nearest nodes of all that answered, the nearest first. */
  readonly nearest: readonly Contact[];
  /** Nodes of both sets, 16 at most. */
  readonly reached: readonly Contact[];
  /** The nodes of both sets that gave a token. */
  readonly storing: readonly StoringNode[];
}

/** One look-up. */
export class LookUp {
  readonly target: NodeId;
  readonly #options: LookUpOptions;
  readonly #fitting: SortedNodes;
  readonly #others: SortedNodes;
  /** The node of each place that was asked last or has answered. */
  readonly #holders = new Map<string, LookUpNode>();
  readonly #claims = new Claims();
  /** Addresses that were asked, which are not asked again. */
  readonly #asked = new Set<string>();
  readonly #seeds: readonly LookUpNode[];
  #inFlight = 0;
  /** With overdue ones. */
  #silent = 0;
  #answered = 0;
  #further = 0;

  constructor(options: LookUpOptions) {
    this.target = options.target;
    this.#options = options;
    this.#fitting = new SortedNodes(options.target, mostKnownNodes);
    this.#others = new SortedNodes(options.target, mostKnownNodes);
    this.#learn(options.start);
    this.#seeds = (options.seeds ?? [])
      .filter((seed) => options.admits(seed))
      .slice(0, mostAsked)
      .map((seed) => this.#node(seed, undefined));
  }

  /** Nodes that were asked. */
  get askedCount(): number {
    return this.#asked.size;
  }

  get answeredCount(): number {
    return this.#answered;
  }

  /** Nodes that were asked for the second set alone. */
  get furtherCount(): number {
    return this.#further;
  }

  /** No node is to be asked, and no answer can change the result. */
  get isEnded(): boolean {
    const first = this.#firstSet();
    if (this.#isOpen(first)) return false;
    if (first.members < setSize && this.#inFlight + this.#silent > 0) return false;
    if (this.#nextOfFirst(first) !== undefined) return false;
    const second = this.#secondSet();
    return !this.#isOpen(second) && this.#nextOfSecond(second) === undefined;
  }

  get result(): LookUpResult {
    const nearest = nearestAnswered(this.#all());
    const both = new Set([...nearest, ...nearestAnswered(this.#fitting)]);
    return {
      nearest: nearest.map(contactOf),
      reached: [...both].map(contactOf),
      storing: [...both].flatMap((node) =>
        node.state.kind === "answered" && node.state.token !== undefined
          ? [{ ...contactOf(node), token: node.state.token }]
          : [],
      ),
    };
  }

  /** @returns A node to ask now, which counts as asked from then on. Undefined: none until the next event. */
  next(): LookUpNode | undefined {
    if (this.#inFlight >= branches) return undefined;
    const first = this.#firstSet();
    const node = this.#nextOfFirst(first) ?? this.#nextSpare(first) ?? this.#takeFurther(first);
    if (node === undefined) return undefined;
    // An address is asked once, by whichever id.
    for (const claimed of this.#claims.take(node)) if (claimed !== node) this.#drop(claimed);
    this.#asked.add(addressKey(node.host, node.port));
    this.#apply(node, { kind: "ask" });
    this.#holders.set(node.place, node);
    this.#inFlight++;
    return node;
  }

  /** The node has answered, perhaps late, and perhaps with another id than others gave it. */
  answered(node: LookUpNode, { id, nodes, token }: LookUpAnswer): void {
    if (!this.#endWait(node)) return;
    this.#answered++;
    const holder = this.#holders.get(node.place);
    const isPlaceFree = holder === node || holder?.state.kind !== "answered";
    this.#apply(node, { kind: "answer", token, isPlaceFree });
    if (isPlaceFree) this.#holders.set(node.place, node);
    if (!isPlaceFree) this.#drop(node);
    else if (node.id === undefined || !isSameId(node.id, id)) this.#rename(node, id);
    this.#learn(namedNodes(nodes, node.host, this.target, this.#options.family));
  }

  /** The node has not answered within its time-out. */
  silent(node: LookUpNode): void {
    if (node.state.kind !== "asked") return;
    this.#apply(node, { kind: "silence" });
    this.#inFlight--;
    this.#silent++;
    this.#release(node);
  }

  /** The silent node has not answered for long: while other nodes are known, the end does not wait for it. */
  overdue(node: LookUpNode): void {
    this.#apply(node, { kind: "delay" });
  }

  /** The node does not answer, or with an error. */
  failed(node: LookUpNode): void {
    if (!this.#endWait(node)) return;
    this.#apply(node, { kind: "failure" });
    this.#release(node);
    this.#drop(node);
  }

  #firstSet(): NearestSet {
    return nearestSet(this.#all(), this.#holders);
  }

  #all(): Iterable<KnownNode> {
    return merged(this.target, this.#fitting, this.#others);
  }

  #secondSet(): NearestSet {
    return nearestSet(this.#fitting, this.#holders);
  }

  /** An answer of a node that was asked can change the set. */
  #isOpen({ asked, silent }: NearestSet): boolean {
    return asked + silent > 0;
  }

  /** The second set keeps its share, however many nodes were named for the first one. */
  #nextOfFirst({ members, unasked }: NearestSet): LookUpNode | undefined {
    if (this.#asked.size - this.#further >= mostAsked - mostFurther) return undefined;
    return unasked ?? (members < setSize ? this.#nextSeed() : undefined);
  }

  #nextSpare(first: NearestSet): LookUpNode | undefined {
    if (!this.#isOpen(first)) return undefined;
    return this.#nextOfFirst(nearestSet(this.#all(), this.#holders, setSize + spareNodes));
  }

  #nextSeed(): LookUpNode | undefined {
    return this.#seeds.find(
      (seed) =>
        !this.#asked.has(addressKey(seed.host, seed.port)) && !this.#holders.has(seed.place),
    );
  }

  #nextOfSecond({ unasked }: NearestSet): LookUpNode | undefined {
    return this.#further < mostFurther ? unasked : undefined;
  }

  /** The second set has its turn when the first one has answered: most of its nodes are in both. */
  #takeFurther(first: NearestSet): LookUpNode | undefined {
    if (first.asked > 0) return undefined;
    const node = this.#nextOfSecond(this.#secondSet());
    if (node !== undefined) this.#further++;
    return node;
  }

  /** @returns Whether the node was asked and waits for its answer. */
  #endWait({ state }: LookUpNode): boolean {
    if (state.kind === "asked") this.#inFlight--;
    else if (state.kind === "silent" || state.kind === "overdue") this.#silent--;
    else return false;
    return true;
  }

  #apply(node: LookUpNode, event: LookUpNodeEvent): void {
    node.state = stateAfter(node.state, event);
  }

  #release(node: LookUpNode): void {
    if (this.#holders.get(node.place) === node) this.#holders.delete(node.place);
  }

  /** Nodes that were named, or are known: unasked from now on. */
  #learn(contacts: readonly Contact[]): void {
    for (const contact of contacts) {
      if (this.#asked.has(addressKey(contact.host, contact.port)) || this.#claims.has(contact))
        continue;
      if (!this.#options.admits(contact)) continue;
      const node = this.#node(contact, contact.id) as KnownNode;
      const rival = this.#claims.rivalOf(node);
      if (rival !== undefined) {
        if (compareDistance(this.target, rival.id, node.id) < 0) continue;
        this.#drop(rival);
      }
      this.#claims.add(node);
      this.#insert(node);
    }
  }

  #node({ host, port }: DhtEndpoint, id: NodeId | undefined): LookUpNode {
    const { hasSybilRules } = this.#options;
    return {
      host,
      port,
      place: (hasSybilRules ? subnetOf(host) : undefined) ?? addressKey(host, port),
      id,
      isFitting: hasSybilRules && id !== undefined && isSecureNodeId(id, host),
      state: { kind: "unasked" },
    };
  }

  #insert(node: KnownNode): void {
    const dropped = this.#listOf(node).add(node);
    if (dropped !== undefined) this.#claims.remove(dropped);
  }

  #drop(node: LookUpNode): void {
    if (isKnown(node)) this.#listOf(node).remove(node);
  }

  #rename(node: LookUpNode, id: NodeId): void {
    this.#drop(node);
    node.id = id;
    node.isFitting = this.#options.hasSybilRules && isSecureNodeId(id, node.host);
    if (isKnown(node)) this.#insert(node);
  }

  #listOf({ isFitting }: LookUpNode): SortedNodes {
    return isFitting ? this.#fitting : this.#others;
  }
}

function isKnown(node: LookUpNode): node is KnownNode {
  return node.id !== undefined;
}

function contactOf({ id, host, port }: KnownNode): Contact {
  return { id, host, port };
}
