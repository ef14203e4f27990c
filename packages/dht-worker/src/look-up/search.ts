// A look-up by queries of one method, and the queries that store something at the nodes it has ended at.

import { decodeNodes, type Contact, type KrpcAnswer, type KrpcQuery } from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";
import type { LookUpNode } from "./look-up-node.ts";
import { LookUp, type LookUpOptions, type LookUpResult, type StoringNode } from "./look-up.ts";

/** A query of a search. */
export interface SearchQuery {
  readonly search: Search;
  readonly family: AddressFamily;
  readonly host: string;
  readonly port: number;
  readonly query: KrpcQuery;
  /** Node of a look-up; undefined for a query that stores. */
  readonly node: LookUpNode | undefined;
}

/** The reason of a node that stored nothing. */
export interface Refusal {
  readonly code: number;
  /** At most 200 bytes, unclean. */
  readonly message: Uint8Array;
}

/** The parts in which searches differ. */
export interface SearchPlan {
  readonly family: AddressFamily;
  /** Called once, when the turn of the search comes. */
  lookUp(nowMs: number): LookUpOptions;
  /** The query of the look-up, called once. */
  question(): KrpcQuery;
  /** Absent, or without a query: nothing is stored. */
  store?(node: StoringNode): KrpcQuery | undefined;
  /** A node has answered the question, perhaps after the end of the search: its peers count. */
  heard?(node: Contact, answer: KrpcAnswer): void;
  /** All queries have been answered, or have failed. Called once. */
  ended(summary: SearchSummary, nowMs: number): void;
}

/** The outcome of a search. */
export interface SearchSummary extends LookUpResult {
  /** Nodes. */
  readonly asked: number;
  readonly answered: number;
  /** Nodes that have stored it. */
  readonly stored: number;
  readonly refusal: Refusal | undefined;
}

/** `asking`: the look-up. `storing`: its nodes get the announce or the item. */
type SearchState =
  | { readonly kind: "waiting" }
  | { readonly kind: "asking"; readonly lookUp: LookUp; readonly question: KrpcQuery }
  | {
      readonly kind: "storing";
      readonly lookUp: LookUp;
      readonly result: LookUpResult;
      readonly left: StoringNode[];
    }
  | { readonly kind: "ended" }
  | { readonly kind: "cancelled" };

/** One search. */
export class Search {
  readonly #plan: SearchPlan;
  #state: SearchState = { kind: "waiting" };
  /** Queries that store, under way. */
  #storing = 0;
  #stored = 0;
  #refusal: Refusal | undefined;

  constructor(plan: SearchPlan) {
    this.#plan = plan;
  }

  get isEnded(): boolean {
    return this.#state.kind === "ended" || this.#state.kind === "cancelled";
  }

  /** @returns A query to send now, which is under way from then on. Undefined: none until the next event, or ended. */
  next(nowMs: number): SearchQuery | undefined {
    if (this.#state.kind === "waiting") {
      const lookUp = new LookUp(this.#plan.lookUp(nowMs));
      this.#state = { kind: "asking", lookUp, question: this.#plan.question() };
    }
    const question = this.#ask();
    if (question !== undefined) return question;
    this.#advance(nowMs);
    const query = this.#storeAtNext();
    if (query === undefined) this.#advance(nowMs);
    return query;
  }

  /** No query follows, and neither `heard` nor `ended` is called. */
  cancel(): void {
    this.#state = { kind: "cancelled" };
  }

  answered({ node }: SearchQuery, answer: KrpcAnswer, nowMs: number): void {
    if (node === undefined) {
      this.#storing--;
      this.#stored++;
    } else if (this.#state.kind !== "cancelled") {
      const { id, token } = answer;
      this.#plan.heard?.({ id, host: node.host, port: node.port }, answer);
      if (this.#state.kind === "asking")
        this.#state.lookUp.answered(node, { id, nodes: this.#nodesOf(answer), token });
    }
    this.#advance(nowMs);
  }

  /** No answer within the time-out of the node. */
  silent({ node }: SearchQuery, nowMs: number): void {
    if (node === undefined || this.#state.kind !== "asking") return;
    this.#state.lookUp.silent(node);
    this.#advance(nowMs);
  }

  /** No answer for several time-outs. */
  overdue({ node }: SearchQuery, nowMs: number): void {
    if (node === undefined || this.#state.kind !== "asking") return;
    this.#state.lookUp.overdue(node);
    this.#advance(nowMs);
  }

  /** @param refusal Refusal of a node that answered by an error; undefined for no answer. */
  failed({ node }: SearchQuery, refusal: Refusal | undefined, nowMs: number): void {
    if (node === undefined) {
      this.#storing--;
      this.#refusal ??= refusal;
    } else if (this.#state.kind === "asking") {
      this.#state.lookUp.failed(node);
    }
    this.#advance(nowMs);
  }

  #ask(): SearchQuery | undefined {
    if (this.#state.kind !== "asking") return undefined;
    const node = this.#state.lookUp.next();
    if (node === undefined) return undefined;
    return this.#query(node, this.#state.question, node);
  }

  #storeAtNext(): SearchQuery | undefined {
    if (this.#state.kind !== "storing") return undefined;
    for (;;) {
      const node = this.#state.left.shift();
      if (node === undefined) return undefined;
      const query = this.#plan.store?.(node);
      if (query === undefined) continue;
      this.#storing++;
      return this.#query(node, query, undefined);
    }
  }

  #query(
    { host, port }: { readonly host: string; readonly port: number },
    query: KrpcQuery,
    node: LookUpNode | undefined,
  ): SearchQuery {
    return { search: this, family: this.#plan.family, host, port, query, node };
  }

  /** To the next state, when the present one is over. */
  #advance(nowMs: number): void {
    const state = this.#state;
    if (state.kind === "asking" && state.lookUp.isEnded) {
      const { lookUp } = state;
      const { result } = lookUp;
      const left = this.#plan.store === undefined ? [] : [...result.storing];
      this.#state = { kind: "storing", lookUp, result, left };
    }
    if (this.#state.kind === "storing" && this.#state.left.length + this.#storing === 0)
      this.#end(this.#state.lookUp, this.#state.result, nowMs);
  }

  #end(lookUp: LookUp, result: LookUpResult, nowMs: number): void {
    this.#state = { kind: "ended" };
    this.#plan.ended(
      {
        ...result,
        asked: lookUp.askedCount,
        answered: lookUp.answeredCount,
        stored: this.#stored,
        refusal: this.#refusal,
      },
      nowMs,
    );
  }

  #nodesOf({ nodes, nodes6 }: KrpcAnswer): Contact[] {
    const named = this.#plan.family === 4 ? nodes : nodes6;
    return named === undefined ? [] : decodeNodes(named, this.#plan.family);
  }
}
