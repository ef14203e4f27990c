// Small messages to one peer, gathered and written together: one write for many requests, haves and cancels.

import {
  bitfieldHeaderBytes,
  cancelBytes,
  haveBytes,
  keepAliveBytes,
  requestBytes,
  stateMessageBytes,
  writeBitfield,
  writeCancel,
  writeChoke,
  writeHave,
  writeInterested,
  writeKeepAlive,
  writeNotInterested,
  writeRequest,
  writeUnchoke,
} from "@troupe/protocol";

const firstBufferBytes = 64;
/** A fuller buffer goes out at once. */
const fullBufferBytes = 16_384;

/** Pieces that are told of later, at most. */
const maxQueuedHaves = 1_024;

/** Where gathered messages go. */
export interface ControlOutput {
  /** Takes over `bytes`. */
  write(bytes: Uint8Array): void;
  /** The first message since the last flush was gathered: `flush` is to be called at the end of this turn. */
  scheduleFlush(): void;
}

/** Gathers the small messages to one peer. */
export class ControlWriter {
  readonly #output: ControlOutput;
  #buffer: Uint8Array | undefined;
  #length = 0;
  /** Pieces to be told of with the next messages. */
  #queuedHaves: number[] = [];
  /** What the last buffer came to: the next one is likely to be like it. */
  #lastFlushBytes: number = firstBufferBytes;

  constructor(output: ControlOutput) {
    this.#output = output;
  }

  keepAlive(): void {
    this.#length = writeKeepAlive(this.#ensureRoom(keepAliveBytes), this.#length);
  }

  choke(): void {
    this.#length = writeChoke(this.#ensureRoom(stateMessageBytes), this.#length);
  }

  unchoke(): void {
    this.#length = writeUnchoke(this.#ensureRoom(stateMessageBytes), this.#length);
  }

  interested(): void {
    this.#length = writeInterested(this.#ensureRoom(stateMessageBytes), this.#length);
  }

  notInterested(): void {
    this.#length = writeNotInterested(this.#ensureRoom(stateMessageBytes), this.#length);
  }

  have(piece: number): void {
    this.#length = writeHave(this.#ensureRoom(haveBytes), this.#length, piece);
  }

  /** A have that asks nothing of the peer: it goes with the next messages, or with `sendQueuedHaves`. */
  queueHave(piece: number): void {
    this.#queuedHaves.push(piece);
    if (this.#queuedHaves.length === maxQueuedHaves) this.sendQueuedHaves();
  }

  /** What was put off goes out at the end of this turn. To be called once a second. */
  sendQueuedHaves(): void {
    const pieces = this.#queuedHaves;
    if (pieces.length === 0) return;
    this.#queuedHaves = [];
    for (const piece of pieces) this.have(piece);
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    const buffer = this.#ensureRoom(requestBytes);
    this.#length = writeRequest(buffer, this.#length, piece, begin, lengthBytes);
  }

  cancel(piece: number, begin: number, lengthBytes: number): void {
    const buffer = this.#ensureRoom(cancelBytes);
    this.#length = writeCancel(buffer, this.#length, piece, begin, lengthBytes);
  }

  /** @param bits Wire order, copied. */
  bitfield(bits: Uint8Array): void {
    const buffer = this.#ensureRoom(bitfieldHeaderBytes + bits.length);
    this.#length = writeBitfield(buffer, this.#length, bits);
  }

  /** A message made elsewhere, length prefix included; copied. */
  message(bytes: Uint8Array): void {
    this.#ensureRoom(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes what was gathered. */
  flush(): void {
    if (this.#buffer !== undefined) this.sendQueuedHaves();
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    this.#lastFlushBytes = this.#length;
    this.#buffer = undefined;
    const bytes = buffer.subarray(0, this.#length);
    this.#length = 0;
    this.#output.write(bytes);
  }

  #ensureRoom(bytes: number): Uint8Array {
    if (this.#length + bytes > fullBufferBytes) this.flush();
    const buffer = this.#buffer;
    if (buffer !== undefined && this.#length + bytes <= buffer.length) return buffer;
    const size = Math.max(firstBufferBytes, this.#lastFlushBytes, 2 * (this.#length + bytes));
    const larger = new Uint8Array(size);
    if (buffer === undefined) this.#output.scheduleFlush();
    else larger.set(buffer.subarray(0, this.#length));
    this.#buffer = larger;
    return larger;
  }
}
