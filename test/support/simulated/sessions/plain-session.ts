import type { Stream, StreamHandlers } from "@troupe/actor-runtime";
import { FrameReader, type FrameSink } from "@troupe/protocol/frames";
import type { Geometry } from "@troupe/protocol/metainfo";
import { handshakeLengthBytes } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";

/** A connection of a scripted peer without the fast extension. It skips the handshake, and ignores messages. */
export abstract class PlainSession implements StreamHandlers, FrameSink {
  /** The bytes of the last block. */
  readonly blockMemory: Uint8Array = new Uint8Array(blockLengthBytes);
  stream: Stream | undefined;
  readonly #reader: FrameReader;
  #handshakeBytes = 0;

  constructor(geometry: Geometry) {
    this.#reader = new FrameReader(this, { geometry, maxExtendedBytes: 32_768 });
  }

  abstract opened(): void;
  abstract closed(): void;

  bytes(_stream: Stream, chunk: Uint8Array): void {
    const skipped = Math.min(chunk.length, handshakeLengthBytes - this.#handshakeBytes);
    this.#handshakeBytes += skipped;
    this.#reader.push(chunk.subarray(skipped));
  }

  write(bytes: Uint8Array): void {
    this.stream?.write(bytes);
  }

  blockStarts(): number {
    return 0;
  }

  blockEnds(_piece: number, _begin: number, _lengthBytes: number): void {}
  choke(): void {}
  unchoke(): void {}
  request(_piece: number, _begin: number, _lengthBytes: number): void {}
  keepAlive(): void {}
  interested(): void {}
  notInterested(): void {}
  have(): void {}
  bitfield(): void {}
  cancel(): void {}
  port(): void {}
  extended(): void {}
  unknown(): void {}

  haveAll = notAgreed;
  haveNone = notAgreed;
  suggest = notAgreed;
  allowedFast = notAgreed;
  reject = notAgreed;
}

/** Takes a message of the fast extension. @throws always: the peer has not agreed to it. */
export function notAgreed(): never {
  throw new Error("a message of the fast extension, which this peer does not speak");
}
