import type { DhtEndpoint } from "@troupe/messages";
import type { Contact, NodeId } from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";
import type { LookUpOptions } from "../look-up/look-up.ts";
import { RememberedNodes } from "../look-up/remembered-nodes.ts";
import type { QuestFamily } from "../quests/quest-environment.ts";
import type { Maintenance } from "../upkeep/maintenance.ts";
import { cutOffAfter, type DhtNode } from "./dht-node.ts";
import type { NodeServices } from "./node-services.ts";
import type { Question } from "./question.ts";

/** Nodes of the table, and as many of earlier look-ups, that a look-up begins with. */
const mostStartNodes = 16;
/** So many nodes are a start, whether or not the bootstrap has ended. */
const enoughNodes = 8;

/** A node of one family with its upkeep and its memory, as quests use it. */
export class NodeFamily implements QuestFamily {
  readonly family: AddressFamily;
  readonly node: DhtNode;
  readonly maintenance: Maintenance;
  readonly #services: Pick<NodeServices, "hasSybilRules" | "ipFilter">;
  readonly #remembered = new RememberedNodes();

  constructor(
    services: Pick<NodeServices, "hasSybilRules" | "ipFilter">,
    node: DhtNode,
    maintenance: Maintenance,
  ) {
    this.family = node.family;
    this.node = node;
    this.maintenance = maintenance;
    this.#services = services;
  }

  get isReady(): boolean {
    const { table, unanswered } = this.node;
    // A lost network leaves the table full. A round would fail, and the next one be minutes away.
    if (unanswered >= cutOffAfter) return false;
    const { kind } = this.maintenance.connectivity;
    return table.size >= enoughNodes || (table.size > 0 && kind !== "bootstrapping");
  }

  /** The IP filter lets a peer pass. */
  readonly admits = ({ host }: DhtEndpoint): boolean => !this.#services.ipFilter.has(host);

  lookUpOptions(target: NodeId, nowMs: number): LookUpOptions {
    const { node, family } = this;
    return {
      target,
      family,
      start: [
        ...node.table.nearest(target, mostStartNodes),
        ...this.#remembered.near(target, mostStartNodes, nowMs),
      ],
      hasSybilRules: this.#services.hasSybilRules,
      admits: (other) => node.admits(other),
    };
  }

  reached(nodes: readonly Contact[], nowMs: number): void {
    for (const contact of nodes) this.#remembered.add(contact, nowMs);
  }

  /** A query was not answered within its time. */
  failed(question: Question, nowMs: number): void {
    this.#remembered.forget(question.host, question.port);
    this.node.failed(question, nowMs);
  }
}
