import {
  allowedFastBytes,
  bitfieldHeaderBytes,
  cancelBytes,
  haveAllBytes,
  haveBytes,
  keepAliveBytes,
  portBytes,
  rejectBytes,
  requestBytes,
  stateMessageBytes,
  suggestBytes,
  writeAllowedFast,
  writeBitfield,
  writeCancel,
  writeChoke,
  writeHave,
  writeHaveAll,
  writeHaveNone,
  writeInterested,
  writeKeepAlive,
  writeNotInterested,
  writePort,
  writeReject,
  writeRequest,
  writeSuggest,
  writeUnchoke,
} from "@troupe/protocol/peer";

const firstBufferBytes = 64;
const fullBufferBytes = 16_384;

/** Most `have`s that may be delayed. */
const maxQueuedHaves = 1_024;

/** Receives the gathered messages. */
interface ControlOutput {
  /** Takes ownership of `bytes`. */
  write(bytes: Uint8Array): void;
  /** A message was gathered: `flush` must be called at the end of this turn. */
  scheduleFlush(): void;
}

/** Gathers the small messages to a peer, so that many share a write. */
export class ControlWriter {
  readonly #output: ControlOutput;
  #buffer: Uint8Array | undefined;
  #length = 0;
  #queuedHaves: number[] | undefined;
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

  /** A `have` that asks nothing of the peer: sent with later messages, or by `sendQueuedHaves`. */
  queueHave(piece: number): void {
    this.#queuedHaves ??= [];
    this.#queuedHaves.push(piece);
    if (this.#queuedHaves.length === maxQueuedHaves) this.sendQueuedHaves();
  }

  /** Call it once a second. */
  sendQueuedHaves(): void {
    const pieces = this.#queuedHaves;
    if (pieces === undefined) return;
    this.#queuedHaves = undefined;
    for (const piece of pieces) this.have(piece);
  }

  /** A lost piece is not announced any more. */
  forgetHave(piece: number): void {
    this.#queuedHaves = this.#queuedHaves?.filter((queued) => queued !== piece);
  }

  request(piece: number, begin: number, lengthBytes: number): void {
    const buffer = this.#ensureRoom(requestBytes);
    this.#length = writeRequest(buffer, this.#length, piece, begin, lengthBytes);
  }

  cancel(piece: number, begin: number, lengthBytes: number): void {
    const buffer = this.#ensureRoom(cancelBytes);
    this.#length = writeCancel(buffer, this.#length, piece, begin, lengthBytes);
  }

  haveAll(): void {
    this.#length = writeHaveAll(this.#ensureRoom(haveAllBytes), this.#length);
  }

  haveNone(): void {
    this.#length = writeHaveNone(this.#ensureRoom(haveAllBytes), this.#length);
  }

  allowedFast(piece: number): void {
    this.#length = writeAllowedFast(this.#ensureRoom(allowedFastBytes), this.#length, piece);
  }

  /** The peer would be served quickly. */
  suggest(piece: number): void {
    this.#length = writeSuggest(this.#ensureRoom(suggestBytes), this.#length, piece);
  }

  /** Answers a request. */
  reject(piece: number, begin: number, lengthBytes: number): void {
    const buffer = this.#ensureRoom(rejectBytes);
    this.#length = writeReject(buffer, this.#length, piece, begin, lengthBytes);
  }

  /** Sends the port of our DHT node. */
  port(port: number): void {
    this.#length = writePort(this.#ensureRoom(portBytes), this.#length, port);
  }

  /** @param bits Wire order, copied. */
  bitfield(bits: Uint8Array): void {
    const buffer = this.#ensureRoom(bitfieldHeaderBytes + bits.length);
    this.#length = writeBitfield(buffer, this.#length, bits);
  }

  /** A complete message, length prefix included; copied. */
  message(bytes: Uint8Array): void {
    this.#ensureRoom(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

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
