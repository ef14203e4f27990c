import { MessageId } from "../peer/bep-03-peer-messages.ts";
import { checkBitfield } from "../peer/bitfield.ts";
import {
  blockOutOfRange,
  pieceOutOfRange,
  tooLong,
  wrongBitfield,
  wrongLength,
} from "./frame-faults.ts";
import { ProtocolError } from "../errors.ts";
import { type Geometry, makeGeometry, pieceLength } from "../metainfo/geometry.ts";
import { type PieceIndex, blockLengthBytes } from "../units.ts";

/** With the id; the connection is closed beyond it. */
export const maxFrameBytes = 1_048_576;

/** A torrent's bounds for its connections. */
export interface FrameBounds {
  readonly pieceCount: number;
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
  /** With both ids; at most {@link maxFrameBytes}. */
  readonly maxExtendedBytes: number;
}

/** Id, piece, begin. */
const blockFieldsBytes = 9;
/** By id, without prefix; ids 5 and 7 are not short. */
const shortFrameBytes: readonly number[] = [1, 1, 1, 1, 5, 0, 13, 0, 13, 3];

/** Allowed lengths and numbers of messages. Lengths are those of the prefix: id and payload. */
export class FrameRules {
  readonly #geometry: Geometry;
  readonly #bitfieldFrameBytes: number;
  readonly #maxExtendedBytes: number;

  /** @throws {ProtocolError} `geometry-invalid` when the bounds fit no torrent. */
  constructor(bounds: FrameBounds) {
    this.#geometry = makeGeometry(bounds.totalBytes, bounds.pieceLengthBytes);
    if (this.#geometry.pieceCount !== bounds.pieceCount) throw wrongPieceCount(bounds);
    this.#bitfieldFrameBytes = 1 + Math.ceil(bounds.pieceCount / 8);
    this.#maxExtendedBytes = Math.min(bounds.maxExtendedBytes, maxFrameBytes);
  }

  /** @throws {ProtocolError} `frame-too-long`. */
  checkFrame(lengthBytes: number): void {
    if (lengthBytes > maxFrameBytes) throw tooLong(lengthBytes, maxFrameBytes);
  }

  /** @param id 0 to 9 except 5 and 7. @throws {ProtocolError} `frame-wrong-length`. */
  checkShort(id: number, lengthBytes: number): void {
    const allowedBytes = shortFrameBytes[id] ?? 1;
    if (lengthBytes !== allowedBytes) throw wrongLength(id, lengthBytes, allowedBytes);
  }

  /**
   * @returns Bytes of the block, 1 to 16,384.
   * @throws {ProtocolError} `frame-too-long` or `frame-wrong-length`.
   */
  checkBlockFrame(lengthBytes: number): number {
    const blockBytes = lengthBytes - blockFieldsBytes;
    if (blockBytes > blockLengthBytes)
      throw tooLong(lengthBytes, blockFieldsBytes + blockLengthBytes);
    if (blockBytes < 1) throw wrongLength(MessageId.piece, lengthBytes, blockFieldsBytes + 1);
    return blockBytes;
  }

  /** @throws {ProtocolError} `piece-out-of-range` or `block-out-of-range`. */
  checkBlock(piece: number, begin: number, lengthBytes: number): PieceIndex {
    const checked = this.checkPiece(piece);
    const pieceBytes = pieceLength(this.#geometry, piece);
    if (begin + lengthBytes > pieceBytes) {
      throw blockOutOfRange(piece, begin, lengthBytes, pieceBytes);
    }
    return checked;
  }

  /** @throws {ProtocolError} `piece-out-of-range`. */
  checkPiece(piece: number): PieceIndex {
    if (piece >= this.#geometry.pieceCount) {
      throw pieceOutOfRange(piece, this.#geometry.pieceCount);
    }
    return piece as PieceIndex;
  }

  /**
   * @returns False for unknown ids, whose payload is not read.
   * @throws {ProtocolError} `bitfield-wrong-length`, `frame-too-long` or `frame-wrong-length`.
   */
  checkPayload(id: number, lengthBytes: number): boolean {
    if (id === MessageId.bitfield) {
      if (lengthBytes === this.#bitfieldFrameBytes) return true;
      throw wrongBitfield(lengthBytes - 1, this.#geometry.pieceCount);
    }
    if (id !== MessageId.extended) return false;
    if (lengthBytes > this.#maxExtendedBytes) throw tooLong(lengthBytes, this.#maxExtendedBytes);
    if (lengthBytes < 2) throw wrongLength(id, lengthBytes, 2);
    return true;
  }

  /** @throws {ProtocolError} `bitfield-spare-bits`. */
  checkBitfield(bits: Uint8Array): void {
    checkBitfield(bits, this.#geometry.pieceCount);
  }
}

function wrongPieceCount(bounds: FrameBounds): ProtocolError {
  return new ProtocolError("geometry-invalid", {
    operation: "make-frame-reader",
    message: `bug: ${bounds.totalBytes} bytes in pieces of ${bounds.pieceLengthBytes} are not ${bounds.pieceCount} pieces`,
    details: { ...bounds },
  });
}
