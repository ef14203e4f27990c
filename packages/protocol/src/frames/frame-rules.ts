import { MessageId } from "../peer/bep-03-peer-messages.ts";
import { checkBitfield } from "../peer/bitfield.ts";
import {
  blockBeforeMetadata,
  blockOutOfRange,
  impossibleBitfield,
  pieceOutOfRange,
  tooLong,
  wrongBitfield,
  wrongLength,
} from "./frame-faults.ts";
import { type Geometry, maxPieces, pieceLength } from "../metainfo/geometry.ts";
import { type PieceIndex, blockLengthBytes } from "../units.ts";

/** With the id; the connection is closed beyond it. */
const maxFrameBytes = 1_048_576;

/** A torrent's bounds for its connections. */
export interface FrameBounds {
  /** Absent while the metadata is unknown. */
  readonly geometry?: Geometry;
  /** With both ids; at most {@link maxFrameBytes}. */
  readonly maxExtendedBytes: number;
}

/** Id, piece, begin. */
const blockFieldsBytes = 9;
/** By id, without prefix; 0 for the ids of other messages. */
const shortFrameBytes: readonly number[] = [
  1, 1, 1, 1, 5, 0, 13, 0, 13, 3, 0, 0, 0, 5, 1, 1, 13, 5,
];

/** Allowed lengths and numbers of messages. Lengths are those of the prefix: id and payload. */
export class FrameRules {
  readonly #geometry: Geometry | undefined;
  /** Without metadata that of any torrent. */
  readonly #pieceCount: number;
  readonly #maxExtendedBytes: number;

  /** @returns Rules for bounds, or these rules, which connections may share. */
  static of(bounds: FrameBounds | FrameRules): FrameRules {
    return bounds instanceof FrameRules ? bounds : new FrameRules(bounds);
  }

  constructor({ geometry, maxExtendedBytes }: FrameBounds) {
    this.#geometry = geometry;
    this.#pieceCount = geometry?.pieceCount ?? maxPieces;
    this.#maxExtendedBytes = Math.min(maxExtendedBytes, maxFrameBytes);
  }

  /** @throws {ProtocolError} `frame-too-long`. */
  checkFrame(lengthBytes: number): void {
    if (lengthBytes > maxFrameBytes) throw tooLong(lengthBytes, maxFrameBytes);
  }

  /**
   * @returns False for the ids of long messages and unknown ids.
   * @throws {ProtocolError} `frame-wrong-length`.
   */
  checkShort(id: number, lengthBytes: number): boolean {
    const allowedBytes = shortFrameBytes[id] ?? 0;
    if (allowedBytes === 0) return false;
    if (lengthBytes !== allowedBytes) throw wrongLength(id, lengthBytes, allowedBytes);
    return true;
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

  /** @throws {ProtocolError} `piece-out-of-range`, `block-out-of-range` or `block-before-metadata`. */
  checkBlock(piece: number, begin: number, lengthBytes: number): PieceIndex {
    if (this.#geometry === undefined) throw blockBeforeMetadata(piece);
    const checked = this.checkPiece(piece);
    const pieceBytes = pieceLength(this.#geometry, piece);
    if (begin + lengthBytes > pieceBytes) {
      throw blockOutOfRange(piece, begin, lengthBytes, pieceBytes);
    }
    return checked;
  }

  /** @throws {ProtocolError} `piece-out-of-range`. */
  checkPiece(piece: number): PieceIndex {
    if (piece >= this.#pieceCount) throw pieceOutOfRange(piece, this.#pieceCount);
    return piece as PieceIndex;
  }

  /**
   * @returns False for unknown ids, whose payload is not read.
   * @throws {ProtocolError} `bitfield-wrong-length`, `frame-too-long` or `frame-wrong-length`.
   */
  checkPayload(id: number, lengthBytes: number): boolean {
    if (id === MessageId.bitfield) {
      this.#checkBitfieldLength(lengthBytes - 1);
      return true;
    }
    if (id !== MessageId.extended) return false;
    if (lengthBytes > this.#maxExtendedBytes) throw tooLong(lengthBytes, this.#maxExtendedBytes);
    if (lengthBytes < 2) throw wrongLength(id, lengthBytes, 2);
    return true;
  }

  /** @throws {ProtocolError} `bitfield-spare-bits` or `bitfield-wrong-length`. */
  checkBitfield(bits: Uint8Array): void {
    if (this.#geometry === undefined) this.#checkBitfieldLength(bits.length);
    else checkBitfield(bits, this.#pieceCount);
  }

  #checkBitfieldLength(lengthBytes: number): void {
    const allowedBytes = Math.ceil(this.#pieceCount / 8);
    if (this.#geometry === undefined) {
      if (lengthBytes < 1 || lengthBytes > allowedBytes) throw impossibleBitfield(lengthBytes);
    } else if (lengthBytes !== allowedBytes) throw wrongBitfield(lengthBytes, this.#pieceCount);
  }
}
