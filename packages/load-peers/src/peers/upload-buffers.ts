import { blockHeaderBytes } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";

const blocksInBuffer = 8;
/** Buffers of a group: 16 MiB of payload at most; beyond that uploads wait for a buffer. */
const mostBuffers = 128;

/** Waits for a buffer. */
export interface BufferWaiter {
  /** Takes the buffer, or gives it back. */
  useBuffer(buffer: UploadBuffer): void;
}

/** Memory of answers on their way; returns to its pool when the stream has written it. */
export class UploadBuffer {
  readonly bytes: Uint8Array = new Uint8Array(
    blocksInBuffer * (blockHeaderBytes + blockLengthBytes),
  );
  /** Called when the bytes are written, or will never be. */
  owner: { written(payloadBytes: number): void } | undefined;
  payloadBytes = 0;
  /** For `Stream.write`; one function a buffer. */
  readonly written: () => void;

  constructor(pool: UploadBuffers) {
    this.written = () => {
      const { owner, payloadBytes } = this;
      this.owner = undefined;
      pool.give(this);
      owner?.written(payloadBytes);
    };
  }
}

/** The buffers of a group. A peer has at most one; peers that find none wait in turn. */
export class UploadBuffers {
  readonly #free: UploadBuffer[] = [];
  readonly #waiting = new Set<BufferWaiter>();
  #made = 0;

  /** @returns A buffer, or undefined: the waiter gets one later. */
  take(waiter: BufferWaiter): UploadBuffer | undefined {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#made < mostBuffers) {
      this.#made++;
      return new UploadBuffer(this);
    }
    this.#waiting.add(waiter);
    return undefined;
  }

  give(buffer: UploadBuffer): void {
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter);
      return waiter.useBuffer(buffer);
    }
    this.#free.push(buffer);
  }

  /** The waiter needs none any more. */
  forget(waiter: BufferWaiter): void {
    this.#waiting.delete(waiter);
  }
}
