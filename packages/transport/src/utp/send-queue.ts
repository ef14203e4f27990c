import { copyBytes } from "@troupe/protocol/bytes";

interface Write {
  readonly bytes: Uint8Array;
  /** Position of its first byte in the stream. */
  readonly begin: number;
  readonly written: (() => void) | undefined;
}

/** Written chunks are removed from the array when there are so many. */
const compactAt = 64;

/**
 * Bytes of a stream from their write to their acknowledgement. Packets copy them at each send, so that the memory of a
 * write is read until `written` is called.
 */
export class SendQueue {
  #writes: Write[] = [];
  /** Writes before it are acknowledged, and have been told so. */
  #first = 0;
  /** The write with the next byte to send. */
  #cursor = 0;
  #endBytes = 0;
  #sentBytes = 0;
  #ackedBytes = 0;

  /** Bytes that were never sent. */
  get unsentBytes(): number {
    return this.#endBytes - this.#sentBytes;
  }

  /** Bytes that were sent at least once. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Bytes up to the first that is not acknowledged. */
  get ackedBytes(): number {
    return this.#ackedBytes;
  }

  add(bytes: Uint8Array, written: (() => void) | undefined): void {
    this.#writes.push({ bytes, begin: this.#endBytes, written });
    this.#endBytes += bytes.length;
  }

  /** The next bytes belong to a packet. @returns Their position in the stream. */
  cut(lengthBytes: number): number {
    const begin = this.#sentBytes;
    this.#sentBytes += lengthBytes;
    return begin;
  }

  /** Copies bytes that were cut and are not acknowledged in order. */
  copy(begin: number, lengthBytes: number, target: Uint8Array, targetAt: number): void {
    let place = this.#find(begin);
    let at = begin;
    const end = begin + lengthBytes;
    while (at < end) {
      const write = this.#writes[place];
      if (write === undefined) return;
      const from = at - write.begin;
      const to = Math.min(end - write.begin, write.bytes.length);
      copyBytes(write.bytes, from, to, target, targetAt + (at - begin));
      at = write.begin + to;
      if (at < end) place++;
    }
    if (end === this.#sentBytes) this.#cursor = place;
  }

  /** All bytes before `end` have arrived; {@link tellWritten} follows. */
  acknowledge(end: number): void {
    this.#ackedBytes = end;
  }

  /** Calls `written` of the writes that have arrived whole. */
  tellWritten(): void {
    for (;;) {
      const write = this.#writes[this.#first];
      if (write === undefined || write.begin + write.bytes.length > this.#ackedBytes) break;
      this.#first++;
      write.written?.();
    }
    if (this.#first < compactAt) return;
    this.#writes.splice(0, this.#first);
    this.#cursor = Math.max(this.#cursor - this.#first, 0);
    this.#first = 0;
  }

  /** The stream is closed: forgets all bytes. @returns What calls the rest of `written`. */
  close(): () => void {
    const writes = this.#writes.slice(this.#first);
    this.#writes = [];
    this.#first = 0;
    this.#cursor = 0;
    this.#sentBytes = this.#endBytes;
    return () => {
      for (const write of writes) write.written?.();
    };
  }

  /** The write with a byte of the stream: the one of the last packet, or one of an earlier packet. */
  #find(offset: number): number {
    const cursor = this.#writes[this.#cursor];
    if (cursor !== undefined && cursor.begin <= offset) return this.#forward(offset);
    let low = this.#first;
    let high = this.#cursor;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#writes[middle]?.begin ?? Infinity) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #forward(offset: number): number {
    let place = this.#cursor;
    for (;;) {
      const write = this.#writes[place];
      if (write === undefined || write.begin + write.bytes.length > offset) return place;
      place++;
    }
  }
}
