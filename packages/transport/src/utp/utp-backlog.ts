import type { Address } from "@troupe/actor-runtime";
import { seqPlus, type UtpPacket } from "@troupe/protocol/utp";

import { mostPackets, mostUnproved } from "./limits.ts";

/** A connection that was asked for: its dialer may have forged its address. */
interface Unproved {
  /** Sequence number of the SYN. */
  readonly synSeq: number;
  /** Our first sequence number, which only the true address learns. */
  readonly seq: number;
}

/**
 * Connections that were asked for by a SYN, and whose dialers have not sent a packet that acknowledges our answer. Nothing
 * but the answer to each SYN goes to them, and the engine hears of none.
 */
export class UtpBacklog {
  /** By address and the id of our packets to it; the oldest first. */
  readonly #unproved = new Map<string, Unproved>();

  get size(): number {
    return this.#unproved.size;
  }

  /**
   * A SYN has come. A repeated one finds the entry of the first; beyond the bound the oldest entry is dropped.
   *
   * @param seq Our sequence number for a new entry.
   */
  ask(from: Address, packet: UtpPacket, seq: number): Unproved {
    const key = keyOf(from, packet.connectionId);
    const known = this.#unproved.get(key);
    if (known?.synSeq === packet.seq) return known;
    const entry = { synSeq: packet.seq, seq };
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
  prove(from: Address, packet: UtpPacket): Unproved | "unproved" | undefined {
    const key = keyOf(from, seqPlus(packet.connectionId, -1));
    const entry = this.#unproved.get(key);
    if (entry === undefined) return undefined;
    const isNext = seqPlus(packet.seq, -1 - entry.synSeq) < mostPackets;
    if (!isNext || packet.ack !== seqPlus(entry.seq, -1)) return "unproved";
    this.#unproved.delete(key);
    return entry;
  }

  clear(): void {
    this.#unproved.clear();
  }
}

function keyOf({ host, port }: Address, sendingId: number): string {
  return `${sendingId} ${port} ${host}`;
}
