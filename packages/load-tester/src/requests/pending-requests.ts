// Requests that wait for their answer: columns of one ring, so that a request allocates nothing.

import { mixBits } from "./mix-bits.ts";

/** Requests that wait at a time; a further one is not sent. */
export const maxPending = 262_144;

/** A slot keeps the id of a request that has expired until it is used again. */
const SlotState = { free: 0, open: 1, expired: 2 } as const;

const slotMask = maxPending - 1;
/** Ids have 32 bits: the slot below, and above it bits that change with each use of the slot. */
const slotBits = 18;

/** A request, as the load describes it. The table copies it. */
export interface PendingRequest {
  kind: number;
  member: number;
  /** Start of the latency: of an open load the intended time. */
  beganMs: number;
  /** A number of the load. */
  mark: number;
}

/** The requests of one load. A slot is valid until it is closed. */
export class PendingRequests {
  readonly #ids = new Uint32Array(maxPending);
  readonly #states = new Uint8Array(maxPending);
  readonly #kinds = new Uint8Array(maxPending);
  readonly #members = new Uint32Array(maxPending);
  readonly #marks = new Float64Array(maxPending);
  readonly #begans = new Float64Array(maxPending);
  readonly #sents = new Float64Array(maxPending);
  readonly #orders = new Float64Array(maxPending);
  readonly #salt: number;
  readonly #timeoutMs: number;
  #next = 0;
  #oldest = 0;
  #openCount = 0;

  /** @param salt Draws the bits of ids that a stranger cannot guess. @param timeoutMs For an answer. */
  constructor(salt: number, timeoutMs: number) {
    this.#salt = salt;
    this.#timeoutMs = timeoutMs;
  }

  /** Requests without an answer so far. */
  get openCount(): number {
    return this.#openCount;
  }

  /** The order of the next request. */
  get nextOrder(): number {
    return this.#next;
  }

  /** A further request can be sent. */
  hasRoom(): boolean {
    return this.#states[this.#next % maxPending] !== SlotState.open;
  }

  /** @returns The id of the request, 32 bits; undefined when too many wait. */
  open(ask: PendingRequest, nowMs: number): number | undefined {
    const order = this.#next;
    const slot = order % maxPending;
    if (!this.hasRoom()) return undefined;
    this.#next++;
    const id = ((mixBits(this.#salt + order) << slotBits) | slot) >>> 0;
    this.#ids[slot] = id;
    this.#states[slot] = SlotState.open;
    this.#kinds[slot] = ask.kind;
    this.#members[slot] = ask.member;
    this.#marks[slot] = ask.mark;
    this.#begans[slot] = ask.beganMs;
    this.#sents[slot] = nowMs;
    this.#orders[slot] = order;
    this.#openCount++;
    return id;
  }

  /** @returns The slot of a request that waits; -1 for any other id. */
  find(id: number): number {
    const slot = id & slotMask;
    return this.#states[slot] === SlotState.open && this.#ids[slot] === id ? slot : -1;
  }

  /** The request of this id has ended without its answer. */
  hasExpired(id: number): boolean {
    const slot = id & slotMask;
    return this.#states[slot] === SlotState.expired && this.#ids[slot] === id;
  }

  /** The request has its answer, or gets none. */
  close(slot: number): void {
    if (this.#states[slot] !== SlotState.open) return;
    this.#states[slot] = SlotState.free;
    this.#openCount--;
  }

  id(slot: number): number {
    return this.#ids[slot] ?? 0;
  }

  kind(slot: number): number {
    return this.#kinds[slot] ?? 0;
  }

  member(slot: number): number {
    return this.#members[slot] ?? 0;
  }

  mark(slot: number): number {
    return this.#marks[slot] ?? 0;
  }

  beganMs(slot: number): number {
    return this.#begans[slot] ?? 0;
  }

  /** The real time of sending. */
  sentMs(slot: number): number {
    return this.#sents[slot] ?? 0;
  }

  /** Requests have ascending orders. */
  order(slot: number): number {
    return this.#orders[slot] ?? 0;
  }

  /** Closes each request that waits. @param closed Called after the close; the slot is readable during the call. */
  closeAll(closed: (slot: number) => void): void {
    this.#expire(Infinity, closed);
  }

  /** Closes each request that waits for too long. @param unanswered Called after the close; the slot is readable during the call. */
  expire(nowMs: number, unanswered: (slot: number) => void): void {
    this.#expire(nowMs - this.#timeoutMs, unanswered);
  }

  /** @param lastMs Requests that were sent until then end. */
  #expire(lastMs: number, ended: (slot: number) => void): void {
    while (this.#oldest < this.#next) {
      const slot = this.#oldest % maxPending;
      const isOpen = this.#states[slot] === SlotState.open;
      if (isOpen && (this.#sents[slot] ?? 0) > lastMs) return;
      this.#oldest++;
      if (!isOpen) continue;
      this.close(slot);
      this.#states[slot] = SlotState.expired;
      ended(slot);
    }
  }
}
