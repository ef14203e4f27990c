// Who gets the messages that a FrameReader cuts out.

import type { PieceIndex } from "../units.ts";

/**
 * Receives the messages of one connection, in the order of the wire, during {@link FrameReader.push}.
 * Memory that is *lent* may be read during the call only. An error thrown here passes through `push`, after which the
 * reader must not be used.
 */
export interface FrameSink {
  /** Where blocks are put. Read after each `blockStarts`, so it may change from block to block. */
  readonly blockMemory: Uint8Array;

  keepAlive(): void;
  choke(): void;
  unchoke(): void;
  interested(): void;
  notInterested(): void;
  /** `piece` is a piece of the torrent. */
  have(piece: PieceIndex): void;
  /** Checked: exact length, no spare bit. @param bits Wire order. Lent. */
  bitfield(bits: Uint8Array): void;
  /** As it stands on the wire: whether such a block exists, and may be had, is the sink's to judge. */
  request(piece: number, begin: number, lengthBytes: number): void;
  /** As it stands on the wire. */
  cancel(piece: number, begin: number, lengthBytes: number): void;
  /** The peer's DHT port (BEP 5), 0 to 65,535. */
  port(port: number): void;
  /** An extended message (BEP 10). @param id 0 for the handshake. @param payload What follows the id. Lent. */
  extended(id: number, payload: Uint8Array): void;

  /**
   * The header of a `piece` message: the block lies inside the piece and is 1 to 16,384 bytes long.
   *
   * @returns Byte offset in `blockMemory` for exactly `lengthBytes` bytes, or −1 to skip them. A place outside of
   *   `blockMemory` makes `push` throw a RangeError.
   */
  blockStarts(piece: PieceIndex, begin: number, lengthBytes: number): number;
  /** All bytes of the block are in place. Not called for a block that was skipped. */
  blockEnds(piece: PieceIndex, begin: number, lengthBytes: number): void;

  /** A message of an id that this reader does not know begins; its payload is passed over. @param lengthBytes Id included. */
  unknown(id: number, lengthBytes: number): void;
}
