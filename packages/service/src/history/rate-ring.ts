// A ring of slots of time, each with the bytes that moved in it and the time that was measured.

/** The shape of a ring. */
export interface RingShape {
  readonly slotMs: number;
  /** Slots that are kept. */
  readonly slots: number;
}

/** Slots in the order of time, for a graph. A slot that was not measured has 0 measured milliseconds. */
export interface RateColumns {
  /** Milliseconds since 1970 of the start of the first slot. */
  readonly beginsAt: number;
  readonly slotMs: number;
  /** Payload received in each slot. */
  readonly downBytes: readonly number[];
  readonly upBytes: readonly number[];
  /** The measured time of each slot: bytes divided by it are a rate. */
  readonly measuredMs: readonly number[];
}

/** A time in which bytes moved. */
export interface MeasuredTime {
  /** Its middle, in milliseconds since 1970. */
  readonly atMs: number;
  /** A whole number. */
  readonly lengthMs: number;
  readonly downBytes: number;
  readonly upBytes: number;
}

/** The content of a ring. The arrays are those of the ring, and change with it. */
export interface RingContent {
  /** The number of the latest slot since 1970; undefined for an empty ring. */
  readonly newest: number | undefined;
  /** The place of a slot is its number modulo the length. */
  readonly downBytes: Float64Array;
  readonly upBytes: Float64Array;
  readonly measuredMs: Uint32Array;
}

/** The latest slots. Time may step: a slot that is written again adds up, and one that is older than all begins anew. */
export class RateRing {
  readonly shape: RingShape;
  #newest: number | undefined;
  readonly #downBytes: Float64Array;
  readonly #upBytes: Float64Array;
  readonly #measuredMs: Uint32Array;

  /** @param content Taken over; its arrays have the length of the shape. */
  constructor(shape: RingShape, content: RingContent = emptyContent(shape)) {
    this.shape = shape;
    this.#newest = content.newest;
    this.#downBytes = content.downBytes;
    this.#upBytes = content.upBytes;
    this.#measuredMs = content.measuredMs;
  }

  get content(): RingContent {
    return {
      newest: this.#newest,
      downBytes: this.#downBytes,
      upBytes: this.#upBytes,
      measuredMs: this.#measuredMs,
    };
  }

  /** Adds a measured time to the slot of its middle. */
  add({ atMs, downBytes, lengthMs, upBytes }: MeasuredTime): void {
    const slot = Math.floor(atMs / this.shape.slotMs);
    this.#moveTo(slot);
    const place = slot % this.shape.slots;
    this.#downBytes[place] = (this.#downBytes[place] ?? 0) + downBytes;
    this.#upBytes[place] = (this.#upBytes[place] ?? 0) + upBytes;
    this.#measuredMs[place] = (this.#measuredMs[place] ?? 0) + lengthMs;
  }

  /** The slots up to that of a time, as many as the ring has. Slots after it, from a clock that ran ahead, are left out. */
  read(nowMs: number): RateColumns {
    const { slotMs, slots } = this.shape;
    const first = Math.floor(nowMs / slotMs) - slots + 1;
    const [downBytes, upBytes, measuredMs]: [number[], number[], number[]] = [[], [], []];
    for (let slot = first; slot < first + slots; slot++) {
      const place = this.#has(slot) ? slot % slots : -1;
      downBytes.push(this.#downBytes[place] ?? 0);
      upBytes.push(this.#upBytes[place] ?? 0);
      measuredMs.push(this.#measuredMs[place] ?? 0);
    }
    return { beginsAt: first * slotMs, slotMs, downBytes, upBytes, measuredMs };
  }

  #has(slot: number): boolean {
    const newest = this.#newest;
    return newest !== undefined && slot <= newest && slot > newest - this.shape.slots && slot >= 0;
  }

  /** Makes room for a slot. */
  #moveTo(slot: number): void {
    if (this.#has(slot)) return;
    const { slots } = this.shape;
    const newest = this.#newest ?? -Infinity;
    const isNext = slot > newest && slot - newest < slots;
    if (isNext) for (let each = newest + 1; each <= slot; each++) this.#clear(each % slots);
    else for (let place = 0; place < slots; place++) this.#clear(place);
    this.#newest = slot;
  }

  #clear(place: number): void {
    this.#downBytes[place] = 0;
    this.#upBytes[place] = 0;
    this.#measuredMs[place] = 0;
  }
}

function emptyContent({ slots }: RingShape): RingContent {
  return {
    newest: undefined,
    downBytes: new Float64Array(slots),
    upBytes: new Float64Array(slots),
    measuredMs: new Uint32Array(slots),
  };
}
