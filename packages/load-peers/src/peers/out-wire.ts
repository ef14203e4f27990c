// The sending side of a connection: messages of one event are gathered in the group's outbox, and leave in one write.

import type { Stream } from "@troupe/actor-runtime";
import { copyBytes } from "@troupe/protocol/bytes";
import type { GroupShared } from "./group-shared.ts";

/** Other sides close a connection that is silent for 2 min. */
const keepAliveAfterMs = 90_000;
const keepAlive = new Uint8Array(4);
/** Messages, beside blocks, that wait for a side that does not read them. */
const mostWaitingBytes = 262_144;

/** Sends the messages of one connection, late by the delay of the group. */
export class OutWire {
  readonly #group: GroupShared;
  readonly #stream: Stream;
  #sentMs = 0;
  /** On the line with a delay. */
  #lateBytes = 0;
  /** Blocks in buffers of the group, which bounds them. */
  #blockBytes = 0;

  constructor(group: GroupShared, stream: Stream) {
    this.#group = group;
    this.#stream = stream;
  }

  /** The other side does not read: more messages wait than a connection may hold. */
  get isStuck(): boolean {
    const waitingBytes = this.#stream.queuedBytes + this.#lateBytes - this.#blockBytes;
    return waitingBytes > mostWaitingBytes;
  }

  /** @returns The offset in the group's outbox at which so many bytes may be written. */
  room(lengthBytes: number): number {
    const group = this.#group;
    if (group.outboxAt + lengthBytes > group.outbox.length) this.flush();
    const at = group.outboxAt;
    group.outboxAt += lengthBytes;
    return at;
  }

  /** Sends the messages of the outbox. */
  flush(): void {
    const group = this.#group;
    const lengthBytes = group.outboxAt;
    group.outboxAt = 0;
    if (lengthBytes === 0) return;
    // Out of the pool of Node: the stream keeps the bytes until they are written.
    const message = Buffer.allocUnsafe(lengthBytes);
    copyBytes(group.outbox, 0, lengthBytes, message, 0);
    this.#write(message);
  }

  /** Sends bytes behind the messages of the outbox. */
  send(bytes: Uint8Array): void {
    this.flush();
    this.#write(bytes);
  }

  /**
   * Sends blocks in a buffer of the group.
   *
   * @param written Called once, also when the connection has ended; then {@link blocksWritten} is due.
   */
  sendBlocks(bytes: Uint8Array, payloadBytes: number, written: () => void): void {
    this.#blockBytes += payloadBytes;
    this.flush();
    this.#write(bytes, written);
  }

  /** A buffer of blocks is written. */
  blocksWritten(payloadBytes: number): void {
    this.#blockBytes -= payloadBytes;
  }

  /** Once a second. */
  tick(nowMs: number): void {
    if (nowMs - this.#sentMs > keepAliveAfterMs) this.send(keepAlive);
  }

  #write(bytes: Uint8Array, written?: () => void): void {
    const { delayMs } = this.#group.settings;
    this.#sentMs = this.#group.nowMs();
    if (delayMs === 0) {
      this.#stream.write(bytes, written);
      return;
    }
    this.#lateBytes += bytes.length;
    this.#group.due.add(this.#sentMs + delayMs, new LateMessage(this, bytes, written));
  }

  /** A message has passed the line with a delay. */
  passed(bytes: Uint8Array, written: (() => void) | undefined): void {
    this.#lateBytes -= bytes.length;
    this.#stream.write(bytes, written);
  }
}

/** A message on a line with a delay. */
class LateMessage {
  readonly #out: OutWire;
  readonly #bytes: Uint8Array;
  readonly #written: (() => void) | undefined;

  constructor(out: OutWire, bytes: Uint8Array, written: (() => void) | undefined) {
    this.#out = out;
    this.#bytes = bytes;
    this.#written = written;
  }

  due(): void {
    this.#out.passed(this.#bytes, this.#written);
  }
}
