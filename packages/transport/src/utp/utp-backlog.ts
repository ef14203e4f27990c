import type { Address, Random } from "@troupe/actor-runtime";
import { readUint16 } from "@troupe/protocol/bytes";
import { seqPlus, type UtpPacket } from "@troupe/protocol/utp";

import { mostPackets, mostUnproved, unprovedBeforeCookies } from "./limits.ts";
import { SynCookies } from "./syn-cookies.ts";

/** A connection that was asked for: its dialer may have forged its address. */
interface Unproved {
  /** Sequence number of the SYN. */
  readonly synSeq: number;
  /** Our first sequence number, which only the true address learns. */
  readonly seq: number;
}

/**
 * Connections that were asked for by a SYN, and whose dialers have not sent a packet that acknowledges our answer. Nothing
 * but the answer to each SYN goes to them, and the engine hears of none. A flood of SYNs pushes entries out: from half of the bound
 * on, the sequence number itself tells later that the dialer has had our answer.
 */
export class UtpBacklog {
  /** By address and the id of our packets to it; the oldest first. */
  readonly #unproved = new Map<string, Unproved>();
  readonly #random: Random;
  readonly #cookies: SynCookies;

  /** @param random Its bytes are our sequence numbers, which a stranger must not guess. */
  constructor(random: Random) {
    this.#random = random;
    this.#cookies = new SynCookies(random);
  }

  get size(): number {
    return this.#unproved.size;
  }

  /** A SYN has come. A repeated one finds the entry of the first; beyond the bound the oldest entry is dropped. */
  ask(from: Address, packet: UtpPacket, nowMs: number): Unproved {
    const key = keyOf(from, packet.connectionId);
    const known = this.#unproved.get(key);
    if (known?.synSeq === packet.seq) return known;
    const entry = { synSeq: packet.seq, seq: this.#newSeq(from, packet, nowMs) };
    this.#unproved.delete(key);
    this.#unproved.set(key, entry);
    if (this.#unproved.size > mostUnproved) {
      for (const oldest of this.#unproved.keys()) {
        this.#unproved.delete(oldest);
        break;
      }
    }
    return entry;
  }

  /**
   * A packet for no connection has come.
   *
   * @returns The entry that it proves, which is removed; `unproved` for a packet of an entry that proves nothing.
   */
  prove(from: Address, packet: UtpPacket, nowMs: number): Unproved | "unproved" | undefined {
    const key = keyOf(from, seqPlus(packet.connectionId, -1));
    const entry = this.#unproved.get(key);
    if (entry === undefined) return this.#proveCookie(from, packet, nowMs);
    const isNext = seqPlus(packet.seq, -1 - entry.synSeq) < mostPackets;
    if (!isNext || packet.ack !== seqPlus(entry.seq, -1)) return "unproved";
    this.#unproved.delete(key);
    return entry;
  }

  clear(): void {
    this.#unproved.clear();
  }

  /** The first packet after a SYN whose entry was dropped. */
  #proveCookie(from: Address, packet: UtpPacket, nowMs: number): Unproved | undefined {
    if (this.#unproved.size < unprovedBeforeCookies) return undefined;
    const sendingId = seqPlus(packet.connectionId, -1);
    const synSeq = seqPlus(packet.seq, -1);
    const seq = seqPlus(packet.ack, 1);
    const isOurs = this.#cookies.isValid(seq, from, sendingId, synSeq, nowMs);
    return isOurs ? { synSeq, seq } : undefined;
  }

  #newSeq(from: Address, packet: UtpPacket, nowMs: number): number {
    if (this.#unproved.size >= unprovedBeforeCookies)
      return this.#cookies.issue(from, packet.connectionId, packet.seq, nowMs);
    return readUint16(this.#random.bytes(2), 0);
  }
}

function keyOf({ host, port }: Address, sendingId: number): string {
  return `${sendingId} ${port} ${host}`;
}
