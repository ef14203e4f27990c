// One round of a quest: a search in each family, whose results are reported together.

import type { DhtEndpoint, DhtNodeAddress, DhtQuestRound } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import type { KrpcAnswer } from "@troupe/protocol/dht";
import { cleanReason } from "@troupe/protocol/text";
import type { AddressFamily } from "@troupe/protocol/tracker";
import type { Search, SearchSummary } from "../look-up/search.ts";
import { SwarmFilters } from "./swarm-filters.ts";

/** Different peers of a round that are counted. */
const mostCountedPeers = 2_000;
/** Longest message of a refusal; the rest is cut. */
const mostRefusalLength = 200;

/** The summary of a round, without the fields that the quest adds. */
type RoundSummary = Omit<DhtQuestRound, "quest" | "isLast">;

/** A round that runs. */
export class QuestRound {
  /** When it was due. */
  readonly #dueMs: number;
  #firstTurnMs: number | undefined;
  readonly #searches = new Map<AddressFamily, Search>();
  readonly #ended = new Map<AddressFamily, SearchSummary>();
  readonly #peers = new Set<string>();
  readonly #filters = new SwarmFilters();

  constructor(dueMs: number) {
    this.#dueMs = dueMs;
  }

  /** Searches that have not ended. */
  get searches(): Iterable<Search> {
    return this.#searches.values();
  }

  get isEnded(): boolean {
    return this.#searches.size === 0;
  }

  /** The family has a search, or had one. */
  has(family: AddressFamily): boolean {
    return this.#searches.has(family) || this.#ended.has(family);
  }

  /** The search of the family has ended, and a node has answered. */
  hasAnswers(family: AddressFamily): boolean {
    return (this.#ended.get(family)?.answered ?? 0) > 0;
  }

  begin(family: AddressFamily, search: Search): void {
    this.#searches.set(family, search);
  }

  /** A search may send its first query. */
  hasTurn(nowMs: number): void {
    this.#firstTurnMs ??= nowMs;
  }

  heardPeers(peers: readonly DhtEndpoint[]): void {
    for (const { host, port } of peers) {
      if (this.#peers.size >= mostCountedPeers) return;
      this.#peers.add(addressKey(host, port));
    }
  }

  /** A node has answered a scrape. */
  heardScrape(answer: KrpcAnswer): void {
    this.#filters.heard(answer);
  }

  end(family: AddressFamily, summary: SearchSummary): void {
    this.#searches.delete(family);
    this.#ended.set(family, summary);
  }

  summary(nowMs: number): RoundSummary {
    const ended = [...this.#ended.values()];
    const sum = (count: (summary: SearchSummary) => number): number =>
      ended.reduce((total, summary) => total + count(summary), 0);
    const { swarm } = this.#filters;
    const refusal = ended.find((summary) => summary.refusal !== undefined)?.refusal;
    return {
      tookMs: nowMs - this.#dueMs,
      waitedMs: (this.#firstTurnMs ?? nowMs) - this.#dueMs,
      asked: sum(({ asked }) => asked),
      answered: sum(({ answered }) => answered),
      peers: this.#peers.size,
      ...(swarm !== undefined && { swarm }),
      stored: sum(({ stored }) => stored),
      ...(refusal !== undefined && {
        refusal: { code: refusal.code, message: cleanReason(refusal.message, mostRefusalLength) },
      }),
      nearest: ended.flatMap(({ nearest }): readonly DhtNodeAddress[] => nearest),
    };
  }
}
