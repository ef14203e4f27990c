import type { Disk, FileStat, OpenedFile } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";
import type { FileSpan } from "@troupe/protocol/metainfo";
import { spellBytes } from "@troupe/protocol/text";
import {
  changedRefusal,
  detectChange,
  noteIdentity,
  noteWriting,
  proofLifeMs,
} from "./file-identity.ts";
import { foreignRefusal, noteAppeared } from "./foreign-files.ts";
import { haveBytes, isOfAnother, readingPath, wrongLinkRefusal } from "./linked-files.ts";
import { isRefusal, refusalFrom, systemCode } from "../refusals.ts";
import { fileOf, filePath, fileTooLong, type OpenFile, type Storage } from "../storage.ts";

type OpenMode = "read" | "write" | "create";

/** Window of the average, in files, about. */
const makingsAveraged = 16;
/** A longer open probably lost its core, and says nothing about the file system. */
const longestMakingMs = 0.5;

/** The open files over all torrents, bounded; the least recently used file makes room. */
export class OpenFiles {
  /** Mean milliseconds of a new file's first open. */
  makingMs = 0;
  readonly #disk: Disk;
  #limit: number;
  /** Least recently used first. */
  readonly #open = new Set<OpenFile>();
  #latest: OpenFile | undefined;

  /** @param limit 1 or more. */
  constructor(disk: Disk, limit: number) {
    this.#disk = disk;
    this.#limit = limit;
  }

  limitTo(limit: number): void {
    this.#limit = limit;
    this.#closeOldest(limit);
  }

  get count(): number {
    return this.#open.size;
  }

  /** @returns The file, or a refusal: `ENOENT`, `not-a-file`, `path-outside-root` … */
  forReading(storage: Storage, file: number): OpenFile | StorageRefusal {
    const open = this.#checkedOpen(storage, file);
    if (isRefusal(open)) return open;
    if (open !== undefined) return this.#markUsed(open);
    const folder = storage.folders.prove(fileOf(storage, file).path);
    if (isRefusal(folder)) return folder;
    return this.#openFile(storage, file, { mode: "read" });
  }

  /**
   * Opens a file for writing, and creates it with its folders, at its full length, which costs no space where the disk
   * supports holes.
   *
   * @param isWhole The caller writes the whole file, which gives it its length.
   * @returns The file; or `linked-file-wrong`, `foreign-file`, `file-linked`, `file-too-long`, `file-changed`, `disk-full`, `not-a-file`,
   *   `path-outside-root` or the system's code. A missing or replaced file is `file-changed`: because its pieces count
   *   as had, it is created again only after a new check.
   */
  forWriting(storage: Storage, file: number, isWhole = false): OpenFile | StorageRefusal {
    if (storage.foreign?.has(file) === true) {
      const refusal = foreignRefusal(storage, file, filePath(storage, file));
      if (refusal !== undefined) return refusal;
    }
    const linked = wrongLinkRefusal(storage, file);
    if (linked !== undefined) return linked;
    noteWriting(storage, file);
    const open = this.#checkedOpen(storage, file);
    if (isRefusal(open)) return open;
    if (open?.canWrite === true) return this.#markUsed(open);
    if (open !== undefined) this.#close(open);
    const refusal = storage.folders.make(fileOf(storage, file).path);
    if (refusal !== undefined) return refusal;
    const isKnown = (storage.knownBytes[file] ?? -1) >= 0;
    return this.#openFile(storage, file, { mode: isKnown ? "write" : "create", isWhole });
  }

  /**
   * Writes to a file, which is unsynced then. A file of another owner that has these bytes already stays as it is: a piece
   * may end in it and begin in a missing file.
   *
   * @param task See {@link refusalFrom}.
   */
  write(
    storage: Storage,
    { file, fileOffset }: Omit<FileSpan, "lengthBytes">,
    views: readonly Uint8Array[],
    task: string,
  ): StorageRefusal | undefined {
    const lengthBytes = views.reduce((sum, view) => sum + view.byteLength, 0);
    const isWhole = fileOffset === 0 && lengthBytes === fileOf(storage, file).lengthBytes;
    const open = this.forWriting(storage, file, isWhole);
    if (isRefusal(open))
      return isOfAnother(open) && this.#hasBytes(storage, file, views, fileOffset)
        ? undefined
        : open;
    try {
      this.#disk.write(open.descriptor, views, fileOffset);
    } catch (error) {
      // The file may be too short: the next open decides.
      if (isWhole) this.#close(open);
      return refusalFrom(error, task, open.path);
    }
    if (isWhole) storage.knownBytes[file] = lengthBytes;
    storage.unsynced.add(file);
    return undefined;
  }

