import type { DiskDatabase } from "../../ports/database.ts";
import type { Access, Disk, DiskMode, FileStat, OpenedFile, SyncDone } from "../../ports/disk.ts";
import type { Random } from "../../ports/random.ts";
import { codeOf, systemError } from "../../errors.ts";
import type { DiskCall, DiskFault, SimulatedDiskOptions } from "./disk-call.ts";
import { DatabaseContent, simulatedDatabase } from "./simulated-database.ts";
import { SimulatedFile, type OpenFile } from "./simulated-file.ts";
import { SimulatedMounts } from "./simulated-mounts.ts";
import { simulatedDiskThread } from "./simulated-disk-thread.ts";
import {
  crashFolder,
  entryAt,
  makeFolders,
  namesOf,
  newFolder,
  placeOf,
  renameEntry,
  statOf,
  totalBytes,
  type SimulatedEntry,
  type SimulatedFolder,
} from "./simulated-tree.ts";

export type { DiskCall } from "./disk-call.ts";

/** Duration of a sync, in parallel with other calls. */
const syncMs = 400;

/** {@link Disk} in memory, with a size, a log of calls, and errors on demand. No virtual time, no links. */
export class SimulatedDisk implements Disk {
  fault: DiskFault | undefined;
  /** Folders on other devices. */
  readonly mounts: SimulatedMounts;
  capacityBytes: number;
  readonly #options: SimulatedDiskOptions;
  protected readonly root: SimulatedFolder;
  protected readonly contentOf = new WeakMap<SimulatedFile, DatabaseContent>();
  #crashes = 0;
  readonly #open = new Map<number, OpenFile>();
  #lastInode = 0n;
  #lastHandle = 2;
  #callCount = 0;
  #takenBytes = 0;

  constructor(options: SimulatedDiskOptions) {
    this.#options = options;
    this.mounts = new SimulatedMounts(options.device ?? 1n);
    this.capacityBytes = options.capacityBytes ?? 2 ** 40;
    this.root = this.#newFolder();
  }

  get callCount(): number {
    return this.#callCount;
  }

  /** Fails only this call, counted from 1. */
  failCall(number: number, code: string): void {
    this.fault = (call) => (call.number === number ? code : undefined);
  }

  open(path: string, mode: DiskMode): number {
    this.#begin("open", path);
    const { folder, name, entry } = placeOf(this.root, path);
    if (entry !== undefined && mode === "create-new")
      throw systemError("EEXIST", `"${path}" exists`);
    if (entry?.kind === "folder") throw systemError("EISDIR", `"${path}" is a folder`);
    if (entry === undefined && !mode.startsWith("create")) {
      throw systemError("ENOENT", `"${path}" does not exist`);
    }
    const file = entry ?? this.#newFile(folder, name);
    file.openCount += 1;
    this.#lastHandle += 1;
    this.#open.set(this.#lastHandle, { file, path, isWritable: mode !== "read" });
    return this.#lastHandle;
  }

  openWithStat(path: string, mode: DiskMode): OpenedFile {
    const file = this.open(path, mode);
    return { file, found: statOf(entryAt(this.root, path), this.mounts.deviceAt(path)) };
  }

  close(handle: number): void {
    const { file } = this.#opened("close", handle);
    this.#open.delete(handle);
    file.openCount -= 1;
    this.#freeIfGone(file);
  }

  read(handle: number, views: readonly Uint8Array[], position: number): number {
    const { file } = this.#opened("read", handle, totalBytes(views));
    let done = 0;
    for (const view of views) done += file.read(view, position + done);
    return done;
  }

  write(handle: number, views: readonly Uint8Array[], position: number): void {
    const opened = this.#opened("write", handle, totalBytes(views));
    if (!opened.isWritable) throw systemError("EBADF", `${handle} is open for reading only`);
    this.#write(opened.file, views, position);
  }

  truncate(handle: number, lengthBytes: number): void {
    const { file } = this.#opened("truncate", handle, lengthBytes);
    this.#takenBytes -= file.takenBytes;
    file.truncate(lengthBytes);
    this.#takenBytes += file.takenBytes;
    this.#touch(file);
  }

  sync(handle: number): void {
    this.#opened("sync", handle).file.unsynced.begin()(true);
  }

