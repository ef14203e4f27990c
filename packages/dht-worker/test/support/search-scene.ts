import { nodeIdFrom, type Contact, type KrpcAnswer } from "@troupe/protocol/dht";
import {
  Search,
  type SearchPlan,
  type SearchQuery,
  type SearchSummary,
} from "../../src/look-up/search.ts";

export const target = nodeIdFrom(new Uint8Array(20));
export const token = Uint8Array.of(1, 2, 3);

/** The smaller `distance`, the nearer to {@link target}. */
export function contact(distance: number, host = `45.10.${distance}.1`): Contact {
  return { id: nodeIdFrom(new Uint8Array(20).fill(distance)), host, port: 6881 };
}

/** The nearest `count` nodes, the nearest first. */
export function contacts(count: number): Contact[] {
  return Array.from({ length: count }, (_, at) => contact(at + 1));
}

/** A search from these nodes, with what it reports. */
export function searchScene(start: readonly Contact[], plan: Partial<SearchPlan> = {}) {
  const ended: SearchSummary[] = [];
  const heard: string[] = [];
  const search = new Search({
    family: 4,
    lookUp: () => ({ target, family: 4, start, hasSybilRules: true, admits: () => true }),
    question: () => ({ method: "get_peers", target }),
    heard: ({ host }) => void heard.push(host),
    ended: (summary) => void ended.push(summary),
    ...plan,
  });
  const ask = (): SearchQuery[] => {
    const queries: SearchQuery[] = [];
    for (let one = search.next(0); one !== undefined; one = search.next(0)) queries.push(one);
    return queries;
  };
  const answerOf = (host: string): KrpcAnswer => ({
    id: start.find((node) => node.host === host)?.id ?? target,
    token,
  });
  const answerAll = (queries: readonly SearchQuery[]): void => {
    for (const query of queries) search.answered(query, answerOf(query.host), 10);
  };
  return { search, ask, answerAll, answerOf, ended, heard };
}
