// Where pieces and upload batches lie in a slab: a buddy allocator, local to one thread.
//
//   region of 11 units, after allocating 1 and 3:
//
//   unit   0   1   2   3   4   5   6   7   8   9  10
//         [a] [ ] [  b  ~] [ free 4       ] [free 2] [f]
//
// An extent is 2ⁿ units at a multiple of 2ⁿ, counted from the region's start. A region that is no power of two starts
// as the extents of its binary digits. Free extents of one order are a doubly linked list through two arrays.

const none = -1;

/** Allocates extents of unit × 2ⁿ bytes in a region of memory. O(log units) a call, no allocation of its own. */
export class BuddyAllocator {
  readonly unitBytes: number;
  readonly totalBytes: number;
  readonly #startOffset: number;
  readonly #unitCount: number;
  readonly #largestOrder: number;
  /** By first unit of an extent: its order + 1; positive when free, negative when allocated, 0 inside an extent. */
  readonly #orderAt: Int8Array;
  readonly #nextFree: Int32Array;
  readonly #previousFree: Int32Array;
  /** First free extent of each order. */
  readonly #firstFree: Int32Array;
  #freeUnits: number;

  /**
   * @param startOffset Byte offset of the region; offsets that are given out count from the same origin.
   * @param regionBytes What is left over after whole units is not used.
   */
  constructor(startOffset: number, regionBytes: number, unitBytes: number) {
    const unitCount = Math.floor(regionBytes / unitBytes);
    this.unitBytes = unitBytes;
    this.totalBytes = unitCount * unitBytes;
    this.#startOffset = startOffset;
    this.#unitCount = unitCount;
    this.#largestOrder = unitCount === 0 ? 0 : 31 - Math.clz32(unitCount);
    this.#orderAt = new Int8Array(unitCount);
    this.#nextFree = new Int32Array(unitCount);
    this.#previousFree = new Int32Array(unitCount);
    this.#firstFree = new Int32Array(this.#largestOrder + 1).fill(none);
    this.#freeUnits = unitCount;
    let unit = 0;
    for (let order = this.#largestOrder; order >= 0; order--) {
      if ((unitCount & (1 << order)) === 0) continue;
      this.#link(unit, order);
      unit += 1 << order;
    }
  }

  get freeBytes(): number {
    return this.#freeUnits * this.unitBytes;
  }

  /** @returns Bytes of the extent that `allocate(lengthBytes)` gives out. */
  extentBytes(lengthBytes: number): number {
    return this.unitBytes * (1 << this.#orderFor(lengthBytes));
  }

  /** @returns The extent's offset, or −1 when none of its size is free. The content is what was there before. */
  allocate(lengthBytes: number): number {
    const order = this.#orderFor(lengthBytes);
    let from = order;
    while (from <= this.#largestOrder && this.#firstFree[from] === none) from++;
    if (from > this.#largestOrder) return none;
    const unit = this.#firstFree[from] ?? none;
    this.#unlink(unit, from);
    while (from > order) {
      from--;
      this.#link(unit + (1 << from), from);
    }
    this.#orderAt[unit] = -(order + 1);
    this.#freeUnits -= 1 << order;
    return this.#startOffset + unit * this.unitBytes;
  }

  /** @param offset As given out by `allocate`; anything else throws. */
  free(offset: number): void {
    let unit = (offset - this.#startOffset) / this.unitBytes;
    let order = -(this.#orderAt[unit] ?? 0) - 1;
    if (order < 0)
      throw new Error(`bug: cannot free offset ${offset}: no extent was given out there`);
    this.#freeUnits += 1 << order;
    this.#orderAt[unit] = 0;
    while (order < this.#largestOrder) {
      const buddy = unit ^ (1 << order);
      if (buddy + (1 << order) > this.#unitCount || this.#orderAt[buddy] !== order + 1) break;
      this.#unlink(buddy, order);
      unit = Math.min(unit, buddy);
      order++;
    }
    this.#link(unit, order);
  }

  #orderFor(lengthBytes: number): number {
    const units = Math.max(1, Math.ceil(lengthBytes / this.unitBytes));
    return units === 1 ? 0 : 32 - Math.clz32(units - 1);
  }

  #link(unit: number, order: number): void {
    const first = this.#firstFree[order] ?? none;
    this.#orderAt[unit] = order + 1;
    this.#nextFree[unit] = first;
    this.#previousFree[unit] = none;
    if (first !== none) this.#previousFree[first] = unit;
    this.#firstFree[order] = unit;
  }

  #unlink(unit: number, order: number): void {
    const next = this.#nextFree[unit] ?? none;
    const previous = this.#previousFree[unit] ?? none;
    if (previous === none) this.#firstFree[order] = next;
    else this.#nextFree[previous] = next;
    if (next !== none) this.#previousFree[next] = previous;
    this.#orderAt[unit] = 0;
  }
}
