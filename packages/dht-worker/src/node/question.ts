import type { KrpcErrorMessage, KrpcQuery, KrpcResponse, NodeId } from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";
import type { SearchQuery } from "../look-up/search.ts";

/** A query of ours, and the calls that follow it: perhaps `silent`, then perhaps `overdue`, then one of the other three. */
export interface Question {
  readonly family: AddressFamily;
  readonly host: string;
  readonly port: number;
  /** Id of the node that is asked; undefined: its answer tells it. */
  readonly id: NodeId | undefined;
  readonly query: KrpcQuery;
  /** With any id but ours. */
  answered(response: KrpcResponse, nowMs: number): void;
  /** The node answered with an error. */
  refused(error: KrpcErrorMessage, nowMs: number): void;
  /** No answer yet: the next node may be asked. */
  silent(nowMs: number): void;
  /** No answer for long: the end of a look-up waits for it no longer. */
  overdue?(nowMs: number): void;
  failed(nowMs: number): void;
}

/** A query of a search. */
export function searchQuestion(query: SearchQuery): Question {
  const { search, family, host, port, node } = query;
  return {
    family,
    host,
    port,
    id: node?.id,
    query: query.query,
    answered: ({ answer }, nowMs) => search.answered(query, answer, nowMs),
    refused: (error, nowMs) => search.failed(query, error, nowMs),
    silent: (nowMs) => search.silent(query, nowMs),
    overdue: (nowMs) => search.overdue(query, nowMs),
    failed: (nowMs) => search.failed(query, undefined, nowMs),
  };
}
