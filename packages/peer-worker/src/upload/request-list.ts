// Queued requests of a peer, in order of arrival. Places in typed arrays save an object per request; chains of equal
// hash make a cancel as fast in a long list as in a short list.

import type { MemoryBudget } from "../memory/memory-budget.ts";

/** No place; also ends a chain. */
export const noPlace = 0xffff;

const firstCapacity = 16;
/** Places guaranteed to each peer: enough if it heeds `reqq`. */
const ownCapacity = 512;
/** Places of an emptied list: more than a peer that heeds `reqq` needs. */
const keptCapacity = 1_024;
/** A peer that provokes longer chains loses its cancels, not our time. */
const maxChainSteps = 64;
/** Shared array of all empty lists: most peers never request anything. */
const noNumbers = new Uint32Array(0);
const noPlaces = new Uint16Array(0);
/** Bytes of all arrays for one request. */
const placeBytes = 20;

/** A list with constant-time removal of its ends and of any request. */
export class RequestList {
  readonly #memory: MemoryBudget;
  #capacity = 0;
  #length = 0;
  #first: number = noPlace;
  #last: number = noPlace;
  #free: number = noPlace;
  #pieces = noNumbers;
  #begins = noNumbers;
  #lengths = noPlaces;
  /** In list order; for a free place the next free place. */
  #nexts = noPlaces;
  #befores = noPlaces;
  /** Among requests of equal hash. */
  #alikeNexts = noPlaces;
  #alikeBefores = noPlaces;
  #heads = noPlaces;

  /** @param memory Counts the list's memory. */
  constructor(memory: MemoryBudget) {
    this.#memory = memory;
  }

  get length(): number {
    return this.#length;
  }

  get first(): number {
    return this.#first;
  }

  /** Or {@link noPlace}. */
  next(place: number): number {
    return this.#nexts[place] ?? noPlace;
  }

  piece(place: number): number {
    return this.#pieces[place] ?? 0;
  }

  begin(place: number): number {
    return this.#begins[place] ?? 0;
  }

  lengthBytes(place: number): number {
    return this.#lengths[place] ?? 0;
  }

