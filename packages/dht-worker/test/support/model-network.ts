// A network of nodes as plain data, whose routing tables are full: each bucket of a node has eight nodes, or all there are.

import type { Random } from "@troupe/actor-runtime";
import {
  commonPrefixBits,
  compareDistance,
  nodeIdFrom,
  secureNodeId,
  type Contact,
  type NodeId,
} from "@troupe/protocol/dht";
import type { LookUpNode } from "../../src/look-up/look-up-node.ts";
import { branches, mostAsked, mostFurther, type LookUp } from "../../src/look-up/look-up.ts";

/** Bucket size of the model. */
const bucketSize = 8;

export type Behaviour = "answers" | "late" | "dead" | "lies";

export interface ModelNode extends Contact {
  behaviour: Behaviour;
  /** Nodes that it knows. */
  readonly known: Contact[];
}

export function randomId(random: Random): NodeId {
  return nodeIdFrom(random.bytes(20));
}

/** An address of its own /24. */
export function hostAt(index: number): string {
  return `${20 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.7`;
}

/** @param isFitting Whether ids fit the addresses (BEP 42); undefined: of half of the nodes. */
export function makeNodes(
  random: Random,
  count: number,
  isFitting: boolean | undefined,
): ModelNode[] {
  return Array.from({ length: count }, (_, index) => {
    const host = hostAt(index);
    const fits = isFitting ?? random.integer(2) === 0;
    const id = fits ? secureNodeId(host, (length) => random.bytes(length)) : randomId(random);
    return { id, host, port: 6881, behaviour: "answers", known: [] };
  });
}

export class ModelNetwork {
  readonly nodes: readonly ModelNode[];
  readonly #random: Random;
  readonly #byAddress: Map<string, ModelNode>;

  constructor(random: Random, nodes: readonly ModelNode[]) {
    this.nodes = nodes;
    this.#random = random;
    this.#byAddress = new Map(nodes.map((node) => [`${node.host} ${node.port}`, node]));
    const order = shuffled(random, nodes);
    for (const node of nodes) this.#fillTable(node, order);
  }

  at({ host, port }: { readonly host: string; readonly port: number }): ModelNode | undefined {
    return this.#byAddress.get(`${host} ${port}`);
  }

  nearest(target: NodeId, count: number, among: readonly Contact[] = this.nodes): Contact[] {
    return among.toSorted((a, b) => compareDistance(target, a.id, b.id)).slice(0, count);
  }

  some(count: number): Contact[] {
    return shuffled(this.#random, this.nodes).slice(0, count);
  }

  /** The eight nodes that an honest node names, or that a liar makes up near the target, in networks of its choice. */
  namedBy(node: ModelNode, target: NodeId): Contact[] {
    if (node.behaviour !== "lies") return this.nearest(target, bucketSize, node.known);
    return Array.from({ length: 60 }, () => {
      const id = new Uint8Array(target);
      id.set(this.#random.bytes(10), 10);
      const victim = this.nodes[this.#random.integer(this.nodes.length)];
      const host = victim === undefined ? hostAt(1) : victim.host.replace(/\d+$/, "200");
      const isMisnamed = this.#random.integer(3) === 0;
      return {
        id: nodeIdFrom(id),
        host: isMisnamed && victim !== undefined ? victim.host : host,
        port: 6881,
      };
    });
  }

  #fillTable(node: ModelNode, order: readonly ModelNode[]): void {
    const sizes = new Map<number, number>();
    const start = this.#random.integer(order.length);
    for (const other of [...order.slice(start), ...order.slice(0, start)]) {
      if (other === node) continue;
      const bucket = commonPrefixBits(node.id, other.id);
      const size = sizes.get(bucket) ?? 0;
      if (size >= bucketSize) continue;
      sizes.set(bucket, size + 1);
      node.known.push(other);
    }
  }
}

/** The course of a look-up in a network. */
export interface Course {
  readonly asked: readonly Contact[];
  /** A rule of look-ups that was broken. */
  readonly broken: string | undefined;
}

/**
 * Runs a look-up to its end. Answers come in random order; dead nodes are silent, then failed; late ones answer after
 * they were silent.
 */
export function runLookUp(lookUp: LookUp, network: ModelNetwork, random: Random): Course {
  const waiting: LookUpNode[] = [];
  const silent: LookUpNode[] = [];
  const asked: Contact[] = [];
  let broken: string | undefined;
  const askAll = (): void => {
    for (let one = lookUp.next(); one !== undefined; one = lookUp.next()) {
      if (asked.some(({ host, port }) => host === one.host && port === one.port))
        broken ??= `${one.host} asked twice`;
      waiting.push(one);
      asked.push({
        id: one.id ?? network.nodes[0]?.id ?? lookUp.target,
        host: one.host,
        port: one.port,
      });
    }
    if (waiting.length > branches) broken ??= `${waiting.length} nodes asked at once`;
    if (asked.length > mostAsked) broken ??= `${asked.length} nodes asked`;
    if (lookUp.furtherCount > mostFurther) broken ??= `${lookUp.furtherCount} further nodes`;
  };
  const answer = (one: LookUpNode): void => {
    const node = network.at(one);
    if (node === undefined || node.behaviour === "dead") return lookUp.failed(one);
    lookUp.answered(one, {
      id: node.id,
      nodes: network.namedBy(node, lookUp.target),
      token: Uint8Array.of(1),
    });
  };
  askAll();
  while (!lookUp.isEnded) {
    const at = random.integer(waiting.length + silent.length);
    const [fresh] = at < waiting.length ? waiting.splice(at, 1) : [];
    const [quiet] = fresh === undefined ? silent.splice(at - waiting.length, 1) : [];
    const behaviour = fresh && (network.at(fresh)?.behaviour ?? "dead");
    if (fresh !== undefined && (behaviour === "dead" || behaviour === "late")) {
      lookUp.silent(fresh);
      silent.push(fresh);
    } else {
      const one = fresh ?? quiet;
      if (one === undefined) return { asked, broken: "a look-up waits for nothing" };
      answer(one);
    }
    askAll();
  }
  return { asked, broken };
}

function shuffled<Value>(random: Random, values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
