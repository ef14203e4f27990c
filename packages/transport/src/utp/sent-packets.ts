import { seqDistance, seqPlus } from "@troupe/protocol/utp";

const firstCapacity = 16;

/** States of a sent packet. A lost packet waits to be sent again. */
export const sentStates = { acked: 0, inFlight: 1, lost: 2 } as const;

/**
 * Packets that were cut and are not acknowledged in order: a ring of numbers, without memory of its own, since the bytes
 * stay in the send queue. A packet is named by its sequence number; the caller asks only for packets that are there.
 */
export class SentPackets {
  #capacity = firstCapacity;
  #firstSeq: number;
  #count = 0;
  #states = new Uint8Array(firstCapacity);
  #types = new Uint8Array(firstCapacity);
  #sends = new Uint16Array(firstCapacity);
  #lengths = new Uint16Array(firstCapacity);
  /** Position of the first byte in the stream. */
  #offsets = new Float64Array(firstCapacity);
  #firstSentMs = new Float64Array(firstCapacity);
  #sentMs = new Float64Array(firstCapacity);
  /** Sends of the connection before the last one of this packet. */
  #orders = new Float64Array(firstCapacity);

  /** @param firstSeq Sequence number of the first packet. */
  constructor(firstSeq: number) {
    this.#firstSeq = firstSeq;
  }

  /** The oldest packet, or the next one. */
  get firstSeq(): number {
    return this.#firstSeq;
  }

  /** The packet that will be added next. */
  get nextSeq(): number {
    return seqPlus(this.#firstSeq, this.#count);
  }

  get count(): number {
    return this.#count;
  }

  has(seq: number): boolean {
    return seqDistance(this.#firstSeq, seq) < this.#count;
  }

  /** Adds the packet `nextSeq`, not yet sent. */
  add(type: number, offset: number, lengthBytes: number, nowMs: number): void {
    if (this.#count === this.#capacity) this.#grow();
    const place = this.nextSeq & (this.#capacity - 1);
    this.#states[place] = sentStates.lost;
    this.#types[place] = type;
    this.#sends[place] = 0;
    this.#lengths[place] = lengthBytes;
    this.#offsets[place] = offset;
    this.#firstSentMs[place] = nowMs;
    this.#count++;
  }

  /** The packet leaves. */
  sent(seq: number, order: number, nowMs: number): void {
    const place = this.#place(seq);
    this.#states[place] = sentStates.inFlight;
    this.#sends[place] = (this.#sends[place] ?? 0) + 1;
    this.#orders[place] = order;
    this.#sentMs[place] = nowMs;
  }

  setState(seq: number, state: number): void {
    this.#states[this.#place(seq)] = state;
  }

  /** Forgets the oldest packet. */
  dropFirst(): void {
    this.#firstSeq = seqPlus(this.#firstSeq, 1);
    this.#count--;
  }

  stateOf(seq: number): number {
    return this.#states[this.#place(seq)] ?? 0;
  }

  typeOf(seq: number): number {
    return this.#types[this.#place(seq)] ?? 0;
  }

  sendsOf(seq: number): number {
    return this.#sends[this.#place(seq)] ?? 0;
  }

  /** Bytes of the payload. */
  lengthOf(seq: number): number {
    return this.#lengths[this.#place(seq)] ?? 0;
  }

  offsetOf(seq: number): number {
    return this.#offsets[this.#place(seq)] ?? 0;
  }

  orderOf(seq: number): number {
    return this.#orders[this.#place(seq)] ?? 0;
  }

  sentMsOf(seq: number): number {
    return this.#sentMs[this.#place(seq)] ?? 0;
  }

  firstSentMsOf(seq: number): number {
    return this.#firstSentMs[this.#place(seq)] ?? 0;
  }

  #place(seq: number): number {
    return seq & (this.#capacity - 1);
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    this.#states = this.#moved(this.#states, new Uint8Array(capacity));
    this.#types = this.#moved(this.#types, new Uint8Array(capacity));
    this.#sends = this.#moved(this.#sends, new Uint16Array(capacity));
    this.#lengths = this.#moved(this.#lengths, new Uint16Array(capacity));
    this.#offsets = this.#moved(this.#offsets, new Float64Array(capacity));
    this.#firstSentMs = this.#moved(this.#firstSentMs, new Float64Array(capacity));
    this.#sentMs = this.#moved(this.#sentMs, new Float64Array(capacity));
    this.#orders = this.#moved(this.#orders, new Float64Array(capacity));
    this.#capacity = capacity;
  }

  #moved<Numbers extends Uint8Array | Uint16Array | Float64Array>(
    from: Numbers,
    to: Numbers,
  ): Numbers {
    for (let step = 0; step < this.#count; step++) {
      const seq = seqPlus(this.#firstSeq, step);
      to[seq & (to.length - 1)] = from[seq & (from.length - 1)] ?? 0;
    }
    return to;
  }
}
