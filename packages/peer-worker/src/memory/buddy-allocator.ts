// A buddy allocator for the pieces and upload batches of a slab, local to a thread.
//
//   region of 11 units, after allocating 1 and 3:
//
//   unit   0   1   2   3   4   5   6   7   8   9  10
//         [a] [ ] [  b  ~] [ free 4       ] [free 2] [f]
//
// An extent is 2ⁿ units at a multiple of 2ⁿ, counted from the region's start. A region that is no power of two starts
// as the extents of its binary digits. Free extents of one order form a doubly linked list through two arrays.
//
// An area may be reserved: its free and freed extents are not allocated until the whole area is free and becomes a
// single extent. So a large extent forms although small extents come and go all the time.

const none = -1;

interface Reservation {
  readonly unit: number;
  readonly order: number;
  freeUnits: number;
}

/** Allocates extents of unit × 2ⁿ bytes. O(log units) per call, no allocation of its own. */
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
  readonly #firstFree: Int32Array;
  #freeUnits: number;
  #reserved: Reservation | undefined;
  #lastReserved: number = none;

  /**
   * @param startOffset Byte offset of the region; returned offsets count from the same origin.
   * @param regionBytes A remainder after whole units is not used.
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

  /** Includes the free memory of the reserved area. */
  get freeBytes(): number {
    return this.#freeUnits * this.unitBytes;
  }

  /** Or −1 when none of its size is free. The old content stays. */
  extentBytes(lengthBytes: number): number {
    return this.unitBytes * (1 << this.#orderFor(lengthBytes));
  }

  /** @returns The extent's offset, or −1 when none of its size is free. The old content stays. */
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

  /** @param offset Offset that `allocate` returned; any other value throws. */
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
   * Reserves the area with the fewest used units for an extent of `lengthBytes`; ties go to the first area after the
   * last reservation. Ends an earlier reservation.
   *
   * @returns False when each such area is a single extent, or inside a larger extent.
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

  /** Used bytes of the reserved area; undefined without a reservation. */
  get reservedInUseBytes(): number | undefined {
    if (this.#reserved === undefined) return undefined;
    return ((1 << this.#reserved.order) - this.#reserved.freeUnits) * this.unitBytes;
  }

  isReserved(offset: number): boolean {
    return this.#isReserved((offset - this.#startOffset) / this.unitBytes);
  }

  /** @returns The reserved extent, if it has this length and is all free; else −1. */
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

  /** Links a free extent, joined with its free neighbours. */
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

  /** Infinite when the area is a single extent, or inside a larger extent. */
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
