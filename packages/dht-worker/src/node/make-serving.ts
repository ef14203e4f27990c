import type { Ports } from "@troupe/actor-runtime";
import type { DhtLimits } from "@troupe/messages";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { AnswerBudget } from "../serving/answer-budget.ts";
import { ProvenAddresses } from "../serving/proven-addresses.ts";
import { Tokens } from "../serving/tokens.ts";
import { ItemStore } from "../stores/item-store.ts";
import { PeerStore } from "../stores/peer-store.ts";
import type { DhtNode } from "./dht-node.ts";
import type { Serving } from "./queries.ts";

/** @param nodes The nodes with an open socket: none yet. */
export function makeServing(
  { random, sha1, version }: Pick<Ports, "random" | "sha1"> & Pick<Serving, "version">,
  limits: Pick<DhtLimits, "answerBytesPerSecond" | "unprovenBytesPerSecond">,
  nodes: ReadonlyMap<AddressFamily, DhtNode>,
): Serving {
  return {
    tableOf: (family) => nodes.get(family)?.table,
    tokens: new Tokens({ sha1, randomBytes: (length) => random.bytes(length) }),
    peers: new PeerStore(),
    items: new ItemStore(),
    proven: new ProvenAddresses(),
    budget: new AnswerBudget({
      bytesPerSecond: limits.answerBytesPerSecond,
      unprovenBytesPerSecond: limits.unprovenBytesPerSecond,
    }),
    random,
    version,
  };
}
