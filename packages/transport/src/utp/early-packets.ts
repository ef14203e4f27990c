import { copyBytes } from "@troupe/protocol/bytes";
import {
  selectiveAckLength,
  seqDistance,
  seqPlus,
  setSelectiveAck,
  writeSelectiveAck,
} from "@troupe/protocol/utp";

import { type HeldMemory, slotBytes } from "./held-memory.ts";

const firstCapacity = 64;
const noBytes = new Uint8Array(0);

/** Packets that arrived before an earlier one, in a ring by their sequence number. The caller bounds their distance. */
export class EarlyPackets {
  readonly #memory: HeldMemory;
  /** Bytes of a packet in a slot of its own; packets without payload share {@link noBytes}. Empty until the first one. */
  #slots: (Uint8Array | undefined)[] = [];
  #lengths = new Uint16Array(0);
  #count = 0;
  #highestSeq = 0;

  constructor(memory: HeldMemory) {
    this.#memory = memory;
  }

  get count(): number {
    return this.#count;
  }

  /** Steps from `next` to the highest packet; 0 without one. */
  reachFrom(next: number): number {
    return this.#count === 0 ? 0 : seqDistance(next, this.#highestSeq);
  }

  /**
   * Copies the payload of a packet.
   *
   * @param next The packet that is missing: `seq` is 1 to 4,095 steps beyond.
   * @returns False for a packet that was there already, or that finds no memory.
   */
  keep(next: number, seq: number, datagram: Uint8Array, payloadAt: number): boolean {
    const reach = seqDistance(next, seq);
    if (reach >= this.#slots.length) this.#grow(next, reach);
    const place = seq & (this.#slots.length - 1);
    if (this.#slots[place] !== undefined) return false;
    const lengthBytes = datagram.length - payloadAt;
    const slot = lengthBytes === 0 ? noBytes : this.#slotFor(lengthBytes);
    if (slot === undefined) return false;
    copyBytes(datagram, payloadAt, datagram.length, slot, 0);
    this.#slots[place] = slot;
    this.#lengths[place] = lengthBytes;
    if (reach > this.reachFrom(next)) this.#highestSeq = seq;
    this.#count++;
    return true;
  }

  /** Length of the payload of a packet; undefined if it has not arrived. */
  lengthOf(seq: number): number | undefined {
    const place = seq & (this.#slots.length - 1);
    return this.#slots[place] === undefined ? undefined : this.#lengths[place];
  }

  /** Takes a packet that {@link lengthOf} has shown. @returns Its slot, which belongs to the caller; undefined without payload. */
  take(seq: number): Uint8Array | undefined {
    const place = seq & (this.#slots.length - 1);
    const slot = this.#slots[place];
    this.#slots[place] = undefined;
    this.#count--;
    return slot === noBytes ? undefined : slot;
  }

  /** Gives all memory back. */
  clear(): void {
    for (const slot of this.#slots)
      if (slot !== undefined && slot !== noBytes) this.#memory.give(slot);
    this.#slots = [];
    this.#count = 0;
  }

  /** @returns Bytes of the selective ack of these packets; 0 without one. */
  selectiveAckLength(next: number): number {
    return this.#count === 0 ? 0 : selectiveAckLength(this.reachFrom(next));
  }

  /** Writes the selective ack behind the header. @param lengthBytes From {@link selectiveAckLength}. */
  writeSelectiveAck(next: number, packet: Uint8Array, lengthBytes: number): void {
    writeSelectiveAck(packet, lengthBytes);
    const bits = Math.min(this.reachFrom(next), lengthBytes * 8);
    const mask = this.#slots.length - 1;
    for (let bit = 0; bit < bits; bit++)
      if (this.#slots[seqPlus(next, bit + 1) & mask] !== undefined) setSelectiveAck(packet, bit);
  }

  #slotFor(lengthBytes: number): Uint8Array | undefined {
    return lengthBytes > slotBytes ? undefined : this.#memory.take();
  }

  #grow(next: number, reach: number): void {
    let capacity = Math.max(this.#slots.length, firstCapacity);
    while (capacity <= reach) capacity *= 2;
    const slots = Array.from<Uint8Array | undefined>({ length: capacity });
    const lengths = new Uint16Array(capacity);
    const oldMask = this.#slots.length - 1;
    for (let step = 0; step <= oldMask; step++) {
      const seq = seqPlus(next, step);
      const place = seq & (capacity - 1);
      slots[place] = this.#slots[seq & oldMask];
      lengths[place] = this.#lengths[seq & oldMask] ?? 0;
    }
    this.#slots = slots;
    this.#lengths = lengths;
  }
}
