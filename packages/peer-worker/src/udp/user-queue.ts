// Datagrams that wait for a user of the UDP port. They leave in batches, one at a time: the next one when the user has
// handled the last.

import type { Address } from "@troupe/actor-runtime";
import { BatchWriter } from "@troupe/messages";

/** Datagrams and refused sends that a user has not handled; a further one is dropped and counted. */
export const mostQueued = 1_024;
/** Bytes of those; a datagram that would go beyond is dropped and counted. */
export const mostQueuedBytes: number = 1024 * 1024;

interface ClosedBatch {
  readonly bytes: Uint8Array;
  readonly entries: number;
}

/** The queue of one user. */
export class UserQueue {
  readonly #send: (batch: Uint8Array) => boolean;
  readonly #writer = new BatchWriter();
  #closed: ClosedBatch[] = [];
  /** Sent, and not handled by the user yet. */
  #inHand: ClosedBatch | undefined;
  #queued = 0;
  #queuedBytes = 0;
  #dropped = 0;

  /** @param send Sends a batch to the user. False: its link has no room, and the batch waits for a later `flush`. */
  constructor(send: (batch: Uint8Array) => boolean) {
    this.#send = send;
  }

  /** Datagrams that found no room, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A datagram arrived. `bytes` is copied. */
  received(bytes: Uint8Array, from: Address): void {
    if (!this.#hasRoom(bytes.length)) return;
    if (this.#writer.add(bytes, from)) return;
    this.#close();
    this.#writer.add(bytes, from);
  }

  /** The system refused to send a datagram of the user. */
  notSent(to: Address, code: string): void {
    if (!this.#hasRoom(code.length)) return;
    if (this.#writer.addRefusal(to, code)) return;
    this.#close();
    this.#writer.addRefusal(to, code);
  }

  /** Sends the next batch, unless the user still has one. Called at the end of a turn. */
  flush(): void {
    if (this.#inHand !== undefined) return;
    if (this.#closed.length === 0) this.#close();
    const [next] = this.#closed;
    if (next === undefined || !this.#send(next.bytes)) return;
    this.#closed.shift();
    this.#inHand = next;
  }

  /** The user has handled its batch. */
  taken(): void {
    const { entries = 0, bytes } = this.#inHand ?? {};
    this.#inHand = undefined;
    this.#queued -= entries;
    this.#queuedBytes -= bytes?.length ?? 0;
    this.flush();
  }

  #hasRoom(bytes: number): boolean {
    const hasRoom =
      this.#queued < mostQueued &&
      this.#queuedBytes + this.#writer.usedBytes + bytes <= mostQueuedBytes;
    if (hasRoom) this.#queued++;
    else this.#dropped++;
    return hasRoom;
  }

  #close(): void {
    const { entries } = this.#writer;
    if (entries === 0) return;
    const bytes = this.#writer.take();
    this.#closed.push({ bytes, entries });
    this.#queuedBytes += bytes.length;
  }
}
