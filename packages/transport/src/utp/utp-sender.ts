import { seqDistance, seqPlus, type UtpPacket, utpTypes } from "@troupe/protocol/utp";

import { Acknowledgement } from "./acknowledgement.ts";
import { type Acknowledged, Congestion } from "./congestion.ts";
import { Delays } from "./delays.ts";
import { mostLargeSends, mostPackets, mostSynSends, mostTimeouts } from "./limits.ts";
import type { PacketSize } from "./packet-size.ts";
import { RoundTrip } from "./round-trip.ts";
import { SendQueue } from "./send-queue.ts";
import { SentPackets, sentStates } from "./sent-packets.ts";
import type { UtpHost } from "./utp-host.ts";
import type { UtpOutlet } from "./utp-outlet.ts";

/** Reason for which a connection fails: the other side is silent, or small packets pass and a large one does not. */
type SendFault = "ETIMEDOUT" | "packet-too-large";

const noDifferenceUs = 0x7fff_ffff;

/** Cuts the bytes of a connection into packets, and sends each until it is acknowledged. */
export class UtpSender {
  readonly queue: SendQueue = new SendQueue();
  readonly delays: Delays = new Delays();
  readonly size: PacketSize;
  readonly #host: UtpHost;
  readonly #outlet: UtpOutlet;
  readonly #packets: SentPackets;
  readonly #congestion: Congestion;
  readonly #roundTrip = new RoundTrip();
  readonly #acknowledgement: Acknowledgement;
  readonly #acked: Acknowledged = {
    bytes: 0,
    delayMs: undefined,
    isFull: false,
    leastRoundTripMs: Infinity,
  };
  #flightBytes = 0;
  #lostPackets = 0;
  /** No packet before it is lost. */
  #lostSeq = 0;
  #sends = 0;
  /** The last packet. */
  #sentAtMs = -Infinity;
  #peerWindowBytes = 0;
  #isFull = false;
  #fin: "unwanted" | "wanted" | "cut" = "unwanted";
  #timeouts = 0;
  /** The last time-out. */
  #elapsedAtMs = -Infinity;
  #timeoutAtMs = Infinity;
  /** The acknowledgement of the last packet is late then; infinite if it was sent again for that. */
  #lateAtMs = Infinity;
  /** The last datagram of the other side. */
  #heardAtMs = -Infinity;
  /** The last acknowledgement of a packet that may be too large for a network. */
  #largeAckedAtMs = -Infinity;

  /** @param firstSeq Sequence number of the first packet. */
  constructor(host: UtpHost, outlet: UtpOutlet, size: PacketSize, firstSeq: number) {
    this.#host = host;
    this.#outlet = outlet;
    this.size = size;
    this.#packets = new SentPackets(firstSeq);
    this.#congestion = new Congestion(host.targetMs, size.payloadBytes);
    this.#acknowledgement = new Acknowledgement(this.#packets);
  }

  /** Sequence number of the next packet. */
  get nextSeq(): number {
    return this.#packets.nextSeq;
  }

  /** The time of the next {@link elapsed}; infinite if nothing is under way. */
  get deadlineMs(): number {
    return Math.min(this.#timeoutAtMs, this.#lateAtMs);
  }

  /** All that was written, and the fin if it was wanted, is acknowledged. */
  get isDone(): boolean {
    return this.#packets.count === 0 && this.queue.unsentBytes === 0 && this.#fin !== "wanted";
  }

  /** The fin was sent, and all before it is acknowledged. */
  get lacksOnlyFin(): boolean {
    return this.#fin === "cut" && this.#packets.count <= 1;
  }

  get congestionWindowBytes(): number {
    return this.#congestion.windowBytes;
  }

  /** Bytes wait while packets of the line do, too. */
  get isHeldBack(): boolean {
    return this.queue.unsentBytes > 0 && this.#congestion.isDelayed;
  }

  /** Sends the SYN, by which a dial begins. */
  sendSyn(): void {
    this.#cut(utpTypes.syn, 0);
  }

  /** A fin follows the last byte. */
  end(): void {
    if (this.#fin === "unwanted") this.#fin = "wanted";
  }

  /** Whether an acknowledged sequence number was sent, or is a late repetition; others are forged or damaged. */
  isPossible(ack: number): boolean {
    const { firstSeq, count } = this.#packets;
    return seqDistance(seqPlus(firstSeq, -1 - mostPackets), ack) <= mostPackets + count;
  }

  /** A packet has come whose acknowledgement {@link isPossible}. @returns A fault that ends the connection. */
  received(packet: UtpPacket, datagram: Uint8Array): SendFault | undefined {
    const { nowMs } = this.#host;
    this.#heardAtMs = nowMs;
    const last = seqPlus(this.#packets.firstSeq, -1);
    const steps = seqDistance(last, packet.ack);
    if (steps > this.#packets.count) return undefined;
    this.#peerWindowBytes = packet.windowBytes;
    const found = this.#acknowledgement;
    found.read(packet, datagram, steps, nowMs);
    this.#flightBytes -= found.flightBytes;
    this.#lostPackets -= found.lostPackets;
    if (found.packets > 0) this.#progress(packet);
    if (found.ackedBytes >= 0) this.queue.acknowledge(found.ackedBytes);
    return found.hasGap ? this.#findLost() : undefined;
  }

  /** Sends what the windows allow: lost packets first. */
  flush(): void {
    while (this.#lostPackets > 0 && this.#sendLost());
    if (this.#lostPackets === 0) while (this.#sendNext());
    if (this.#timeoutAtMs === Infinity && this.#waits()) this.#setTimeout();
  }

  /** The deadline has passed. @returns A fault that ends the connection. */
  elapsed(): SendFault | undefined {
    if (this.#packets.count === 0) {
      this.#lateAtMs = Infinity;
      if (this.#host.nowMs >= this.#timeoutAtMs) this.#probeWindow();
      return undefined;
    }
    if (this.#host.nowMs < this.#timeoutAtMs) {
      this.#resendLast();
      return undefined;
    }
    const oldest = this.#packets.firstSeq;
    const sinceMs = this.#timeouts > 0 ? this.#elapsedAtMs : this.#packets.sentMsOf(oldest);
    const isAnswered = this.#heardAtMs > sinceMs;
    this.#elapsedAtMs = this.#host.nowMs;
    // A full receiver drops packets and answers: it is not dead.
    if (isAnswered && this.#isWindowClosed()) this.#timeouts = 0;
    this.#timeouts++;
    const mostSends = this.#packets.typeOf(oldest) === utpTypes.syn ? mostSynSends : mostTimeouts;
    const isLarge = this.#packets.lengthOf(oldest) > this.size.safePayloadBytes;
    if (this.#timeouts >= mostSends)
      return isLarge && isAnswered ? "packet-too-large" : "ETIMEDOUT";
    for (let step = 0; step < this.#packets.count; step++) this.#lose(seqPlus(oldest, step));
    this.#lateAtMs = Infinity;
    this.#congestion.timedOut(this.#host.nowMs);
    this.#roundTrip.timedOut();
    this.#setTimeout();
    if (isLarge) this.#outlet.sendRepeated(oldest);
    return undefined;
  }

  /** The system refuses a packet for its size. */
  refused(): void {
    if (this.size.refused()) this.#congestion.setPacketBytes(this.size.payloadBytes);
  }

  #progress(packet: UtpPacket): void {
    const found = this.#acknowledgement;
    const { nowMs } = this.#host;
    this.#timeouts = 0;
    if (found.largestBytes > this.size.safePayloadBytes) this.#largeAckedAtMs = nowMs;
    if (this.size.acknowledged(found.largestBytes))
      this.#congestion.setPacketBytes(this.size.payloadBytes);
    if (found.roundTripMs !== Infinity) this.#roundTrip.sample(found.roundTripMs);
    const acked = this.#acked;
    acked.bytes = found.bytes;
    acked.delayMs = this.#delayMs(packet.differenceUs);
    acked.isFull = this.#isFull;
    acked.leastRoundTripMs = this.#roundTrip.leastMs;
    this.#congestion.acknowledged(acked, nowMs);
    found.leastRoundTripMs = this.#roundTrip.leastMs;
    this.#timeoutAtMs = Infinity;
    this.#lateAtMs = Infinity;
    if (this.#packets.count === 0) return;
    this.#setTimeout();
    this.#lateAtMs = nowMs + this.#roundTrip.lateMs;
  }

  /** @param differenceUs 0 from a side that has had no packet of ours; uTorrent says so by 2³¹ − 1. */
  #delayMs(differenceUs: number): number | undefined {
    const { roundTripMs } = this.#acknowledgement;
    if (differenceUs === 0 || differenceUs === noDifferenceUs || roundTripMs === Infinity)
      return undefined;
    return this.delays.told(differenceUs, roundTripMs, this.#host.nowMs);
  }

  #findLost(): SendFault | undefined {
    const { firstSeq } = this.#packets;
    const { gapPackets } = this.#acknowledgement;
    const { nowMs } = this.#host;
    let fault: SendFault | undefined;
    let isNewLoss = false;
    for (let step = 0; step < gapPackets; step++) {
      const seq = seqPlus(firstSeq, step);
      if (this.#packets.stateOf(seq) !== sentStates.inFlight) continue;
      if (!this.#acknowledgement.isLost(seq)) continue;
      if (this.#congestion.lost(this.#packets.sentMsOf(seq), nowMs)) isNewLoss = true;
      this.#lose(seq);
      if (this.#isTooLarge(seq)) fault = "packet-too-large";
    }
    // The first one does not wait until the halved window has room: the other side waits for it.
    if (isNewLoss && fault === undefined) this.#resend();
    return fault;
  }

  /** The packet was lost again and again, while smaller ones arrived and none of its size. */
  #isTooLarge(seq: number): boolean {
    if (this.#packets.lengthOf(seq) <= this.size.safePayloadBytes) return false;
    if (this.#packets.sendsOf(seq) < mostLargeSends) return false;
    return this.#largeAckedAtMs < this.#packets.firstSentMsOf(seq);
  }

  #lose(seq: number): void {
    if (this.#packets.stateOf(seq) !== sentStates.inFlight) return;
    this.#packets.setState(seq, sentStates.lost);
    this.#flightBytes -= this.#packets.lengthOf(seq);
    const { firstSeq } = this.#packets;
    // A number before the oldest packet still has every lost packet behind it.
    const isFirst =
      this.#lostPackets === 0 ||
      (this.#packets.has(this.#lostSeq) &&
        seqDistance(firstSeq, seq) < seqDistance(firstSeq, this.#lostSeq));
    if (isFirst) this.#lostSeq = seq;
    this.#lostPackets++;
  }

  /** Sends the first lost packet again, if the window has room. @returns Whether it left. */
  #sendLost(): boolean {
    if (!this.#hasRoom(this.#packets.lengthOf(this.#firstLost()))) return false;
    this.#resend();
    return true;
  }

  /** Sends the first lost packet again. */
  #resend(): void {
    this.#lostPackets--;
    this.#host.counters.resentPackets++;
    this.#transmit(this.#firstLost());
  }

  /**
   * The end of a window was lost perhaps, which no later packet shows: the last packet goes out again, once, well before the
   * time-out (RFC 8985, section 7).
   */
  #resendLast(): void {
    this.#lateAtMs = Infinity;
    const last = seqPlus(this.#packets.nextSeq, -1);
    if (this.#lostPackets > 0 || this.#packets.stateOf(last) !== sentStates.inFlight) return;
    this.#flightBytes -= this.#packets.lengthOf(last);
    this.#host.counters.resentPackets++;
    this.#transmit(last);
  }

  #firstLost(): number {
    if (!this.#packets.has(this.#lostSeq)) this.#lostSeq = this.#packets.firstSeq;
    while (this.#packets.stateOf(this.#lostSeq) !== sentStates.lost)
      this.#lostSeq = seqPlus(this.#lostSeq, 1);
    return this.#lostSeq;
  }

  /** Cuts and sends the next packet. @returns Whether it left. */
  #sendNext(): boolean {
    this.#isFull = false;
    if (this.#packets.count >= mostPackets) return false;
    const { unsentBytes } = this.queue;
    if (unsentBytes === 0) return this.#fin === "wanted" && this.#sendFin();
    const usualBytes = Math.min(unsentBytes, this.size.payloadBytes);
    if (!this.#hasRoom(usualBytes)) return false;
    const roomBytes = this.#peerWindowBytes - (this.queue.sentBytes - this.queue.ackedBytes);
    if (roomBytes >= usualBytes) {
      this.#lateAtMs = this.#host.nowMs + this.#roundTrip.lateMs;
      this.#cut(utpTypes.data, this.size.nextPayload(Math.min(unsentBytes, roomBytes)));
      return true;
    }
    // A window smaller than a packet gets a smaller one, but not in drops beside others.
    if (roomBytes <= 0 || this.#packets.count > 0) return false;
    this.#cut(utpTypes.data, roomBytes);
    return true;
  }

  #sendFin(): boolean {
    this.#fin = "cut";
    this.#cut(utpTypes.fin, 0);
    return false;
  }

  #hasRoom(lengthBytes: number): boolean {
    const fits = this.#flightBytes + lengthBytes <= this.#congestion.windowBytes;
    this.#isFull = !fits;
    return fits || this.#flightBytes === 0;
  }

  /** Bytes wait, and no acknowledgement will come by itself. */
  #waits(): boolean {
    return this.#packets.count > 0 || this.queue.unsentBytes > 0;
  }

  #isWindowClosed(): boolean {
    return this.#peerWindowBytes < this.queue.sentBytes - this.queue.ackedBytes;
  }

  /** The other side's window is closed, and its opening may have been lost: a packet asks. */
  #probeWindow(): void {
    const { unsentBytes } = this.queue;
    this.#timeoutAtMs = Infinity;
    if (unsentBytes > 0)
      this.#cut(utpTypes.data, Math.min(unsentBytes, this.size.safePayloadBytes));
  }

  #cut(type: number, lengthBytes: number): void {
    const restedMs = this.#host.nowMs - this.#sentAtMs;
    if (this.#packets.count === 0 && restedMs > this.#roundTrip.timeoutMs)
      this.#congestion.rested();
    const seq = this.#packets.nextSeq;
    this.#packets.add(type, this.queue.cut(lengthBytes), lengthBytes, this.#host.nowMs);
    this.#transmit(seq);
  }

  #transmit(seq: number): void {
    const packets = this.#packets;
    this.#sentAtMs = this.#host.nowMs;
    packets.sent(seq, this.#sends++, this.#sentAtMs);
    const lengthBytes = packets.lengthOf(seq);
    this.#flightBytes += lengthBytes;
    if (this.#timeoutAtMs === Infinity) this.#setTimeout();
    this.#outlet.sendNumbered(
      packets.typeOf(seq),
      seq,
      this.queue,
      packets.offsetOf(seq),
      lengthBytes,
    );
  }

  #setTimeout(): void {
    this.#timeoutAtMs = this.#host.nowMs + this.#roundTrip.timeoutMs;
  }
}
