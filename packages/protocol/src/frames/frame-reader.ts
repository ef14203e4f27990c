// Cuts a connection's bytes into messages (BEP 3, "peer messages"). The hottest code of the project: 65,536 blocks
// a GiB. Allocates nothing for a block, and reads a message in place when the chunk has all of it.
//
//   head      up to 17 bytes: prefix, id and the fixed fields of a short message
//   block     payload of `piece`, copied to where the sink wants it
//   lent      payload of `piece`, shown to the sink part by part
//   body      payload of `bitfield`, `extended` or a hash message: in place when whole, else gathered
//   skip      payload that is dropped

import { MessageId, blockHeaderBytes } from "../peer/bep-03-peer-messages.ts";
import { readUint16, readUint32 } from "../bytes/byte-order.ts";
import { copyBytes } from "../bytes/copy-bytes.ts";
import { deliverFast } from "./deliver-fast.ts";
import { checkHashFrame, deliverHashes } from "./deliver-hashes.ts";
import { afterFailure, noRoom } from "./frame-faults.ts";
import { type FrameBounds, FrameRules } from "./frame-rules.ts";
import { type FrameSink, lentBlock } from "./frame-sink.ts";
import { GatherBuffer } from "./gather-buffer.ts";
import type { PieceIndex } from "../units.ts";

const State = { head: 0, block: 1, body: 2, skip: 3, stopped: 4, failed: 5, lent: 6 } as const;
type State = (typeof State)[keyof typeof State];

const prefixBytes = 4;
const longestHeadBytes = 17;
/** Shared head of all readers that have not kept a part of one. */
const noHead = new Uint8Array(0);

/**
 * The reading side of a connection after the handshake. Bounds: `piece` 16 KiB of payload; `bitfield` exactly the
 * torrent's, or any torrent's while the metadata is unknown; `extended` as stated; short messages exactly their length;
 * unknown ids up to 1 MiB, skipped unread. A `bitfield` may come at any time and again: aria2 sends it instead of many
 * `have`s. Carries at most 17 bytes from chunk to chunk, besides the received part of a gathered message.
 */
export class FrameReader {
  #sink: FrameSink;
  #rules: FrameRules;

  #state: State = State.head;
  /** Bytes of an incomplete head. */
  #head: Uint8Array = noHead;
  #headBytes = 0;
  #headNeededBytes = prefixBytes;
  /** Missing bytes of block, body or skipped payload. */
  #missingBytes = 0;

  #blockMemory: Uint8Array;
  #blockAt = -1;
  #blockPiece = 0 as PieceIndex;
  #blockBegin = 0;
  #blockLengthBytes = 0;

  #bodyId = 0;
  /** The rest of the chunk stays unread. */
  #isHeld = false;
  #framesSeen = 0;
  /** Undefined before the first message in several parts. */
  #gathered: GatherBuffer | undefined;

  constructor(sink: FrameSink, bounds: FrameBounds | FrameRules) {
    this.#sink = sink;
    this.#rules = FrameRules.of(bounds);
    this.#blockMemory = sink.blockMemory;
  }

  /** Part of a head or a body from earlier chunks. */
  get bufferedBytes(): number {
    return this.#headBytes + this.#gatheredBytes;
  }