  #hasBytes(
    storage: Storage,
    file: number,
    views: readonly Uint8Array[],
    fileOffset: number,
  ): boolean {
    const open = this.forReading(storage, file);
    if (isRefusal(open)) return false;
    try {
      return haveBytes(this.#disk, open.descriptor, views, fileOffset);
    } catch (error) {
      refusalFrom(error, "read", open.path);
      return false;
    }
  }

  closeFile(storage: Storage, file: number): void {
    const open = storage.handles.get(file);
    if (open !== undefined) this.#close(open);
  }

  closeStorage(storage: Storage): void {
    for (const open of [...storage.handles.values()]) this.#close(open);
  }

  /** Makes the next use of each open file check that the file still has its name. */
  distrustOpenFiles(storage: Storage): void {
    for (const open of storage.handles.values()) open.provenAtMs = -Infinity;
  }

  /** Checks once a second that the file still has its name. */
  #checkedOpen(storage: Storage, file: number): OpenFile | StorageRefusal | undefined {
    if (storage.identities.changed.has(file))
      return changedRefusal(
        file,
        filePath(storage, file),
        "it is not as it was, and is being looked at",
      );
    const open = storage.handles.get(file);
    const nowMs = storage.folders.nowMs();
    if (open === undefined || nowMs - open.provenAtMs < proofLifeMs) return open;
    open.provenAtMs = nowMs;
    let refusal: StorageRefusal | undefined;
    try {
      const found = this.#disk.stat(open.path);
      refusal = detectChange(storage, file, open.path, found);
      if (open.canWrite) refusal ??= linkedRefusal(storage, file, open.path, found);
    } catch (error) {
      refusal = refusalFrom(error, "look at", open.path);
    }
    if (refusal === undefined) return open;
    this.#close(open);
    // Reading continues: the next open decides about writing.
    return refusal.refused === "file-linked" ? undefined : refusal;
  }

  #markUsed(open: OpenFile): OpenFile {
    if (open !== this.#latest) {
      this.#open.delete(open);
      this.#open.add(open);
      this.#latest = open;
    }
    return open;
  }

  #openFile(
    storage: Storage,
    file: number,
    { mode, isWhole = false }: { readonly mode: OpenMode; readonly isWhole?: boolean },
  ): OpenFile | StorageRefusal {
    const path = mode === "read" ? readingPath(storage, file) : filePath(storage, file);
    this.#closeOldest(this.#limit - 1);
    try {
      const beganMs = storage.folders.nowMs();
      const { file: descriptor, found } = this.#openPath(path, mode);
      if (mode === "create") noteAppeared(storage, file, found);
      const provenAtMs = storage.folders.nowMs();
      const open = { storage, file, descriptor, path, canWrite: mode !== "read", provenAtMs };
      storage.handles.set(file, open);
      const change = detectChange(storage, file, path, found);
      if (mode === "create" && found.lengthBytes === 0) {
        const tookMs = Math.min(provenAtMs - beganMs, longestMakingMs);
        this.makingMs += (tookMs - this.makingMs) / makingsAveraged;
      }
      if (change === undefined) noteIdentity(storage, file, found, open.canWrite);
      const refusal = change ?? (open.canWrite ? this.#makeReady(open, found, isWhole) : undefined);
      if (refusal === undefined) return this.#markUsed(open);
      this.#close(open);
      return refusal;
    } catch (error) {
      const refusal = refusalFrom(error, "open", path);
      const isGone = refusal.refused === "ENOENT" || refusal.refused === "not-a-file";
      if (!isGone || storage.identities.inodes[file] === 0) return refusal;
      return detectChange(storage, file, path, undefined) ?? refusal;
    }
  }

  /** Without free descriptors ours are released first: sockets may hold the rest. */
  #openPath(path: string, mode: OpenMode): OpenedFile {
    try {
      return this.#disk.openWithStat(path, mode);
    } catch (error) {
      const code = systemCode(error);
      if ((code !== "EMFILE" && code !== "ENFILE") || this.#open.size === 0) throw error;
      this.#closeOldest(0);
      return this.#disk.openWithStat(path, mode);
    }
  }

  /** No write goes through another name of a file. */
  #makeReady(open: OpenFile, found: FileStat, isWhole: boolean): StorageRefusal | undefined {
    const { storage, file, path } = open;
    const { lengthBytes } = fileOf(storage, file);
    const isLong = found.lengthBytes > lengthBytes;
    return (
      foreignRefusal(storage, file, path) ??
      linkedRefusal(storage, file, path, found) ??
      (isLong ? fileTooLong(path, found.lengthBytes, lengthBytes) : undefined) ??
      (isWhole ? undefined : this.#setLength(open, found.lengthBytes))
    );
  }

  /** Extends a file to its full length. The part file grows as needed. */
  #setLength(
    { storage, file, descriptor, path }: OpenFile,
    foundBytes: number,
  ): StorageRefusal | undefined {
    const { lengthBytes } = fileOf(storage, file);
    if (storage.partFile?.file === file) {
      storage.knownBytes[file] = 0;
      return undefined;
    }
    try {
      if (foundBytes < lengthBytes) this.#disk.truncate(descriptor, lengthBytes);
    } catch (error) {
      return refusalFrom(error, `give ${spellBytes(lengthBytes)} to`, path);
    }
    storage.knownBytes[file] = lengthBytes;
    storage.unsynced.add(file);
    return undefined;
  }

  #closeOldest(keep: number): void {
    for (const open of this.#open) {
      if (this.#open.size <= keep) return;
      this.#close(open);
    }
  }

  #close(open: OpenFile): void {
    this.#open.delete(open);
    open.storage.handles.delete(open.file);
    if (this.#latest === open) this.#latest = undefined;
    try {
      this.#disk.close(open.descriptor);
    } catch (error) {
      open.storage.closeFailure ??= refusalFrom(error, "close", open.path);
    }
  }
}

/** @returns `file-linked` for a file with other names. */
function linkedRefusal(
  storage: Storage,
  file: number,
  path: string,
  found: FileStat | undefined,
): StorageRefusal | undefined {
  const linkCount = found?.linkCount ?? 0;
  if (linkCount <= 1 || fileOf(storage, file).lengthBytes === 0) return undefined;
  const seen = `it has ${linkCount} names (hard links), and the content of the others would change`;
  const message = `cannot write to "${path}": ${seen}; copy the file or remove the other name`;
  return { refused: "file-linked", message, path, file };
}
