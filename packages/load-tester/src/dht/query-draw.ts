import { mixBits } from "../requests/mix-bits.ts";
import type { DhtLoadSpec } from "../scenario/scenario.ts";

/** Kinds of queries, as numbers of the table of requests. */
export const QueryKind = {
  ping: 0,
  findNode: 1,
  getPeers: 2,
  announcePeer: 3,
  /** A `get_peers` for the token of an announce that follows it. */
  askToken: 4,
  /** An announce with a wrong token, which must be refused. */
  wrongToken: 5,
} as const;

/** A kind of query. */
export type QueryKind = (typeof QueryKind)[keyof typeof QueryKind];

/** One announce in so many has a wrong token. */
const announcesForAWrongToken = 50;

/** Draws the kinds of queries in the shares of the scenario. */
export class QueryDraw {
  readonly #shares: DhtLoadSpec["queries"];

  constructor(shares: DhtLoadSpec["queries"]) {
    this.#shares = shares;
  }

  /** @param seed Seed of the query, 32 bits. */
  kindOf(seed: number): QueryKind {
    const { ping, find_node, get_peers } = this.#shares;
    const draw = mixBits(seed) / 0x1_0000_0000;
    if (draw < ping) return QueryKind.ping;
    if (draw < ping + find_node) return QueryKind.findNode;
    if (draw < ping + find_node + get_peers) return QueryKind.getPeers;
    const isWrong = mixBits(seed + 1) % announcesForAWrongToken === 0;
    return isWrong ? QueryKind.wrongToken : QueryKind.announcePeer;
  }
}
