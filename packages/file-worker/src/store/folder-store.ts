import type { Context } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { FileSpan } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import type { FilesAhead } from "../ahead/files-ahead.ts";
import { changedRefusal } from "../files/file-identity.ts";
import { readEntry } from "../files/part-file.ts";
import { isRefusal, refusalFrom } from "../refusals.ts";
import { stampOfFacts } from "../state/file-facts.ts";
import { fileOf, type Storage } from "../storage.ts";
import { FolderRun, type FolderDisk } from "./folder-run.ts";
import type { PieceStore, ReadRefusal, StoreRange } from "./piece-store.ts";
import { ViewCursor } from "./view-cursor.ts";

interface Services extends FolderDisk {
  readonly context: Pick<Context, "sha1">;
  readonly filesAhead: FilesAhead;
}

/**
 * The files of a torrent in a folder. Every disk call is synchronous, so that each answer is a value and no promise is
 * made. Locks, moves, the part file and allocation are calls of the file-worker beside this store.
 */
export class FolderStore implements PieceStore {
  readonly #services: Services;
  readonly #storage: Storage;

  constructor(services: Services, storage: Storage) {
    this.#services = services;
    this.#storage = storage;
  }

  /** Files are made ahead where making one takes long. */
  expect(piece: PieceIndex): void {
    this.#services.filesAhead.expect(this.#storage, piece);
  }

  beginRun(first: PieceIndex, pieces: readonly Uint8Array[]): FolderRun {
    return new FolderRun(this.#services, this.#storage, first, pieces);
  }

  /**
   * A scatter read per file.
   *
   * @returns A refusal `not-settled`, `file-changed` for a file that ends too early, or that of its open or read.
   */
  read(range: StoreRange, views: readonly Uint8Array[]): ReadRefusal | undefined {
    const { changed } = this.#storage.identities;
    const changedBefore = changed.size;
    const refusal = this.#readFiles(range, views);
    if (refusal?.file === undefined) return refusal;
    // A failed read adds at most its own file.
    const isKnown = changed.has(refusal.file) && changed.size === changedBefore;
    return isKnown ? { ...refusal, isKnown } : refusal;
  }

  reportAgain({ file }: ReadRefusal): void {
    if (file !== undefined) this.#storage.identities.changed.delete(file);
  }

  /** The SHA-1 of the facts of all files. It leaves out the part file, whose pieces are hashed at every start. */
  stamp(): Uint8Array {
    return stampOfFacts(this.#storage.facts, this.#services.context.sha1);
  }

  close(): StorageRefusal | undefined {
    this.#services.files.closeStorage(this.#storage);
    return this.#storage.closeFailure;
  }

  #readFiles(
    { position, lengthBytes }: StoreRange,
    views: readonly Uint8Array[],
  ): StorageRefusal | undefined {
    const { map, partFile } = this.#storage;
    if (partFile?.mustSettle === true) return notSettled(this.#storage);
    const target = new ViewCursor(views);
    for (const span of map.spans(position, lengthBytes)) {
      const isWhole = span.lengthBytes === lengthBytes;
      const refusal =
        partFile?.parted.has(span.file) === true
          ? this.#readFromPartFile(span, target)
          : this.#readFromFile(span, isWhole ? views : target.take(span.lengthBytes));
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** Each piece has its own entry. */
  #readFromPartFile(span: FileSpan, target: ViewCursor): StorageRefusal | undefined {
    for (const section of this.#storage.map.pieceSpans(span)) {
      const views = target.take(section.lengthBytes);
      const refusal = readEntry(this.#services, this.#storage, section, views);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #readFromFile(
    { file, fileOffset, lengthBytes }: FileSpan,
    views: readonly Uint8Array[],
  ): StorageRefusal | undefined {
    const storage = this.#storage;
    if (fileOf(storage, file).isPadding === true) {
      for (const view of views) view.fill(0);
      return undefined;
    }
    const open = this.#services.files.forReading(storage, file);
    if (isRefusal(open)) return { ...open, file };
    try {
      const gotBytes = this.#services.disk.read(open.descriptor, views, fileOffset);
      if (gotBytes === lengthBytes) return undefined;
      storage.identities.changed.add(file);
      const endBytes = fileOffset + gotBytes;
      const known = storage.knownBytes[file] ?? -1;
      return changedRefusal(file, open.path, `it has ${endBytes} bytes and had ${known} before`);
    } catch (error) {
      const task = `read ${lengthBytes} bytes at ${fileOffset} of`;
      return { ...refusalFrom(error, task, open.path), file };
    }
  }
}

function notSettled({ torrent }: Storage): StorageRefusal {
  return {
    refused: "not-settled",
    message: `cannot read torrent ${torrent}: what lies in its part file is still to be moved`,
  };
}
