import type { Context } from "@troupe/actor-runtime";
import { IpFilter, Quarantine, type DhtOptions, type DhtProtocol } from "@troupe/messages";
import { canonicalHost } from "@troupe/protocol/address";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { defaultLimits, strangerLooks, strangerPings } from "./default-limits.ts";
import { SearchQueue } from "./look-up/search-queue.ts";
import type { DhtNode } from "./node/dht-node.ts";
import { makeServing } from "./node/make-serving.ts";
import type { NodeServices } from "./node/node-services.ts";
import { QueryLimits, defaultQueryLimits } from "./serving/query-limits.ts";
import { QueryRate } from "./serving/query-rate.ts";
import { RateBucket } from "./serving/rate-bucket.ts";
import { Transactions } from "./transactions/transactions.ts";
import { ContactList } from "./upkeep/contact-list.ts";
import { defaultRouters } from "./upkeep/default-routers.ts";
import { KnownNodes } from "./upkeep/known-nodes.ts";
import type { MaintenanceServices } from "./upkeep/maintenance.ts";

/** The parts that both families of a worker share. */
export interface DhtServices extends NodeServices, MaintenanceServices {
  readonly nodes: Map<AddressFamily, DhtNode>;
  readonly routerKeys: Set<string>;
}

/** @param wake Sends queries that are due, at the end of the turn. */
export function makeServices(
  { clock, random, names, breadcrumb, sha1 }: Context<DhtProtocol>,
  options: DhtOptions,
  wake: () => void,
): DhtServices {
  const { isReadOnly = false, hasSybilRules = true, routers = defaultRouters, version } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const nodes = new Map<AddressFamily, DhtNode>();
  const contacts = new ContactList();
  const quarantine = new Quarantine();
  for (const endpoint of options.bootstrap ?? []) contacts.add("user", endpoint);
  for (const address of options.quarantined ?? []) quarantine.add(address, clock.nowMs());
  return {
    clock,
    random,
    names,
    breadcrumb,
    isReadOnly,
    hasSybilRules,
    nodes,
    contacts,
    quarantine,
    routers: routers.map(({ host, port }) => ({ host: canonicalHost(host), port })),
    routerKeys: new Set(),
    ipFilter: new IpFilter(options.ipFilter),
    known: new KnownNodes(clock, options.saved?.nodes ?? []),
    queue: new SearchQueue(limits.lookUps),
    transactions: new Transactions({ random }),
    rate: new QueryRate({ perSecond: limits.queriesPerSecond, perBurst: limits.queryBurst }),
    serving: makeServing({ random, sha1, version }, limits, nodes),
    queryLimits: new QueryLimits({ ...defaultQueryLimits, maxQueries: limits.queriesPerAddress }),
    strangerLooks: new RateBucket(strangerLooks),
    strangerPings: new RateBucket(strangerPings),
    wake,
  };
}