  get #gatheredBytes(): number {
    return this.#gathered?.lengthBytes ?? 0;
  }

  /** Messages that the sink has heard of so far. */
  get framesSeen(): number {
    return this.#framesSeen;
  }

  /** Between two chunks. */
  get isInsideFrame(): boolean {
    return this.#state !== State.head || this.#headBytes > 0;
  }

  /** Received bytes of the current block; 0 between blocks and while skipping. */
  get blockBytesReceived(): number {
    return this.#state === State.block ? this.#blockLengthBytes - this.#missingBytes : 0;
  }

  /** The block's memory is not written again, and `blockEnds` is not called. */
  skipRestOfBlock(): void {
    if (this.#state === State.block || this.#state === State.lent) this.#state = State.skip;
  }

  /** The current block's memory has moved, with the bytes received. */
  moveBlock(byBytes: number): void {
    if (this.#state === State.block) this.#blockAt += byBytes;
  }

  /** Ignores all further input; also from inside a call of the sink. */
  stop(): void {
    this.#state = State.stopped;
    this.#gathered?.take();
  }

  /** From inside a call of the sink: stops at the end of this message. */
  hold(): void {
    this.#isHeld = true;
  }

  /**
   * The metadata became known: messages go to `sink` and keep to `bounds` from here on, also one that has begun. Not from
   * inside a call of the sink.
   *
   * @throws {ProtocolError} `bitfield-wrong-length` for a bitfield that has begun, as `push` for hashes. After that, `frame-reader-failed`.
   */
  learn(sink: FrameSink, bounds: FrameBounds | FrameRules): void {
    this.#sink = sink;
    this.#rules = FrameRules.of(bounds);
    if (this.#state !== State.body) return;
    try {
      const bodyBytes = this.#gatheredBytes + this.#missingBytes;
      this.#checkPayload(this.#bodyId, 1 + bodyBytes);
    } catch (error) {
      this.#fail();
      throw error;
    }
  }

  /** Messages go to the sink that `wrap` makes of the present one. Not from inside a call of the sink. */
  wrapSink(wrap: (sink: FrameSink) => FrameSink): void {
    this.#sink = wrap(this.#sink);
  }

  /**
   * Reads the next bytes of the connection.
   *
   * @param chunk Read during the call only.
   * @param end Valid bytes of `chunk`, from its start.
   * @returns Bytes read: all, unless the sink called {@link hold}. The caller pushes the rest later.
   * @throws {ProtocolError} `frame-too-long`, `frame-wrong-length`, `bitfield-wrong-length`, `bitfield-spare-bits`,
   *   `piece-out-of-range`, `block-out-of-range`, `block-before-metadata`, `hashes-not-requested`: faults of the peer; close the connection.
   *   After that, `frame-reader-failed`.
   */
  push(chunk: Uint8Array, end: number = chunk.length): number {
    if (this.#state === State.failed) throw afterFailure();
    this.#isHeld = false;
    try {
      return this.#read(chunk, end);
    } catch (error) {
      this.#fail();
      throw error;
    }
  }

  #fail(): void {
    this.#state = State.failed;
    this.#gathered?.take();
  }

  #read(chunk: Uint8Array, end: number): number {
    let at = 0;
    while (at < end && !this.#isHeld) {
      switch (this.#state) {
        case State.head:
          at = this.#readHead(chunk, at, end);
          break;
        case State.block:
          at = this.#readBlock(chunk, at, end);
          break;
        case State.body:
          at = this.#readBody(chunk, at, end);
          break;
        case State.lent:
          at = this.#lendBlock(chunk, at, end);
          break;
        case State.skip:
          at = this.#skip(at, end);
          break;
        default:
          return end;
      }
    }
    return at;
  }

  /** In place, or completes an earlier head. @returns The offset reached. */
  #readHead(chunk: Uint8Array, at: number, end: number): number {
    if (this.#headBytes === 0) {
      const usedBytes = this.#parseHead(chunk, at, end - at);
      if (usedBytes > 0) return at + usedBytes;
    }
    if (this.#head === noHead) this.#head = new Uint8Array(longestHeadBytes);
    const takenBytes = Math.min(end - at, this.#headNeededBytes - this.#headBytes);
    for (let i = 0; i < takenBytes; i++) this.#head[this.#headBytes + i] = chunk[at + i] ?? 0;
    this.#headBytes += takenBytes;
    if (this.#headBytes === this.#headNeededBytes) {
      const headBytes = this.#headBytes;
      // A sink that stops or fails must not leave a partial head.
      this.#headBytes = 0;
      if (this.#parseHead(this.#head, 0, headBytes) === 0) this.#headBytes = headBytes;
    }
    return at + takenBytes;
  }

  /** @returns Bytes used; 0 when `#headNeededBytes` are needed. */
  #parseHead(bytes: Uint8Array, at: number, availableBytes: number): number {
    if (availableBytes < prefixBytes) return this.#needHead(prefixBytes);
    const lengthBytes = readUint32(bytes, at);
    if (lengthBytes === 0) {
      this.#framesSeen++;
      this.#sink.keepAlive();
      return prefixBytes;
    }
    this.#rules.checkFrame(lengthBytes);
    if (availableBytes <= prefixBytes) return this.#needHead(prefixBytes + 1);
    const id = bytes[at + prefixBytes] ?? 0;
    if (id === MessageId.piece) return this.#startBlock(bytes, at, availableBytes, lengthBytes);
    if (this.#rules.checkShort(id, lengthBytes))
      return this.#readShort(bytes, at, availableBytes, lengthBytes, id);
    return this.#startPayload(id, lengthBytes);
  }

  #needHead(bytes: number): 0 {
    this.#headNeededBytes = bytes;
    return 0;
  }

  #readShort(
    bytes: Uint8Array,
    at: number,
    availableBytes: number,
    lengthBytes: number,
    id: number,
  ): number {
    const frameBytes = prefixBytes + lengthBytes;
    if (availableBytes < frameBytes) return this.#needHead(frameBytes);
    this.#framesSeen++;
    this.#deliverShort(bytes, at + prefixBytes + 1, id);
    return frameBytes;
  }

  #deliverShort(bytes: Uint8Array, at: number, id: number): void {
    const sink = this.#sink;
    switch (id) {
      case MessageId.have:
        return sink.have(this.#rules.checkPiece(readUint32(bytes, at)));
      case MessageId.request:
        return sink.request(
          readUint32(bytes, at),
          readUint32(bytes, at + 4),
          readUint32(bytes, at + 8),
        );
      case MessageId.cancel:
        return sink.cancel(
          readUint32(bytes, at),
          readUint32(bytes, at + 4),
          readUint32(bytes, at + 8),
        );
      case MessageId.choke:
        return sink.choke();
      case MessageId.unchoke:
        return sink.unchoke();
      case MessageId.interested:
        return sink.interested();
      case MessageId.notInterested:
        return sink.notInterested();
      case MessageId.port:
        return sink.port(readUint16(bytes, at));
      default:
        return deliverFast(sink, this.#rules, bytes, at, id);
    }
  }

  #startBlock(bytes: Uint8Array, at: number, availableBytes: number, frameBytes: number): number {
    const lengthBytes = this.#rules.checkBlockFrame(frameBytes);
    if (availableBytes < blockHeaderBytes) return this.#needHead(blockHeaderBytes);
    const begin = readUint32(bytes, at + 9);
    const piece = this.#rules.checkBlock(readUint32(bytes, at + 5), begin, lengthBytes);
    this.#blockPiece = piece;
    this.#blockBegin = begin;
    this.#blockLengthBytes = lengthBytes;
    this.#missingBytes = lengthBytes;
    // The sink may stop the reader.
    this.#state = State.block;
    this.#framesSeen++;
    this.#blockAt = this.#sink.blockStarts(piece, begin, lengthBytes);
    this.#blockMemory = this.#sink.blockMemory;
    if (this.#blockAt < 0) this.#passBlock();
    else if (this.#blockAt + lengthBytes > this.#blockMemory.length) throw noRoom(this.#blockAt);
    return blockHeaderBytes;
  }

  /** No copy is made; the sink may have stopped the reader. */
  #passBlock(): void {
    if (this.#state !== State.block) return;
    this.#state = this.#blockAt === lentBlock ? State.lent : State.skip;
  }

  #lendBlock(chunk: Uint8Array, at: number, end: number): number {
    const takenBytes = Math.min(this.#missingBytes, end - at);
    const next = at + takenBytes;
    const begin = this.#blockBegin + this.#blockLengthBytes - this.#missingBytes;
    this.#missingBytes -= takenBytes;
    this.#sink.blockPart?.(chunk, at, next, begin);
    // The sink may have stopped the reader, or may skip the rest.
    if (this.#missingBytes === 0 && this.#state === State.lent) {
      this.#state = State.head;
      this.#sink.blockEnds(this.#blockPiece, this.#blockBegin, this.#blockLengthBytes);
    } else if (this.#missingBytes === 0) this.#endSkip();
    return next;
  }

  #readBlock(chunk: Uint8Array, at: number, end: number): number {
    const takenBytes = Math.min(this.#missingBytes, end - at);
    const next = at + takenBytes;
    copyBytes(chunk, at, next, this.#blockMemory, this.#blockAt);
    this.#blockAt += takenBytes;
    this.#missingBytes -= takenBytes;
    if (this.#missingBytes === 0) {
      this.#state = State.head;
      this.#sink.blockEnds(this.#blockPiece, this.#blockBegin, this.#blockLengthBytes);
    }
    return next;
  }

  /** The payload of `bitfield`, `extended` and the hash messages (BEP 52) is gathered, that of an unknown id is skipped. */
  #startPayload(id: number, lengthBytes: number): number {
    const isKnown = this.#checkPayload(id, lengthBytes);
    this.#bodyId = id;
    this.#missingBytes = lengthBytes - 1;
    if (this.#missingBytes > 0) this.#state = isKnown ? State.body : State.skip;
    if (!isKnown) {
      this.#framesSeen++;
      this.#sink.unknown(id, lengthBytes);
    }
    return prefixBytes + 1;
  }

  /** @returns False for messages that are not read. */
  #checkPayload(id: number, lengthBytes: number): boolean {
    const isHashes = checkHashFrame(this.#sink.hashSink, id, lengthBytes);
    return isHashes || this.#rules.checkPayload(id, lengthBytes);
  }

  #readBody(chunk: Uint8Array, at: number, end: number): number {
    const takenBytes = Math.min(this.#missingBytes, end - at);
    const next = at + takenBytes;
    const isWhole = takenBytes === this.#missingBytes;
    if (isWhole && this.#gatheredBytes === 0) {
      this.#state = State.head;
      this.#deliverBody(chunk.subarray(at, next));
      return next;
    }
    const promisedBytes = this.#gatheredBytes + this.#missingBytes;
    this.#gathered ??= new GatherBuffer();
    this.#gathered.append(chunk, at, next, promisedBytes);
    this.#missingBytes -= takenBytes;
    if (isWhole) {
      this.#state = State.head;
      this.#deliverBody(this.#gathered.take());
    }
    return next;
  }

  #deliverBody(body: Uint8Array): void {
    this.#framesSeen++;
    if (this.#bodyId === MessageId.extended) {
      this.#sink.extended(body[0] ?? 0, body.subarray(1));
      return;
    }
    if (deliverHashes(this.#sink.hashSink, this.#bodyId, body)) return;
    this.#rules.checkBitfield(body);
    this.#sink.bitfield(body);
  }

  #skip(at: number, end: number): number {
    const takenBytes = Math.min(this.#missingBytes, end - at);
    this.#missingBytes -= takenBytes;
    if (this.#missingBytes === 0) this.#endSkip();
    return at + takenBytes;
  }

  #endSkip(): void {
    if (this.#state === State.skip) this.#state = State.head;
  }
}
