import { WindowCount, type Address } from "@troupe/actor-runtime";
import {
  toTimestampUs,
  utpHeaderBytes,
  type UtpPacket,
  utpTypes,
  writeUtpHeader,
} from "@troupe/protocol/utp";

import { mostResetsPerSecond } from "./limits.ts";
import type { UtpHost } from "./utp-host.ts";

const secondMs = 1_000;

/** Answers packets without a connection of their own. No answer is longer than the packet. */
export class StrangerAnswers {
  readonly #host: UtpHost;
  readonly #resets = new WindowCount(mostResetsPerSecond, secondMs);

  constructor(host: UtpHost) {
    this.#host = host;
  }

  /** A reset for a packet without a connection, unless too many went out in this second. */
  reset(to: Address, packet: UtpPacket): void {
    const { nowMs, counters } = this.#host;
    if (packet.type === utpTypes.reset || !this.#resets.take(nowMs)) return;
    counters.resets++;
    this.#send(to, utpTypes.reset, packet, 0);
  }

  /** The answer to a SYN. @param seq The number of our first packet. */
  acceptSyn(to: Address, packet: UtpPacket, seq: number): void {
    this.#send(to, utpTypes.state, packet, seq);
  }

  #send(
    to: Address,
    type: typeof utpTypes.state | typeof utpTypes.reset,
    packet: UtpPacket,
    seq: number,
  ): void {
    const { nowMs, slab, windowBytes } = this.#host;
    const nowUs = toTimestampUs(nowMs);
    const bytes = slab.take(utpHeaderBytes);
    writeUtpHeader(bytes, {
      type,
      connectionId: packet.connectionId,
      timestampUs: nowUs,
      differenceUs: (nowUs - packet.timestampUs) >>> 0,
      windowBytes,
      seq,
      ack: packet.seq,
    });
    this.#host.send(bytes, to);
  }
}
