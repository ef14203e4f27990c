// The look-ups of our own id by which a node finds its place in the DHT: each stage has its addresses.

import type { Clock, Names } from "@troupe/actor-runtime";
import type { DhtEndpoint } from "@troupe/messages";
import { addressKey, canonicalHost, parseIp } from "@troupe/protocol/address";
import { nodeIdBytes, nodeIdFrom, type Contact, type NodeId } from "@troupe/protocol/dht";
import type { LookUpOptions } from "../look-up/look-up.ts";
import { Search } from "../look-up/search.ts";
import type { SearchQueue } from "../look-up/search-queue.ts";
import type { BootstrapStage } from "./connectivity.ts";
import type { ContactList } from "./contact-list.ts";
import type { KnownNodes } from "./known-nodes.ts";
import type { DhtNode } from "../node/dht-node.ts";

/** Known nodes that a bootstrap asks, the latest answers first. When these nodes are gone, the next stage begins soon. */
const mostKnown = 40;

/** Addresses of routers that are known as such. */
const mostRouterAddresses = 200;

/** The parts of the look-ups of both families. */
export interface LookUpServices {
  readonly clock: Clock;
  readonly queue: SearchQueue;
  readonly names: Names;
  readonly contacts: ContactList;
  readonly hasSybilRules: boolean;
  readonly known: KnownNodes;
  readonly routers: readonly DhtEndpoint[];
  /** Numeric addresses of routers from now on; see `NodeServices.routerKeys`. */
  readonly routerKeys: Set<string>;
  /** Sends queries that are due, at the end of this turn. */
  wake(): void;
}

/** The nodes that a look-up begins with. */
interface LookUpStart {
  readonly target: NodeId;
  readonly start: (nowMs: number) => readonly Contact[];
  readonly seeds?: readonly DhtEndpoint[];
}

/** Begins a look-up of nodes, which enter the routing table as they answer. */
export function lookUpNodes(
  { queue, hasSybilRules }: Pick<LookUpServices, "queue" | "hasSybilRules">,
  node: DhtNode,
  { target, start, seeds = [] }: LookUpStart,
  ended: (nowMs: number) => void,
): void {
  const { family } = node;
  const admits: LookUpOptions["admits"] = (other) => node.admits(other);
  const search = new Search({
    family,
    lookUp: (nowMs) => ({ target, family, start: start(nowMs), seeds, hasSybilRules, admits }),
    question: () => ({ method: "find_node", target }),
    ended: (_, nowMs) => ended(nowMs),
  });
  queue.add(search, { isUrgent: true });
}

/**
 * Begins the look-ups of a stage.
 *
 * @param ended Called as often as the returned number says, each time later.
 * @returns The number of look-ups and names.
 */
export function beginStage(
  services: LookUpServices,
  node: DhtNode,
  stage: BootstrapStage,
  ended: (nowMs: number) => void,
): number {
  const target = node.table.id;
  if (stage === "known") {
    const start = knownNodes(services, node);
    if (start.length === 0) return 0;
    lookUpNodes(services, node, { target, start: () => start }, ended);
    return 1;
  }
  const isRouter = stage === "router";
  const endpoints = isRouter ? services.routers : services.contacts.list(stage);
  const seed = (seeds: readonly DhtEndpoint[]): boolean => {
    const own = seeds.filter((endpoint) => node.admits(endpoint));
    if (isRouter) noteRouters(services.routerKeys, own);
    if (own.length > 0) lookUpNodes(services, node, { target, start: () => [], seeds: own }, ended);
    return own.length > 0;
  };
  const isNumeric = ({ host }: DhtEndpoint): boolean => parseIp(host) !== undefined;
  const named = endpoints.filter((endpoint) => !isNumeric(endpoint));
  // Names never hold up numeric addresses.
  for (const { host, port } of named) {
    void resolveName(services.names, stage, host).then((hosts) => {
      const hasSeeds = seed(hosts.map((address) => ({ host: address, port })));
      if (!hasSeeds) ended(services.clock.nowMs());
      services.wake();
    });
  }
  return named.length + (seed(endpoints.filter(isNumeric)) ? 1 : 0);
}

/** @returns The addresses of a name, none if it has none. Only the user may name hosts of the local network. */
export async function resolveName(
  names: Names,
  source: BootstrapStage,
  host: string,
): Promise<readonly string[]> {
  try {
    const hosts = await (source === "user" ? names.resolve(host) : names.resolveAllowed(host));
    return hosts.map(canonicalHost);
  } catch {
    return [];
  }
}

/** Names get other addresses in time: the oldest are forgotten. */
function noteRouters(keys: Set<string>, routers: readonly DhtEndpoint[]): void {
  for (const { host, port } of routers) {
    const key = addressKey(host, port);
    keys.delete(key);
    keys.add(key);
    const [oldest] = keys;
    if (keys.size > mostRouterAddresses && oldest !== undefined) keys.delete(oldest);
  }
}

/** The known nodes of the family that answered last. */
function knownNodes({ known }: LookUpServices, node: DhtNode): readonly Contact[] {
  known.remember(node.table.entries());
  return known.nodes
    .filter(({ id, host, port }) => id.length === nodeIdBytes && node.admits({ host, port }))
    .slice(0, mostKnown)
    .map(({ id, host, port }) => ({ id: nodeIdFrom(id), host, port }));
}
