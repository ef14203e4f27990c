// The parts of an answer that a datagram has room for.

import type { AddressFamily } from "../../tracker/bep-15-udp.ts";
import { compact4Bytes, compact6Bytes } from "../../tracker/bep-23-compact-peers.ts";
import type { StoredItem } from "../bep-44-items.ts";
import { compactNodeBytes } from "../compact-nodes.ts";
import { krpcLimits, type KrpcAnswer, type ScrapeFilters } from "./krpc-messages.ts";

/** The room of an answer, and the family whose nodes and peers come first. */
export interface AnswerRoom {
  /** Family of the socket. */
  readonly family: AddressFamily;
  /** Default: 1,024, and 1,400 with an item, which are the most in any case. */
  readonly maxBytes?: number | undefined;
}

/**
 * @param fixedBytes Length of the answer with its id alone.
 * @returns The id, and the other parts that fit.
 */
export function fittingParts(
  answer: KrpcAnswer,
  fixedBytes: number,
  { family, maxBytes = Infinity }: AnswerRoom,
): KrpcAnswer {
  const { id, token, sequence, item, scrape } = answer;
  const most = item === undefined ? krpcLimits.maxSentBytes : krpcLimits.maxSentItemBytes;
  const room = new Room(Math.min(maxBytes, most) - fixedBytes);
  const takeToken = (): boolean =>
    token !== undefined && room.take("5:token".length + stringBytes(token));
  const hasItem = item !== undefined && room.take(itemBytes(item));
  // A long item leaves room for a few nodes, but no item is replaced without a token.
  const hasEarlyToken = hasItem && takeToken();
  const hasSequence = sequence !== undefined && room.take(sequenceText(sequence).length);
  const isFamily4 = family === 4;
  const ownNodes = room.takeNodes(isFamily4 ? answer.nodes : answer.nodes6, family);
  const hasToken = hasItem ? hasEarlyToken : takeToken();
  const hasScrape = scrape !== undefined && room.take(scrapeBytes(scrape));
  const values = isFamily4 ? room.takeValues(answer.values, compact4Bytes) : undefined;
  const values6 = isFamily4 ? undefined : room.takeValues(answer.values6, compact6Bytes);
  const otherNodes = room.takeNodes(isFamily4 ? answer.nodes6 : answer.nodes, isFamily4 ? 6 : 4);
  return {
    id,
    token: hasToken ? token : undefined,
    scrape: hasScrape ? scrape : undefined,
    item: hasItem ? item : undefined,
    sequence: hasSequence ? sequence : undefined,
    nodes: isFamily4 ? ownNodes : otherNodes,
    nodes6: isFamily4 ? otherNodes : ownNodes,
    values,
    values6,
  };
}

/** @returns Bytes of a string with its length. */
export function stringBytes({ length }: Uint8Array): number {
  return digitsOf(length) + 1 + length;
}

/** @returns The key and the number of a sequence. */
export function sequenceText(sequence: bigint): string {
  return `3:seqi${sequence}e`;
}

function scrapeBytes({ seeds, leechers }: ScrapeFilters): number {
  return "4:BFpe4:BFsd".length + stringBytes(seeds) + stringBytes(leechers);
}

function itemBytes(item: StoredItem): number {
  const valueBytes = "1:v".length + item.value.length;
  if (item.kind === "immutable") return valueBytes;
  const { publicKey, signature, sequence } = item;
  const keyBytes = "1:k3:sig".length + stringBytes(publicKey) + stringBytes(signature);
  return valueBytes + keyBytes + sequenceText(sequence).length;
}

function digitsOf(value: number): number {
  if (value < 10) return 1;
  return value < 100 ? 2 : value < 1_000 ? 3 : 4;
}

class Room {
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#bytes) return false;
    this.#bytes -= bytes;
    return true;
  }

  /** @returns Whole nodes from the start; undefined where not even one fits, but an empty list stays. */
  takeNodes(nodes: Uint8Array | undefined, family: AddressFamily): Uint8Array | undefined {
    if (nodes === undefined) return undefined;
    const keyBytes = (family === 4 ? "5:nodes" : "6:nodes6").length;
    const nodeBytes = compactNodeBytes[family];
    for (let end = nodes.length; end >= 0; end -= nodeBytes) {
      if (end === 0 && nodes.length > 0) return undefined;
      if (!this.take(keyBytes + digitsOf(end) + 1 + end)) continue;
      return end === nodes.length ? nodes : nodes.subarray(0, end);
    }
    return undefined;
  }

  /** @returns Whole peers from the start; undefined where not even one fits. */
  takeValues(values: Uint8Array | undefined, peerBytes: number): Uint8Array | undefined {
    if (values === undefined) return undefined;
    const listBytes = "6:valuesle".length;
    const entryBytes = digitsOf(peerBytes) + 1 + peerBytes;
    const most = Math.trunc((this.#bytes - listBytes) / entryBytes);
    const count = Math.min(values.length / peerBytes, most);
    if (count < 1 || !this.take(listBytes + count * entryBytes)) return undefined;
    return values.subarray(0, count * peerBytes);
  }
}
