// Our queries that wait for an answer.

import type { Random } from "@troupe/actor-runtime";
import { addressKey } from "@troupe/protocol/address";
import { readUint32, writeUint32 } from "@troupe/protocol/bytes";

/** Queries that wait for an answer, over both families. */
export const mostTransactions = 1_024;
/** A node that has not answered by then no longer holds back the next query. Its answer still counts. */
export const silentAfterMs = 1_000;
/** The query has failed by then, and a later answer is unknown. */
export const failedAfterMs = 6_000;

/** A sender that does not see our queries would have to guess them. */
const idBytes = 4;

/** A query that was sent. */
interface Transaction<Question> {
  readonly key: number;
  readonly question: Question;
  readonly host: string;
  readonly port: number;
  readonly sentMs: number;
}

/** An answer that belongs to a query. */
interface Answered<Question> {
  readonly question: Question;
  readonly roundTripMs: number;
}

/** The queries whose time has come. */
interface Expired<Question> {
  readonly silent: readonly Question[];
  readonly failed: readonly Question[];
}

/**
 * The transactions of a node. An answer counts only from the address and port that was asked: any other sender changes
 * nothing. Hosts are text as `formatIp` writes it.
 */
export class Transactions<Question> {
  readonly #random: Pick<Random, "bytes">;
  /** In the order of sending, as all of them have the same time. */
  readonly #fresh = new Map<number, Transaction<Question>>();
  readonly #silent = new Map<number, Transaction<Question>>();
  /** Queries under way to an address. */
  readonly #byAddress = new Map<string, number>();

  constructor({ random }: { readonly random: Pick<Random, "bytes"> }) {
    this.#random = random;
  }

  get size(): number {
    return this.#fresh.size + this.#silent.size;
  }

  /** When `expire` has something to report next. Undefined: no query waits. */
  get nextDeadlineMs(): number | undefined {
    const fresh = first(this.#fresh);
    const silent = first(this.#silent);
    if (fresh === undefined && silent === undefined) return undefined;
    return Math.min(
      fresh === undefined ? Infinity : fresh.sentMs + silentAfterMs,
      silent === undefined ? Infinity : silent.sentMs + failedAfterMs,
    );
  }

  /** @returns The transaction id to send, 4 random bytes; undefined while {@link mostTransactions} queries wait. */
  begin(question: Question, host: string, port: number, nowMs: number): Uint8Array | undefined {
    if (this.size >= mostTransactions) return undefined;
    const id = this.#random.bytes(idBytes);
    let key = readUint32(id, 0);
    while (this.#fresh.has(key) || this.#silent.has(key)) key = (key + 1) >>> 0;
    writeUint32(id, 0, key);
    this.#fresh.set(key, { key, question, host, port, sentMs: nowMs });
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
    const key = readUint32(id, 0);
    const transaction = this.#fresh.get(key) ?? this.#silent.get(key);
    if (transaction === undefined || transaction.host !== host || transaction.port !== port)
      return undefined;
    this.#end(transaction);
    return { question: transaction.question, roundTripMs: nowMs - transaction.sentMs };
  }

  /** Whether a query to the address waits for its answer. */
  isAsking(host: string, port: number): boolean {
    return this.#byAddress.has(addressKey(host, port));
  }

  /** @returns Each query once as silent, and once as failed, in the order of sending. */
  expire(nowMs: number): Expired<Question> {
    const failed: Question[] = [];
    const silent: Question[] = [];
    for (const transaction of this.#silent.values()) {
      if (nowMs < transaction.sentMs + failedAfterMs) break;
      this.#end(transaction);
      failed.push(transaction.question);
    }
    for (const transaction of this.#fresh.values()) {
      if (nowMs < transaction.sentMs + silentAfterMs) break;
      this.#fresh.delete(transaction.key);
      silent.push(transaction.question);
      this.#silent.set(transaction.key, transaction);
    }
    return { silent, failed };
  }

  #end({ key, host, port }: Transaction<Question>): void {
    this.#fresh.delete(key);
    this.#silent.delete(key);
    const address = addressKey(host, port);
    const others = (this.#byAddress.get(address) ?? 0) - 1;
    if (others > 0) this.#byAddress.set(address, others);
    else this.#byAddress.delete(address);
  }
}

function first<Value>(map: ReadonlyMap<unknown, Value>): Value | undefined {
  for (const value of map.values()) return value;
  return undefined;
}