  /** @returns False without memory for it. */
  append(piece: number, begin: number, lengthBytes: number): boolean {
    if (this.#free === noPlace && !this.#tryReserveGrowth()) return false;
    const place = this.#fill(piece, begin, lengthBytes);
    const last = this.#last;
    this.#befores[place] = last;
    this.#nexts[place] = noPlace;
    if (last === noPlace) this.#first = place;
    else this.#nexts[last] = place;
    this.#last = place;
    return true;
  }

  /** There is always memory to put a request back. */
  prepend(piece: number, begin: number, lengthBytes: number): void {
    if (this.#free === noPlace) this.#memory.takeAnyway(this.#growthBytes);
    const place = this.#fill(piece, begin, lengthBytes);
    const first = this.#first;
    this.#nexts[place] = first;
    this.#befores[place] = noPlace;
    if (first === noPlace) this.#last = place;
    else this.#befores[first] = place;
    this.#first = place;
  }

  removeFirst(): void {
    this.#remove(this.#first);
  }

  /** The next request keeps its place. */
  removeAt(place: number): void {
    this.#remove(place);
  }

  /** @returns Whether there was such a request; removes a single copy. */
  remove(piece: number, begin: number, lengthBytes: number): boolean {
    if (this.#length === 0) return false;
    let place = this.#heads[this.#hash(piece, begin)] ?? noPlace;
    for (let steps = 0; place !== noPlace && steps < maxChainSteps; steps++) {
      const isSame = this.#begins[place] === begin && this.#pieces[place] === piece;
      if (isSame && this.#lengths[place] === lengthBytes) {
        this.#remove(place);
        return true;
      }
      place = this.#alikeNexts[place] ?? noPlace;
    }
    return false;
  }

  clear(): void {
    this.#memory.release(this.#capacity * placeBytes);
    this.#capacity = 0;
    this.#length = 0;
    this.#first = noPlace;
    this.#last = noPlace;
    this.#free = noPlace;
    this.#pieces = noNumbers;
    this.#begins = noNumbers;
    this.#lengths = noPlaces;
    this.#nexts = noPlaces;
    this.#befores = noPlaces;
    this.#alikeNexts = noPlaces;
    this.#alikeBefores = noPlaces;
    this.#heads = noPlaces;
  }

  #remove(place: number): void {
    const next = this.#nexts[place] ?? noPlace;
    const before = this.#befores[place] ?? noPlace;
    if (next === noPlace) this.#last = before;
    else this.#befores[next] = before;
    if (before === noPlace) this.#first = next;
    else this.#nexts[before] = next;
    this.#unchain(place);
    this.#nexts[place] = this.#free;
    this.#free = place;
    this.#length--;
    if (this.#length === 0 && this.#capacity > keptCapacity) this.clear();
  }

  #fill(piece: number, begin: number, lengthBytes: number): number {
    if (this.#free === noPlace) this.#grow();
    const place = this.#free;
    this.#free = this.#nexts[place] ?? noPlace;
    this.#pieces[place] = piece;
    this.#begins[place] = begin;
    this.#lengths[place] = lengthBytes;
    this.#chain(place);
    this.#length++;
    return place;
  }

  #tryReserveGrowth(): boolean {
    if (this.#memory.tryTake(this.#growthBytes)) return true;
    if (this.#capacity >= ownCapacity) return false;
    this.#memory.takeAnyway(this.#growthBytes);
    return true;
  }

  get #growthBytes(): number {
    return (this.#capacity === 0 ? firstCapacity : this.#capacity) * placeBytes;
  }

  /** Doubles the places. Used places keep their index. */
  #grow(): void {
    const used = this.#capacity;
    const capacity = used === 0 ? firstCapacity : 2 * used;
    const [pieces, begins, lengths, nexts, befores] = [
      this.#pieces,
      this.#begins,
      this.#lengths,
      this.#nexts,
      this.#befores,
    ];
    this.#capacity = capacity;
    this.#allot(capacity);
    this.#pieces.set(pieces);
    this.#begins.set(begins);
    this.#lengths.set(lengths);
    this.#nexts.set(nexts);
    this.#befores.set(befores);
    for (let place = 0; place < used; place++) this.#chain(place);
    for (let place = capacity - 1; place >= used; place--) {
      this.#nexts[place] = this.#free;
      this.#free = place;
    }
  }

  #allot(capacity: number): void {
    this.#pieces = new Uint32Array(capacity);
    this.#begins = new Uint32Array(capacity);
    this.#lengths = new Uint16Array(capacity);
    this.#nexts = new Uint16Array(capacity);
    this.#befores = new Uint16Array(capacity);
    this.#alikeNexts = new Uint16Array(capacity);
    this.#alikeBefores = new Uint16Array(capacity);
    this.#heads = new Uint16Array(capacity).fill(noPlace);
  }

  #chain(place: number): void {
    const at = this.#hash(this.#pieces[place] ?? 0, this.#begins[place] ?? 0);
    const head = this.#heads[at] ?? noPlace;
    this.#alikeBefores[place] = noPlace;
    this.#alikeNexts[place] = head;
    if (head !== noPlace) this.#alikeBefores[head] = place;
    this.#heads[at] = place;
  }

  #unchain(place: number): void {
    const next = this.#alikeNexts[place] ?? noPlace;
    const before = this.#alikeBefores[place] ?? noPlace;
    if (next !== noPlace) this.#alikeBefores[next] = before;
    if (before !== noPlace) this.#alikeNexts[before] = next;
    else this.#heads[this.#hash(this.#pieces[place] ?? 0, this.#begins[place] ?? 0)] = next;
  }

  /** Begins are nearly always multiples of 16 KiB: the upper bits of the products tell them apart. */
  #hash(piece: number, begin: number): number {
    const mixed = Math.imul(piece ^ Math.imul(begin, 0x85ebca6b), 0x9e3779b1);
    return (mixed >>> 16) & (this.#capacity - 1);
  }
}
