import type { Disk } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { FileSpan } from "@troupe/protocol/metainfo";
import { spellBytes } from "@troupe/protocol/text";
import type { PieceIndex } from "@troupe/protocol/units";
import type { OpenFiles } from "../files/open-files.ts";
import { partFileRange, writeEntry } from "../files/part-file.ts";
import { fileOf, type Storage } from "../storage.ts";
import type { RunWrite } from "./piece-store.ts";
import { ViewCursor } from "./view-cursor.ts";

/** The disk of a file-worker. */
export interface FolderDisk {
  readonly disk: Disk;
  readonly files: OpenFiles;
}

/** Writes neighbouring pieces together: a gather call per file, a bounded part at a time. */
export class FolderRun implements RunWrite {
  readonly #services: FolderDisk;
  readonly #storage: Storage;
  readonly #first: PieceIndex;
  readonly #pieces: readonly Uint8Array[];
  readonly #spans: readonly FileSpan[];
  readonly #source: ViewCursor;
  /** Places in the run of pieces with bytes left for the part file. */
  readonly #parted: number[] = [];
  readonly #lostSyncs: number;
  #spanIndex = 0;
  #spanDoneBytes = 0;

  /** @param pieces At least one. */
  constructor(
    services: FolderDisk,
    storage: Storage,
    first: PieceIndex,
    pieces: readonly Uint8Array[],
  ) {
    this.#services = services;
    this.#storage = storage;
    this.#lostSyncs = storage.lostSyncs;
    this.#first = first;
    this.#pieces = pieces;
    this.#spans = storage.map.spansOf(first, first + pieces.length);
    this.#source = new ViewCursor(pieces);
    for (let place = 0; place < pieces.length; place++)
      if (partFileRange(storage, first + place) !== undefined) this.#parted.push(place);
  }

  /** A sync failed since it began: the system may have dropped its bytes. */
  get isSpoilt(): boolean {
    return this.#storage.lostSyncs !== this.#lostSyncs;
  }

  get isDone(): boolean {
    return this.#spanIndex === this.#spans.length && this.#parted.length === 0;
  }

  /**
   * Writes the next bytes of a piece to the part file, and then of files.
   *
   * @returns Bytes written, at most `budgetBytes` except for the part file; or the disk's refusal.
   */
  advance(budgetBytes: number): number | StorageRefusal {
    const place = this.#parted.pop();
    if (place !== undefined) return this.#writeParted(place);
    const span = this.#spans[this.#spanIndex];
    if (span === undefined) return 0;
    const lengthBytes = Math.min(span.lengthBytes - this.#spanDoneBytes, budgetBytes);
    const views = this.#source.take(lengthBytes);
    if (this.#isInFile(span.file)) {
      const place = { file: span.file, fileOffset: span.fileOffset + this.#spanDoneBytes };
      const task = `write ${spellBytes(lengthBytes)} to`;
      const refusal = this.#services.files.write(this.#storage, place, views, task);
      if (refusal !== undefined) return refusal;
    }
    this.#spanDoneBytes += lengthBytes;
    if (this.#spanDoneBytes === span.lengthBytes) {
      this.#spanIndex += 1;
      this.#spanDoneBytes = 0;
    }
    return lengthBytes;
  }

  #writeParted(place: number): number | StorageRefusal {
    const bytes = this.#pieces[place] ?? new Uint8Array();
    const { disk, files } = this.#services;
    return writeEntry(disk, files, this.#storage, this.#first + place, bytes) ?? bytes.byteLength;
  }

  #isInFile(file: number): boolean {
    const { partFile } = this.#storage;
    return fileOf(this.#storage, file).isPadding !== true && partFile?.parted.has(file) !== true;
  }
}
