// Where pieces and upload batches lie in a slab: a buddy allocator, local to one thread.
//
//   region of 11 units, after allocating 1 and 3:
//
//   unit   0   1   2   3   4   5   6   7   8   9  10
//         [a] [ ] [  b  ~] [ free 4       ] [free 2] [f]
//
// An extent is 2ⁿ units at a multiple of 2ⁿ, counted from the region's start. A region that is no power of two starts
// as the extents of its binary digits. Free extents of one order are a doubly linked list through two arrays.
//
// An area may be reserved: what is free or freed in it is given out no more, until all of it is free and becomes one
// extent. So a large extent comes together although small ones are taken and freed all the time.

const none = -1;

/** Units that are kept for one large extent. */
interface Reservation {
  readonly unit: number;
  readonly order: number;
  freeUnits: number;
}

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
  #reserved: Reservation | undefined;
  #lastReserved: number = none;

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

  /** What is free in the reserved area included. */
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
    const unit = (offset - this.#startOffset) / this.unitBytes;
    const order = -(this.#orderAt[unit] ?? 0) - 1;
    if (order < 0)
      throw new Error(`bug: cannot free offset ${offset}: no extent was given out there`);
    this.#freeUnits += 1 << order;
    this.#orderAt[unit] = 0;
    if (this.#reserved !== undefined && this.#isReserved(unit)) {
      this.#reserved.freeUnits += 1 << order;
    } else {
      this.#join(unit, order);
    }
  }

  /**
   * Reserves the area in which the fewest units are in use, for one extent of `lengthBytes`; of equals the first behind
   * the area that was reserved last. Another reservation ends.
   *
   * @returns False when each area of that size is one extent, or inside a larger one: there is nothing to bring together.
   */
  reserve(lengthBytes: number): boolean {
    this.endReservation();
    const order = this.#orderFor(lengthBytes);
    const size = 1 << order;
    const areas = Math.floor(this.#unitCount / size);
    const first = Math.floor(this.#lastReserved / size) + 1;
    let best = none;
    let bestUsed = Infinity;
    for (let step = 0; step < areas; step++) {
      const unit = ((first + step) % areas) * size;
      const used = this.#unitsInUse(unit, order);
      if (used >= bestUsed) continue;
      best = unit;
      bestUsed = used;
    }
    if (best === none) return false;
    this.#lastReserved = best;
    this.#reserved = { unit: best, order, freeUnits: size - bestUsed };
    for (let unit = best; unit < best + size; unit++) {
      const free = (this.#orderAt[unit] ?? 0) - 1;
      if (free >= 0) this.#unlink(unit, free);
    }
    return true;
  }

  /** Bytes of the reserved area that are in use; undefined without a reservation. */
  get reservedInUseBytes(): number | undefined {
    if (this.#reserved === undefined) return undefined;
    return ((1 << this.#reserved.order) - this.#reserved.freeUnits) * this.unitBytes;
  }

  /** Whether an extent that was given out lies in the reserved area. */
  isReserved(offset: number): boolean {
    return this.#isReserved((offset - this.#startOffset) / this.unitBytes);
  }

  /** @returns The extent that was reserved, when it is one of this length and all of it is free; else −1. */
  allocateReserved(lengthBytes: number): number {
    const reserved = this.#reserved;
    if (reserved?.order !== this.#orderFor(lengthBytes)) return none;
    const { unit, order, freeUnits } = reserved;
    if (freeUnits !== 1 << order) return none;
    this.#reserved = undefined;
    this.#orderAt[unit] = -(order + 1);
    this.#freeUnits -= freeUnits;
    return this.#startOffset + unit * this.unitBytes;
  }

  /** What is free in the reserved area is given out again. */
  endReservation(): void {
    const reserved = this.#reserved;
    if (reserved === undefined) return;
    this.#reserved = undefined;
    const end = reserved.unit + (1 << reserved.order);
    for (let unit = reserved.unit; unit < end;) {
      const given = -(this.#orderAt[unit] ?? 0) - 1;
      if (given < 0) this.#join(unit, 0);
      unit += given < 0 ? 1 : 1 << given;
    }
  }

  /** Links a free extent, together with its neighbours that are free. */
  #join(from: number, fromOrder: number): void {
    let unit = from;
    let order = fromOrder;
    while (order < this.#largestOrder) {
      const buddy = unit ^ (1 << order);
      if (buddy + (1 << order) > this.#unitCount || this.#orderAt[buddy] !== order + 1) break;
      this.#unlink(buddy, order);
      unit = Math.min(unit, buddy);
      order++;
    }
    this.#link(unit, order);
  }

  #isReserved(unit: number): boolean {
    if (this.#reserved === undefined) return false;
    const { unit: first, order } = this.#reserved;
    return unit >= first && unit < first + (1 << order);
  }

  /** Units of an area that are given out; infinite when it is one extent, or inside a larger one. */
  #unitsInUse(first: number, order: number): number {
    let used = 0;
    for (let unit = first; unit < first + (1 << order);) {
      const state = this.#orderAt[unit] ?? 0;
      const size = 1 << (Math.abs(state) - 1);
      if (state === 0 || size >= 1 << order) return Infinity;
      if (state < 0) used += size;
      unit += size;
    }
    return used;
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
