import type { Disk } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { FileSpan } from "@troupe/protocol/metainfo";
import { spellBytes } from "@troupe/protocol/text";
import type { PieceIndex } from "@troupe/protocol/units";
import type { OpenFiles } from "../files/open-files.ts";
import { partFileRange, writeEntry } from "../files/part-file.ts";
import { fileOf, type Storage } from "../storage.ts";
import { ViewCursor } from "./view-cursor.ts";

/** A verified piece in a worker's extent. Only read, and not after its notice. */
export interface QueuedPiece {
  readonly piece: PieceIndex;
  readonly bytes: Uint8Array;
}

/** Writes neighbouring pieces together: a gather call per file, a bounded part at a time. */
export class WriteRun {
  readonly storage: Storage;
  readonly pieces: readonly QueuedPiece[];
  readonly #spans: readonly FileSpan[];
  readonly #source: ViewCursor;
  /** With bytes left for the part file. */
  readonly #partFilePieces: QueuedPiece[];
  readonly #lostSyncs: number;
  #spanIndex = 0;
  #spanDoneBytes = 0;

  /** @param pieces At least one; each follows its neighbour. */
  constructor(storage: Storage, pieces: readonly QueuedPiece[]) {
    this.storage = storage;
    this.#lostSyncs = storage.lostSyncs;
    this.pieces = pieces;
    const first = pieces[0]?.piece ?? 0;
    this.#spans = storage.map.spansOf(first, first + pieces.length);
    this.#source = new ViewCursor(pieces.map(({ bytes }) => bytes));
    this.#partFilePieces = pieces.filter(
      ({ piece }) => partFileRange(storage, piece) !== undefined,
    );
  }

  /** A sync failed since it began: the system may have dropped its bytes. */
  get isSpoilt(): boolean {
    return this.storage.lostSyncs !== this.#lostSyncs;
  }

  get isDone(): boolean {
    return this.#spanIndex === this.#spans.length && this.#partFilePieces.length === 0;
  }

  /**
   * Writes the next bytes of a piece to the part file, and then of files.
   *
   * @param budgetBytes At least 1.
   * @returns Bytes written, at most `budgetBytes` except for the part file; or the disk's refusal.
   */
  advance(disk: Disk, files: OpenFiles, budgetBytes: number): number | StorageRefusal {
    const partFilePiece = this.#partFilePieces.pop();
    if (partFilePiece !== undefined) {
      const { piece, bytes } = partFilePiece;
      return writeEntry(disk, files, this.storage, piece, bytes) ?? bytes.byteLength;
    }
    const span = this.#spans[this.#spanIndex];
    if (span === undefined) return 0;
    const lengthBytes = Math.min(span.lengthBytes - this.#spanDoneBytes, budgetBytes);
    const views = this.#source.take(lengthBytes);
    if (this.#isInFile(span.file)) {
      const fileOffset = span.fileOffset + this.#spanDoneBytes;
      const task = `write ${spellBytes(lengthBytes)} to`;
      const refusal = files.write(this.storage, { file: span.file, fileOffset }, views, task);
      if (refusal !== undefined) return refusal;
    }
    this.#spanDoneBytes += lengthBytes;
    if (this.#spanDoneBytes === span.lengthBytes) {
      this.#spanIndex += 1;
      this.#spanDoneBytes = 0;
    }
    return lengthBytes;
  }

  #isInFile(file: number): boolean {
    const { partFile } = this.storage;
    return fileOf(this.storage, file).isPadding !== true && partFile?.parted.has(file) !== true;
  }
}
