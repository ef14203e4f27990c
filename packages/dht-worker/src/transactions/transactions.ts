// Our queries that wait for an answer.

import { Deadlines, type Address, type Random } from "@troupe/actor-runtime";
import { addressKey } from "@troupe/protocol/address";
import { readUint32, writeUint32 } from "@troupe/protocol/bytes";

/** Queries that wait for an answer, over both families. */
export const mostTransactions = 1_024;
/**
 * A query is overdue after so many time-outs of its node: one for the answer, and two as RFC 6298 gives a repeated packet.
 * A look-up waits for it no longer, unless it knows too few other nodes. Its answer still counts.
 */
export const overdueTimeOuts = 3;
/** The query has failed by then, and a later answer is unknown. */
export const failedAfterMs = 6_000;

/** A sender that does not see our queries would have to guess them. */
const idBytes = 4;

/** `fresh`: within the time-out of its node. `silent`: behind it, and the next query may go out. */
type Stage = "fresh" | "silent" | "overdue";

/** A query that was sent. */
interface Transaction<Question> {
  readonly key: number;
  readonly question: Question;
  readonly host: string;
  readonly port: number;
  readonly sentMs: number;
  readonly timeOutMs: number;
  stage: Stage;
}

/** An answer that belongs to a query. */
interface Answered<Question> {
  readonly question: Question;
  readonly roundTripMs: number;
}

/** The queries whose time has come. */
interface Expired<Question> {
  readonly silent: readonly Question[];
  readonly overdue: readonly Question[];
  readonly failed: readonly Question[];
}

/**
 * The transactions of a node. An answer counts only from the address and port that was asked: any other sender changes
 * nothing. Hosts are text as `formatIp` writes it.
 */
export class Transactions<Question> {
  readonly #random: Pick<Random, "bytes">;
  readonly #byKey = new Map<number, Transaction<Question>>();
  /** The end of each query's stage. A query that was answered stays until then: six seconds at most. */
  readonly #stageEnds = new Deadlines<Transaction<Question>>();
  /** Queries under way to an address. */
  readonly #byAddress = new Map<string, number>();

  constructor({ random }: { readonly random: Pick<Random, "bytes"> }) {
    this.#random = random;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** When `expire` has something to report next. Undefined: no query waits. */
  get nextDeadlineMs(): number | undefined {
    for (;;) {
      const next = this.#stageEnds.first;
      if (next === undefined || this.#waits(next)) return this.#stageEnds.firstMs;
      this.#stageEnds.removeFirst();
    }
  }

  /**
   * @param question Passed on by `take` and `expire`.
   * @param timeOutMs The node counts as silent after it.
   * @returns The transaction id to send, 4 random bytes; undefined while {@link mostTransactions} queries wait.
   */
  begin(
    question: Question,
    { host, port }: Address,
    timeOutMs: number,
    nowMs: number,
  ): Uint8Array | undefined {
    if (this.size >= mostTransactions) return undefined;
    const id = this.#random.bytes(idBytes);
    let key = readUint32(id, 0);
    while (this.#byKey.has(key)) key = (key + 1) >>> 0;
    writeUint32(id, 0, key);
    const sent = { key, question, host, port, sentMs: nowMs, timeOutMs, stage: "fresh" as const };
    this.#byKey.set(key, sent);
    this.#stageEnds.add(stageEndMs(sent), sent);
    const address = addressKey(host, port);
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    return id;
  }

  /**
   * An answer or an error has arrived.
   *
   * @returns The query, which waits no longer; undefined for an answer to no query of ours, or from another address.
   */
  take(id: Uint8Array, host: string, port: number, nowMs: number): Answered<Question> | undefined {
    if (id.length !== idBytes) return undefined;
    const transaction = this.#byKey.get(readUint32(id, 0));
    if (transaction === undefined || transaction.host !== host || transaction.port !== port)
      return undefined;
    this.#end(transaction);
    return { question: transaction.question, roundTripMs: nowMs - transaction.sentMs };
  }

  /** Whether a query to the address waits for its answer. */
  isAsking(host: string, port: number): boolean {
    return this.#byAddress.has(addressKey(host, port));
  }

  /** @returns Each query once as silent, then as overdue, then as failed, in the order of their times. */
  expire(nowMs: number): Expired<Question> {
    const ended: Record<Stage, Question[]> = { fresh: [], silent: [], overdue: [] };
    const next: Transaction<Question>[] = [];
    for (let at = this.nextDeadlineMs; at !== undefined && at <= nowMs; at = this.nextDeadlineMs) {
      const transaction = this.#stageEnds.first;
      this.#stageEnds.removeFirst();
      if (transaction === undefined) break;
      const { stage } = transaction;
      ended[stage].push(transaction.question);
      if (stage === "overdue") this.#end(transaction);
      else {
        transaction.stage = stage === "fresh" ? "silent" : "overdue";
        next.push(transaction);
      }
    }
    // After a pause a query passes one stage a call.
    for (const transaction of next) this.#stageEnds.add(stageEndMs(transaction), transaction);
    return { silent: ended.fresh, overdue: ended.silent, failed: ended.overdue };
  }

  #waits(transaction: Transaction<Question>): boolean {
    return this.#byKey.get(transaction.key) === transaction;
  }

  #end({ key, host, port }: Transaction<Question>): void {
    this.#byKey.delete(key);
    const address = addressKey(host, port);
    const others = (this.#byAddress.get(address) ?? 0) - 1;
    if (others > 0) this.#byAddress.set(address, others);
    else this.#byAddress.delete(address);
  }
}

function stageEndMs({ stage, sentMs, timeOutMs }: Transaction<unknown>): number {
  if (stage === "overdue") return sentMs + failedAfterMs;
  return sentMs + (stage === "fresh" ? 1 : overdueTimeOuts) * timeOutMs;
}
