import type { Clock, Random } from "@troupe/actor-runtime";
import type { IpFilter, Quarantine } from "@troupe/messages";
import type { AddressFamily } from "@troupe/protocol/tracker";
import type { QueryLimits } from "../serving/query-limits.ts";
import type { QueryRate } from "../serving/query-rate.ts";
import type { RateBucket } from "../serving/rate-bucket.ts";
import type { Transactions } from "../transactions/transactions.ts";
import type { DhtNode } from "./dht-node.ts";
import type { Serving } from "./queries.ts";
import type { Question } from "./question.ts";

/** The parts that the nodes of both families share. */
export interface NodeServices {
  readonly clock: Clock;
  readonly random: Random;
  /** See `Context.breadcrumb`. */
  readonly breadcrumb: Int32Array;
  /** Our queries say that we answer none (BEP 43). */
  readonly isReadOnly: boolean;
  readonly hasSybilRules: boolean;
  readonly transactions: Transactions<Question>;
  readonly serving: Serving;
  readonly queryLimits: QueryLimits;
  /** Strangers (nodes that sent us a query, or that others named) that are compared with the table: it takes time. */
  readonly strangerLooks: RateBucket;
  /** Our own queries of both families. */
  readonly rate: QueryRate;
  /** Pings of strangers: forged packets must not use up our queries. */
  readonly strangerPings: RateBucket;
  readonly ipFilter: IpFilter;
  readonly quarantine: Quarantine;
  readonly nodes: ReadonlyMap<AddressFamily, DhtNode>;
  /** Keys of addresses, see `addressKey`: routers do not enter our table. */
  readonly routerKeys: ReadonlySet<string>;
  /** Sends queries that are due, at the end of this turn. */
  wake(): void;
}
