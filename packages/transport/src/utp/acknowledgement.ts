import { seqDistance, seqPlus, type UtpPacket } from "@troupe/protocol/utp";

import { reorderedPackets } from "./limits.ts";
import { type SentPackets, sentStates } from "./sent-packets.ts";

/** Acknowledgements without progress that stand for later packets, of a side without selective acks. */
const mostRepeated = 3;

/** Reads what a packet acknowledges, and marks it in the sent packets. Its fields are those of the last call. */
export class Acknowledgement {
  /** Newly acknowledged packets. */
  packets = 0;
  /** Their payload. */
  bytes = 0;
  /** Payload of the ones among them that were in flight. */
  flightBytes = 0;
  /** The ones among them that counted as lost. */
  lostPackets = 0;
  /** The largest payload among them. */
  largestBytes = 0;
  /** The shortest round trip among those sent once; infinite without one. */
  roundTripMs = Infinity;
  /** The end of the bytes that have arrived in order; -1 if it is the former. */
  ackedBytes = -1;
  /** Packets from the oldest up to the last that the selective ack names. */
  gapPackets = 0;
  /** The shortest round trip of the connection, which the caller sets. */
  leastRoundTripMs = Infinity;
  readonly #sent: SentPackets;
  /** The latest send that has arrived. */
  #highestOrder = -1;
  /** The time of that send, or a later one. */
  #latestSentMs = -Infinity;
  #lostBelowOrder = -1;
  #repeated = 0;

  constructor(sent: SentPackets) {
    this.#sent = sent;
  }

  /** Packets may be lost. */
  get hasGap(): boolean {
    return this.gapPackets > 0;
  }

  /**
   * Whether a packet of the gap in flight is lost: three later sends have arrived, or one that left a round trip later.
   */
  isLost(seq: number): boolean {
    if (this.#sent.orderOf(seq) <= this.#lostBelowOrder) return true;
    return this.#sent.sentMsOf(seq) + this.leastRoundTripMs < this.#latestSentMs;
  }

  /** @param steps Packets that are acknowledged in order; at most those that are sent. */
  read(packet: UtpPacket, datagram: Uint8Array, steps: number, nowMs: number): void {
    this.packets = 0;
    this.bytes = 0;
    this.flightBytes = 0;
    this.lostPackets = 0;
    this.largestBytes = 0;
    this.roundTripMs = Infinity;
    this.ackedBytes = -1;
    this.gapPackets = 0;
    for (let step = 0; step < steps; step++) this.#acknowledgeFirst(nowMs);
    if (packet.selectiveAckBytes > 0) this.#readSelective(packet, datagram, nowMs);
    else if (steps > 0) this.#repeated = Math.min(this.#repeated, 0);
    else if (packet.payloadAt === datagram.length && this.#sent.count > 0) this.#repeat();
    this.#lostBelowOrder = Math.max(this.#lostBelowOrder, this.#highestOrder - reorderedPackets);
  }

  #acknowledgeFirst(nowMs: number): void {
    const sent = this.#sent;
    const { firstSeq } = sent;
    this.#acknowledge(firstSeq, nowMs);
    this.ackedBytes = sent.offsetOf(firstSeq) + sent.lengthOf(firstSeq);
    sent.dropFirst();
  }

  #acknowledge(seq: number, nowMs: number): void {
    const sent = this.#sent;
    const state = sent.stateOf(seq);
    if (state === sentStates.acked) return;
    const lengthBytes = sent.lengthOf(seq);
    sent.setState(seq, sentStates.acked);
    this.packets++;
    this.bytes += lengthBytes;
    if (state === sentStates.inFlight) this.flightBytes += lengthBytes;
    else this.lostPackets++;
    if (lengthBytes > this.largestBytes) this.largestBytes = lengthBytes;
    const roundTripMs = nowMs - sent.sentMsOf(seq);
    // The answer to a packet that was sent twice may be to its first send: certainly if it comes too soon.
    if (sent.sendsOf(seq) === 1) this.roundTripMs = Math.min(this.roundTripMs, roundTripMs);
    else if (roundTripMs < this.leastRoundTripMs) return;
    this.#highestOrder = Math.max(this.#highestOrder, sent.orderOf(seq));
    this.#latestSentMs = Math.max(this.#latestSentMs, sent.sentMsOf(seq));
  }

  /** Bits beyond the packets that were sent are forged, and stand for nothing. */
  #readSelective(packet: UtpPacket, datagram: Uint8Array, nowMs: number): void {
    const sent = this.#sent;
    // A side with selective acks names the packets that have arrived: its repetitions say nothing more.
    this.#repeated = -Infinity;
    const first = seqPlus(packet.ack, 2);
    for (let at = 0; at < packet.selectiveAckBytes; at++) {
      const bits = datagram[packet.selectiveAckAt + at] ?? 0;
      if (bits === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        if ((bits & (1 << bit)) === 0) continue;
        const seq = seqPlus(first, at * 8 + bit);
        if (!sent.has(seq)) return;
        this.#acknowledge(seq, nowMs);
        this.gapPackets = seqDistance(sent.firstSeq, seq);
      }
    }
  }

  #repeat(): void {
    this.#repeated++;
    if (this.#repeated !== mostRepeated) return;
    this.gapPackets = 1;
    this.#lostBelowOrder = this.#sent.orderOf(this.#sent.firstSeq);
  }
}
