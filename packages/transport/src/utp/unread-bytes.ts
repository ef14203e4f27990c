import { copyBytes } from "@troupe/protocol/bytes";

import { type HeldMemory, slotBytes } from "./held-memory.ts";

/** Bytes in order that wait until their owner reads on. */
export class UnreadBytes {
  readonly #memory: HeldMemory;
  #slots: Uint8Array[] = [];
  #lengths: number[] = [];
  #first = 0;

  constructor(memory: HeldMemory) {
    this.#memory = memory;
  }

  get isEmpty(): boolean {
    return this.slotCount === 0;
  }

  get slotCount(): number {
    return this.#slots.length - this.#first;
  }

  /** Copies the bytes from `at` to the end. @returns False without memory for all of them. */
  add(bytes: Uint8Array, at: number): boolean {
    const lengthBytes = bytes.length - at;
    if (lengthBytes > slotBytes) return false;
    const last = this.#slots.length - 1;
    const usedBytes = this.isEmpty ? slotBytes : (this.#lengths[last] ?? 0);
    const restBytes = lengthBytes - (slotBytes - usedBytes);
    if (restBytes > 0) {
      const slot = this.#memory.take();
      if (slot === undefined) return false;
      this.addSlot(slot, restBytes);
      copyBytes(bytes, bytes.length - restBytes, bytes.length, slot, 0);
    }
    const headBytes = Math.min(lengthBytes, slotBytes - usedBytes);
    const tail = this.#slots[last];
    if (headBytes === 0 || tail === undefined) return true;
    copyBytes(bytes, at, at + headBytes, tail, usedBytes);
    this.#lengths[last] = usedBytes + headBytes;
    return true;
  }

  /** Adds the first bytes of a slot, which belongs to this queue from now on. */
  addSlot(slot: Uint8Array, lengthBytes: number): void {
    this.#slots.push(slot);
    this.#lengths.push(lengthBytes);
  }

  /** Lends the first bytes to `read`. */
  readFirst(read: (bytes: Uint8Array) => void): void {
    const slot = this.#slots[this.#first];
    if (slot === undefined) return;
    const lengthBytes = this.#lengths[this.#first] ?? 0;
    this.#first++;
    if (this.isEmpty) this.#forget();
    read(slot.subarray(0, lengthBytes));
    this.#memory.give(slot);
  }

  /** Gives all memory back. */
  clear(): void {
    for (let at = this.#first; at < this.#slots.length; at++) {
      const slot = this.#slots[at];
      if (slot !== undefined) this.#memory.give(slot);
    }
    this.#forget();
  }

  #forget(): void {
    this.#slots = [];
    this.#lengths = [];
    this.#first = 0;
  }
}
