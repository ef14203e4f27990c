// The seam between the pieces of a torrent and the place of their bytes. The queue of pieces and the reads for peers
// know the store alone; where the bytes lie, and how, is its own concern.

import type { Soon } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

/** Neighbouring bytes of a torrent. */
export interface StoreRange {
  /** Position of the first byte's piece (`pieceStart`), and the byte's offset in the piece. */
  readonly position: number;
  /** At least 1; the range ends within the torrent. */
  readonly lengthBytes: number;
}

/** Why a range was not read. */
export interface ReadRefusal extends StorageRefusal {
  /** An earlier refusal reported the same change of the same file. */
  readonly isKnown?: boolean;
}

/** A run of neighbouring pieces on its way into the store. */
export interface RunWrite {
  /** Every byte was written. */
  readonly isDone: boolean;
  /** A sync failed since the run began, so that its bytes may be lost: its pieces are had, and not durable. */
  readonly isSpoilt: boolean;
  /**
   * Writes the next bytes of the run. It is called again when the answer is known, until the run is done or refused.
   *
   * @param budgetBytes 1 or more: the store writes at most so many bytes, or one piece that it cannot divide.
   * @returns Bytes written. A refusal ends the run, and none of its pieces counts as written.
   */
  advance(budgetBytes: number): Soon<number | StorageRefusal>;
}

/**
 * The bytes of one torrent. The file-worker opens a store once for each run of the torrent, and calls it from one
 * thread; another thread that checks pieces opens the reading half once for itself (`CheckSource` of the hash-worker).
 *
 * A call answers a value, or a promise where it has to wait. A promise delays no other torrent: this torrent has one
 * run of writes under way at a time, while its reads go on. What the disk refuses is an answer with a code and a
 * sentence; an exception or a rejection is a bug, and ends the file-worker.
 *
 * Views are shared memory that belongs to the caller. The store may use them until it has answered, or until the run is
 * done, and keeps none of them afterwards. It writes to views of a read alone.
 */
export interface PieceStore {
  /** The refusal of each run of a read-only store. Absent or undefined: the store takes writes. */
  readonly readOnly?: StorageRefusal | undefined;

  /** A verified piece waits to be written: the store may make room for it ahead. */
  expect(piece: PieceIndex): void;

  /**
   * Begins to write neighbouring pieces. Nothing is written before `advance`.
   *
   * @param first The index of the first piece.
   * @param pieces The whole bytes of each piece, 1 to 64 views.
   */
  beginRun(first: PieceIndex, pieces: readonly Uint8Array[]): RunWrite;

  /**
   * Reads a range. Padding is read as zeros.
   *
   * @param views Memory as long as the range, together; a block of a peer has one view.
   * @returns Undefined when every byte is in place. After a refusal the views have any content.
   */
  read(range: StoreRange, views: readonly Uint8Array[]): Soon<ReadRefusal | undefined>;

  /** A refusal did not reach the engine: the next read that finds the same change is not `isKnown`. */
  reportAgain(refusal: ReadRefusal): void;

  /**
   * Describes the content: equal stamps mean that no byte has changed in between, so that pieces had then are had now.
   * The file-worker asks once, when it has opened the store and written nothing.
   *
   * @returns At most 256 bytes. Undefined: the store cannot tell, and all pieces are hashed.
   */
  stamp(): Soon<Uint8Array | undefined>;

  /**
   * Ends the use of the store. No run is under way.
   *
   * @returns The first refusal that may have lost written bytes.
   */
  close(): Soon<StorageRefusal | undefined>;
}
