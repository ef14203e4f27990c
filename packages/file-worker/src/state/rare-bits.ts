import { addBits, clearBit, hasAnyBit, hasBit, setBit } from "@troupe/protocol/peer";

/** A bitfield whose bits are rarely set. It takes memory from its first set bit on. */
export class RareBits {
  readonly #lengthBytes: number;
  #bits: Uint8Array | undefined;

  /** @param bits Taken over. Default: no bit is set. */
  constructor(lengthBytes: number, bits?: Uint8Array) {
    this.#lengthBytes = lengthBytes;
    if (bits !== undefined) this.replace(bits);
  }

  get isEmpty(): boolean {
    return this.#bits?.some((byte) => byte !== 0) !== true;
  }

  /** Wire order; only to be read. */
  get bytes(): Uint8Array {
    return this.#bits ?? new Uint8Array(this.#lengthBytes);
  }

  has(index: number): boolean {
    return this.#bits !== undefined && hasBit(this.#bits, index);
  }

  hasAny(first: number, last: number): boolean {
    return this.#bits !== undefined && hasAnyBit(this.#bits, first, last);
  }

  /** The set bits, ascending. */
  *indexes(): Generator<number> {
    for (let index = 0; index < 8 * (this.#bits?.length ?? 0); index++)
      if (this.has(index)) yield index;
  }

  /** @returns The bits that are set here or there; not to be changed. */
  with(bits: Uint8Array): Uint8Array {
    if (this.#bits === undefined) return bits;
    const both = bits.slice();
    addBits(both, this.#bits);
    return both;
  }

  set(index: number): void {
    setBit((this.#bits ??= new Uint8Array(this.#lengthBytes)), index);
  }

  put(index: number, isSet: boolean): void {
    if (isSet) this.set(index);
    else this.clear(index);
  }

  clear(index: number): void {
    if (this.#bits !== undefined) clearBit(this.#bits, index);
  }

  /** @param bits Taken over. */
  replace(bits: Uint8Array): void {
    this.#bits = bits.some((byte) => byte !== 0) ? bits : undefined;
  }
}
