// The items that others have put here, by the rules of BEP 44.

import {
  isSignatureValid,
  type KrpcError,
  KrpcErrorCode,
  type MutableItem,
  type NodeId,
  type StoredItem,
} from "@troupe/protocol/dht";
import { RateBucket } from "../serving/rate-bucket.ts";
import type { SenderKey } from "../serving/sender.ts";
import { idKey } from "./id-key.ts";

/**
 * Items at once, each of at most 1,000 bytes and 200 of key, salt, signature and table. Beyond them the sender with the
 * most items loses the item that was put longest ago.
 */
const maxItems = 700;
/** Without a put for this long an item is dropped. */
const expiryMs = 7_200_000;
/** Signatures verified: 100 in any second. */
const verifications = { perSecond: 90, capacity: 10 };

/** The sender of a put, and its condition. */
export interface PutTerms {
  /** See `Sender`. */
  readonly senderKey: SenderKey;
  /** The put is refused unless the stored item has this sequence number. */
  readonly cas?: bigint | undefined;
}

interface Entry {
  readonly item: StoredItem;
  /** Sender of the put that brought the item. */
  readonly senderKey: SenderKey;
  readonly renewedMs: number;
}

/** Items by target. When it is full, the sender with the most items loses its item that was put longest ago. */
export class ItemStore {
  readonly #isSignatureValid: (item: MutableItem) => boolean;
  readonly #verifications = new RateBucket(verifications);
  /** The item put longest ago comes first. */
  readonly #entries = new Map<string, Entry>();
  /** Items of each sender. */
  readonly #counts = new Map<SenderKey, number>();

  constructor(verify: (item: MutableItem) => boolean = isSignatureValid) {
    this.#isSignatureValid = verify;
  }

  /** Items that have just expired may be among them. */
  get size(): number {
    return this.#entries.size;
  }

  get(target: NodeId, nowMs: number): StoredItem | undefined {
    const entry = this.#entries.get(idKey(target));
    return entry !== undefined && nowMs - entry.renewedMs < expiryMs ? entry.item : undefined;
  }

  /**
   * Stores an item, or renews the same one.
   *
   * @param target Target of this item.
   * @param item Its memory is kept.
   * @returns The error that the sender gets: 202, 206, 301 or 302.
   */
  put(
    target: NodeId,
    item: StoredItem,
    { senderKey, cas }: PutTerms,
    nowMs: number,
  ): KrpcError | undefined {
    this.expire(nowMs);
    const key = idKey(target);
    const known = this.#entries.get(key);
    if (known !== undefined && isSameItem(known.item, item)) {
      if (isCasMismatch(known.item, cas)) return casMismatch;
      this.#place(key, { ...known, renewedMs: nowMs });
      return undefined;
    }
    if (item.kind === "mutable") {
      const refusal = refusalOf(known?.item, item, cas) ?? this.#verify(item, nowMs);
      if (refusal !== undefined) return refusal;
    }
    this.#place(key, { item, senderKey, renewedMs: nowMs });
    if (this.#entries.size > maxItems) this.#dropOne();
    return undefined;
  }

  /** Drops expired items. */
  expire(nowMs: number): void {
    for (const [key, { renewedMs }] of this.#entries) {
      if (nowMs - renewedMs < expiryMs) return;
      this.#remove(key);
    }
  }

  /** After all cheaper checks, because it takes 0.1 ms. */
  #verify(item: MutableItem, nowMs: number): KrpcError | undefined {
    if (!this.#verifications.take(1, nowMs)) return busy;
    return this.#isSignatureValid(item) ? undefined : signatureInvalid;
  }

  #place(key: string, entry: Entry): void {
    this.#remove(key);
    this.#entries.set(key, entry);
    this.#counts.set(entry.senderKey, (this.#counts.get(entry.senderKey) ?? 0) + 1);
  }

  #remove(key: string): void {
    const senderKey = this.#entries.get(key)?.senderKey;
    if (senderKey === undefined) return;
    this.#entries.delete(key);
    const count = (this.#counts.get(senderKey) ?? 0) - 1;
    if (count > 0) this.#counts.set(senderKey, count);
    else this.#counts.delete(senderKey);
  }

  #dropOne(): void {
    const most = Math.max(...this.#counts.values());
    for (const [key, { senderKey }] of this.#entries) {
      if (this.#counts.get(senderKey) === most) return this.#remove(key);
    }
  }
}

const busy = { code: KrpcErrorCode.server, message: "too many puts" };
const signatureInvalid = { code: KrpcErrorCode.signatureInvalid, message: "invalid signature" };
const casMismatch = { code: KrpcErrorCode.casMismatch, message: "CAS mismatch" };
const sequenceTooLow = { code: KrpcErrorCode.sequenceTooLow, message: "sequence too low" };

function refusalOf(
  known: StoredItem | undefined,
  item: MutableItem,
  cas: bigint | undefined,
): KrpcError | undefined {
  if (known?.kind !== "mutable") return undefined;
  if (isCasMismatch(known, cas)) return casMismatch;
  // The first of two values with one number stays, so that all nodes keep the same one.
  return item.sequence <= known.sequence ? sequenceTooLow : undefined;
}

function isCasMismatch(known: StoredItem, cas: bigint | undefined): boolean {
  return known.kind === "mutable" && cas !== undefined && cas !== known.sequence;
}

/** Both have the same target. */
function isSameItem(known: StoredItem, item: StoredItem): boolean {
  if (Buffer.compare(known.value, item.value) !== 0) return false;
  if (known.kind === "immutable" || item.kind === "immutable") return known.kind === item.kind;
  return known.sequence === item.sequence;
}
