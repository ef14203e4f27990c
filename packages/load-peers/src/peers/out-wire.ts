// The sending side of a connection: messages of one event are gathered in the group's outbox, and leave in one write.

import type { Stream } from "@troupe/actor-runtime";
import type { GroupShared } from "./group-shared.ts";

/** Other sides close a connection that is silent for 2 min. */
const keepAliveAfterMs = 90_000;
const keepAlive = new Uint8Array(4);

/** Sends the messages of one connection, late by the delay of the group. */
export class OutWire {
  readonly #group: GroupShared;
  readonly #stream: Stream;
  #sentMs = 0;

  constructor(group: GroupShared, stream: Stream) {
    this.#group = group;
    this.#stream = stream;
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
    message.set(group.outbox.subarray(0, lengthBytes));
    this.#write(message);
  }

  /** Sends bytes behind the messages of the outbox. @param written Called once, also when the connection has ended. */
  send(bytes: Uint8Array, written?: () => void): void {
    this.flush();
    this.#write(bytes, written);
  }

  /** Once a second. */
  tick(nowMs: number): void {
    if (nowMs - this.#sentMs > keepAliveAfterMs) this.send(keepAlive);
  }

  #write(bytes: Uint8Array, written?: () => void): void {
    const { delayMs } = this.#group.settings;
    const stream = this.#stream;
    this.#sentMs = this.#group.nowMs();
    if (delayMs === 0) stream.write(bytes, written);
    else this.#group.due.add(this.#sentMs + delayMs, new LateMessage(stream, bytes, written));
  }
}

/** A message on a line with a delay. */
class LateMessage {
  readonly #stream: Stream;
  readonly #bytes: Uint8Array;
  readonly #written: (() => void) | undefined;

  constructor(stream: Stream, bytes: Uint8Array, written: (() => void) | undefined) {
    this.#stream = stream;
    this.#bytes = bytes;
    this.#written = written;
  }

  due(): void {
    this.#stream.write(this.#bytes, this.#written);
  }
}
