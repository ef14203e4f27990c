import type { HashSink } from "./deliver-hashes.ts";
import type { PieceIndex } from "../units.ts";

/** Result of `blockStarts`: the reader copies nothing, and lends each part of the block to `blockPart`. */
export const lentBlock = -2;

/**
 * Receives messages in wire order, during {@link FrameReader.push}. *Lent* memory may be read during the call only. A
 * thrown error passes through `push`; the reader is unusable afterwards.
 */
export interface FrameSink {
  /** For blocks, read after each `blockStarts`: may change from block to block. */
  readonly blockMemory: Uint8Array;

  keepAlive(): void;
  choke(): void;
  unchoke(): void;
  interested(): void;
  notInterested(): void;
  have(piece: PieceIndex): void;
  /** Checked: exact length, no spare bit. @param bits Wire order. Lent. */
  bitfield(bits: Uint8Array): void;
  /** Unchecked: the sink decides. */
  request(piece: number, begin: number, lengthBytes: number): void;
  /** Unchecked. */
  cancel(piece: number, begin: number, lengthBytes: number): void;
  /** The DHT port (BEP 5), 0 to 65,535. */
  port(port: number): void;
  /** BEP 6, like the next four; delivered also from a peer that has not agreed to it. */
  haveAll(): void;
  haveNone(): void;
  suggest(piece: PieceIndex): void;
  allowedFast(piece: PieceIndex): void;
  /** Unchecked. */
  reject(piece: number, begin: number, lengthBytes: number): void;
  /** BEP 10. @param id 0 for the handshake. @param payload After the id. Lent. */
  extended(id: number, payload: Uint8Array): void;

  /**
   * The block lies inside the piece and is 1 to 16,384 bytes long.
   *
   * @returns Byte offset in `blockMemory`, −1 to skip the block, or {@link lentBlock}. An offset without room for it makes
   *   `push` throw a RangeError.
   */
  blockStarts(piece: PieceIndex, begin: number, lengthBytes: number): number;
  /**
   * Bytes of a lent block, in order, from `begin` of the piece on. Lent: `chunk` from `start` to before `end`.
   */
  blockPart?(chunk: Uint8Array, start: number, end: number, begin: number): void;
  /** Not called for a skipped block. */
  blockEnds(piece: PieceIndex, begin: number, lengthBytes: number): void;

  /** Undefined: messages of BEP 52 are unknown on this connection. Read at each such message. */
  readonly hashSink?: HashSink | undefined;

  /** Skipped. @param lengthBytes With the id. */
  unknown(id: number, lengthBytes: number): void;
}