  setAccess(of: number | string, access: Access): void {
    if (typeof of === "string") this.#begin("setAccess", of);
    const entry =
      typeof of === "string" ? entryAt(this.root, of) : this.#opened("setAccess", of).file;
    Object.assign(entry, access, { ctimeNs: this.#nowNs() });
  }

  /** A fault fails the sync and loses its data. */
  syncLater(path: string, done: SyncDone): void {
    const { file, failure } = this.#syncing(path);
    const end = file.unsynced.begin();
    this.#later(syncMs, () => {
      end(failure === undefined);
      done(failure, failure === undefined ? statOf(file, this.mounts.deviceAt(path)) : undefined);
    });
  }

  /** Sets the times of a file as any user can; the change time becomes now. */
  setModified(path: string, mtimeNs: bigint): void {
    const entry = entryAt(this.root, path);
    this.#touch(entry);
    entry.mtimeNs = mtimeNs;
  }

  /** A power cut: unsynced sectors, and files never synced, survive by chance. Databases keep their commits. */
  crash(random: Random): void {
    this.#crashes += 1;
    this.#open.clear();
    this.#takenBytes += crashFolder(this.root, random);
  }

  openDatabase(path: string): DiskDatabase {
    this.#begin("openDatabase", path);
    const { folder, name, entry } = placeOf(this.root, path);
    if (entry?.kind === "folder") throw systemError("EISDIR", `"${path}" is a folder`);
    const file = entry ?? this.#newFile(folder, name);
    file.unsynced.isNamed = true;
    const content = this.contentOf.get(file) ?? new DatabaseContent();
    this.contentOf.set(file, content);
    return simulatedDatabase(content, (operation, bytes) => this.#begin(operation, path, bytes));
  }

  salvageDatabase(path: string): ReturnType<Disk["salvageDatabase"]> {
    const database = this.openDatabase(path);
    return { values: database.all(), sums: database.sums() };
  }

  openThread: Disk["openThread"] = (work) =>
    simulatedDiskThread(this, work, (delayMs, task) => this.#later(delayMs, task));

  statFile(handle: number): FileStat {
    const { file, path } = this.#opened("statFile", handle);
    return statOf(file, this.mounts.deviceAt(path));
  }

  stat(path: string): FileStat | undefined {
    this.#begin("stat", path);
    try {
      const { entry } = placeOf(this.root, path);
      return entry === undefined ? undefined : statOf(entry, this.mounts.deviceAt(path));
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
      throw error;
    }
  }

  makeFolder(path: string): void {
    this.#begin("makeFolder", path);
    makeFolders(this.root, path, (parent) => {
      this.#touch(parent);
      return this.#newFolder();
    });
  }

  syncFolder(path: string): void {
    this.#begin("syncFolder", path);
  }

  realPath(path: string): string {
    this.#begin("realPath", path);
    entryAt(this.root, path);
    return `/${namesOf(path).join("/")}`;
  }

  remove(path: string): void {
    this.#begin("remove", path);
    const entry = entryAt(this.root, path);
    const { folder, name } = placeOf(this.root, path);
    if (entry.kind === "folder" && entry.entries.size > 0) {
      throw systemError("ENOTEMPTY", `"${path}" is not empty`);
    }
    folder.entries.delete(name);
    this.#touch(folder);
    if (entry.kind === "file") this.#unname(entry);
  }

  readFile(path: string): Uint8Array {
    this.#begin("readFile", path);
    const entry = entryAt(this.root, path);
    if (entry.kind === "folder") throw systemError("EISDIR", `"${path}" is a folder`);
    const bytes = new Uint8Array(entry.lengthBytes);
    entry.read(bytes, 0);
    return bytes;
  }

  writeFileAtomically(path: string, bytes: Uint8Array): void {
    this.#begin("writeFileAtomically", path, bytes.byteLength);
    const { folder, name, entry } = placeOf(this.root, path);
    if (entry?.kind === "folder") throw systemError("EISDIR", `"${path}" is a folder`);
    const file = new SimulatedFile(this.#nextInode(), this.#nowNs());
    try {
      this.#write(file, [bytes], 0);
    } catch (error) {
      this.#freeIfGone(file);
      throw error;
    }
    file.unsynced.begin()(true);
    this.#name(file, folder, name);
    if (entry !== undefined) this.#unname(entry);
  }

  proveWritable(path: string): void {
    this.#begin("proveWritable", path);
  }

  rename(from: string, to: string): void {
    this.#begin("rename", from);
    this.mounts.refuseAcross(from, to);
    renameEntry(this.root, { from, to, nowNs: this.#nowNs() }, (file) => this.#unname(file));
  }

  link(from: string, to: string): void {
    this.#begin("link", from);
    const file = entryAt(this.root, from);
    if (file.kind === "folder") throw systemError("EPERM", `"${from}" is a folder`);
    const { folder, name, entry } = placeOf(this.root, to);
    if (entry !== undefined) throw systemError("EEXIST", `"${to}" exists`);
    this.mounts.refuseAcross(from, to);
    this.#name(file, folder, name);
  }

  symlink = (_target: string, path: string): void => this.#refuseLinks("symlink", path);
  readLink = (path: string): string => this.#refuseLinks("readLink", path);

  #refuseLinks(operation: "symlink" | "readLink", path: string): never {
    this.#begin(operation, path);
    throw systemError("ENOTSUP", `"${path}" is on a disk without links`);
  }

  freeBytes(path: string): number {
    this.#begin("freeBytes", path);
    entryAt(this.root, path);
    return this.#freeBytes();
  }

  #syncing(path: string): { readonly file: SimulatedFile; readonly failure?: unknown } {
    const file = entryAt(this.root, path);
    if (file.kind === "folder") throw systemError("EISDIR", `"${path}" is a folder`);
    try {
      this.#begin("syncLater", path);
      return { file };
    } catch (failure) {
      return { file, failure };
    }
  }

  /** Not after a crash. */
  #later(delayMs: number, task: () => void): void {
    const crashes = this.#crashes;
    const run = () => (crashes === this.#crashes ? task() : undefined);
    void (this.#options.timers?.after(delayMs, run) ?? Promise.resolve().then(run));
  }

  #begin(operation: DiskCall["operation"], path: string, lengthBytes = 0): void {
    this.#callCount += 1;
    const call: DiskCall = { number: this.#callCount, operation, path, lengthBytes };
    this.#options.log?.(call);
    const code = this.fault?.(call);
    if (code !== undefined) throw systemError(code, `${operation} "${path}" was made to fail`);
  }

  #opened(operation: keyof Disk, handle: number, lengthBytes = 0): OpenFile {
    const opened = this.#open.get(handle);
    this.#begin(operation, opened?.path ?? `file ${handle}`, lengthBytes);
    if (opened === undefined) throw systemError("EBADF", `file ${handle} is not open`);
    return opened;
  }

  /** Writes as much as fits, as a real disk does. */
  #write(file: SimulatedFile, views: readonly Uint8Array[], position: number): void {
    let done = 0;
    for (const view of views) {
      const takenBefore = file.takenBytes;
      const put = file.write(view, position + done, this.#freeBytes());
      this.#takenBytes += file.takenBytes - takenBefore;
      done += put;
      this.#touch(file);
      if (put < view.byteLength) throw systemError("ENOSPC", "the disk is full");
    }
  }

  #freeBytes(): number {
    return Math.max(0, this.capacityBytes - this.#takenBytes);
  }

  #newFile(folder: SimulatedFolder, name: string): SimulatedFile {
    const file = new SimulatedFile(this.#nextInode(), this.#nowNs());
    this.#name(file, folder, name);
    return file;
  }

  #name(file: SimulatedFile, folder: SimulatedFolder, name: string): void {
    file.linkCount += 1;
    file.ctimeNs = this.#nowNs();
    folder.entries.set(name, file);
    this.#touch(folder);
  }

  #unname(file: SimulatedFile): void {
    file.linkCount -= 1;
    file.ctimeNs = this.#nowNs();
    this.#freeIfGone(file);
  }

  #newFolder(): SimulatedFolder {
    return newFolder(this.#nextInode(), this.#nowNs(), this.#options.ignoresCase === true);
  }

  #freeIfGone(file: SimulatedFile): void {
    if (file.linkCount === 0 && file.openCount === 0) this.#takenBytes -= file.takenBytes;
  }

  #touch(entry: SimulatedEntry): void {
    entry.mtimeNs = entry.ctimeNs = this.#nowNs();
  }

  #nextInode(): bigint {
    return ++this.#lastInode;
  }

  #nowNs(): bigint {
    return BigInt(this.#options.clock.epochMs()) * 1_000_000n;
  }
}
