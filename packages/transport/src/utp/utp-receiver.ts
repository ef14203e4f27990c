import { seqDistance, seqPlus, utpTypes, type UtpPacket } from "@troupe/protocol/utp";

import { EarlyPackets } from "./early-packets.ts";
import { slotBytes } from "./held-memory.ts";
import { ackDelayMs, mostPackets } from "./limits.ts";
import { UnreadBytes } from "./unread-bytes.ts";
import type { UtpHost } from "./utp-host.ts";

/** The owner of received bytes. */
export interface BytesOwner {
  /** False until the owner reads on. */
  readonly isReading: boolean;
  /** @param chunk Lent for the call. */
  received(chunk: Uint8Array): void;
}

/** Acknowledgements go out after so many packets. */
const packetsPerAck = 2;
/** Small packets take more memory than their payload: this part more than the window. */
const slotShare = 1.5;

/** Puts the packets of the other side in order, and hands their bytes to the owner. */
export class UtpReceiver {
  readonly #host: UtpHost;
  readonly #owner: BytesOwner;
  readonly #early: EarlyPackets;
  readonly #unread: UnreadBytes;
  #ack: number;
  /** The last packet, once a fin has arrived. */
  #endSeq: number | undefined;
  /** Packets that we have not acknowledged; a repeated or early one counts as many. */
  #owedPackets = 0;
  #ackAtMs = Infinity;
  #toldWindowBytes = Infinity;

  /** @param nextSeq The first packet. */
  constructor(host: UtpHost, owner: BytesOwner, nextSeq: number) {
    this.#host = host;
    this.#owner = owner;
    this.#early = new EarlyPackets(host.memory);
    this.#unread = new UnreadBytes(host.memory);
    this.#ack = seqPlus(nextSeq, -1);
  }

  /** The last packet in order. */
  get ack(): number {
    return this.#ack;
  }

  /** The time by which an acknowledgement goes out; infinite if none is owed. */
  get ackAtMs(): number {
    return this.#ackAtMs;
  }

  /** At the end of a batch of datagrams an acknowledgement goes out. */
  get owesAck(): boolean {
    return this.#owedPackets >= packetsPerAck;
  }

  get hasEarly(): boolean {
    return this.#early.count > 0;
  }

  /** The other side has sent its last byte, and the owner has it. */
  get hasEnded(): boolean {
    return this.#endSeq === this.#ack && this.#unread.isEmpty;
  }

  /** Bytes that we would take beyond those in order. Less than a slot is no window: it would be used up by small packets. */
  get windowBytes(): number {
    const { windowBytes, memory } = this.#host;
    if (this.#owner.isReading && this.#unread.isEmpty) return windowBytes;
    const heldBytes = this.#unread.slotCount * slotBytes;
    const restBytes = Math.min(windowBytes - heldBytes, memory.freeBytes);
    return restBytes < slotBytes ? 0 : restBytes;
  }

  /** The window was told smaller than a quarter of what it is now. */
  get hasReopened(): boolean {
    return this.#toldWindowBytes < this.windowBytes / 4;
  }

  get selectiveAckLength(): number {
    return this.#early.selectiveAckLength(seqPlus(this.#ack, 1));
  }

  writeSelectiveAck(packet: Uint8Array, lengthBytes: number): void {
    this.#early.writeSelectiveAck(seqPlus(this.#ack, 1), packet, lengthBytes);
  }

  /** An acknowledgement has left with a packet. */
  acknowledged(): void {
    this.#owedPackets = 0;
    this.#ackAtMs = Infinity;
    this.#toldWindowBytes = this.windowBytes;
  }

  /** Whether a packet is within reach of the last one in order; further ones are forged or damaged. */
  isNear(seq: number): boolean {
    return seqDistance(seqPlus(this.#ack, 1 - mostPackets), seq) < 2 * mostPackets;
  }

  /** Whether a packet that {@link isNear} is a repetition. */
  isBehind(seq: number): boolean {
    return seqDistance(seqPlus(this.#ack, 1), seq) >= mostPackets;
  }

  /** Takes a packet of type data or fin that {@link isNear}. The owner may act within the call. */
  take(packet: UtpPacket, datagram: Uint8Array): void {
    const { seq, payloadAt } = packet;
    const next = seqPlus(this.#ack, 1);
    const ahead = seqDistance(next, seq);
    if (ahead >= mostPackets) return this.#owe(packetsPerAck);
    // Nothing follows the end.
    if (this.#endSeq === this.#ack) return;
    if (packet.type === utpTypes.fin && !this.#end(seq, ahead)) return;
    if (this.#endSeq !== undefined && ahead > seqDistance(next, this.#endSeq)) return;
    if (ahead > 0) {
      this.#owe(packetsPerAck);
      if (this.#hasRoom()) this.#early.keep(next, seq, datagram, payloadAt);
      return;
    }
    this.#owe(this.hasEarly || packet.type === utpTypes.fin ? packetsPerAck : 1);
    if (!this.#takeNext(datagram, payloadAt)) return;
    if (this.hasEarly) this.#takeEarly();
  }

  /** The owner reads on. */
  readOn(): void {
    while (this.#owner.isReading && !this.#unread.isEmpty)
      this.#unread.readFirst((bytes) => this.#owner.received(bytes));
  }

  /** Gives all memory back. */
  close(): void {
    this.#early.clear();
    this.#unread.clear();
  }

  /** @returns False for a fin that contradicts an earlier packet. */
  #end(seq: number, ahead: number): boolean {
    if (this.#endSeq !== undefined) return this.#endSeq === seq;
    if (this.#early.reachFrom(seqPlus(this.#ack, 1)) > ahead) return false;
    this.#endSeq = seq;
    return true;
  }

  #takeNext(datagram: Uint8Array, payloadAt: number): boolean {
    if (datagram.length > payloadAt) {
      const passesOn = this.#owner.isReading && this.#unread.isEmpty;
      if (!passesOn && !(this.#hasRoom() && this.#unread.add(datagram, payloadAt))) {
        this.#owe(packetsPerAck);
        return false;
      }
      this.#ack = seqPlus(this.#ack, 1);
      if (passesOn) this.#owner.received(datagram.subarray(payloadAt));
    } else this.#ack = seqPlus(this.#ack, 1);
    return true;
  }

  /** Packets that arrived early are in order now. */
  #takeEarly(): void {
    for (;;) {
      const next = seqPlus(this.#ack, 1);
      const lengthBytes = this.hasEarly ? this.#early.lengthOf(next) : undefined;
      if (lengthBytes === undefined) return;
      const slot = this.#early.take(next);
      this.#ack = next;
      if (slot === undefined) continue;
      this.#unread.addSlot(slot, lengthBytes);
      this.readOn();
    }
  }

  #hasRoom(): boolean {
    const heldBytes = (this.#early.count + this.#unread.slotCount) * slotBytes;
    return heldBytes < slotShare * this.#host.windowBytes;
  }

  #owe(packets: number): void {
    this.#owedPackets += packets;
    if (this.#ackAtMs === Infinity) this.#ackAtMs = this.#host.nowMs + ackDelayMs;
  }
}
