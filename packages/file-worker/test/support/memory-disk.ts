// A disk in memory, for tests: it counts calls, fails on demand and knows files, folders, links and devices.

import { dirname } from "node:path";
import type {
  Disk,
  DatabaseEntry,
  DiskDatabase,
  DiskMode,
  DiskThread,
  DiskWork,
  FileMaker,
  FileStat,
} from "@troupe/actor-runtime";

type Call =
  | "open"
  | "close"
  | "read"
  | "write"
  | "truncate"
  | "sync"
  | "sync-folder"
  | "stat"
  | "makeFolder"
  | "commit"
  | "rename"
  | "link"
  | "remove";

interface Entry {
  readonly kind: FileStat["kind"];
  readonly inode: bigint;
  bytes: Uint8Array;
  /** Times of the last changes: each change takes one. */
  mtimeNs: bigint;
  ctimeNs: bigint;
  linkCount: number;
  mode: number;
}

export class MemoryDisk implements Disk {
  free = Number.MAX_SAFE_INTEGER;
  readonly entries = new Map<string, Entry>();
  /** How often each call was made since the test last cleared it. */
  readonly calls = new Map<Call, number>();
  /** Views in each gather write, in order. */
  readonly gathered: number[] = [];
  readonly opened: string[] = [];
  /** Paths of syncs beside other calls. */
  readonly synced: string[] = [];
  /** Makers open now, and what they have been given and have not done. */
  makers = 0;
  readonly making: {
    readonly paths: readonly string[];
    readonly done: (made: readonly number[]) => void;
  }[] = [];
  readonly databases = new Map<string, Map<string, Uint8Array>>();
  /** Places of databases that cannot be opened; renaming one takes it away. */
  readonly damagedDatabases = new Set<string>();
  readonly #open = new Map<number, { entry: Entry; canWrite: boolean }>();
  readonly #failures: { call: Call; code: string; skip: number; times: number }[] = [];
  #nextNumber = 3;
  #timeNs = 0n;

  constructor(folders: readonly string[] = ["/data"]) {
    this.#put("/", "folder");
    for (const folder of folders) this.makeFolder(folder);
    this.calls.clear();
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Makes the next calls of this kind throw, after `skip` good ones. */
  fail(call: Call, code: string, { skip = 0, times = 1 } = {}): void {
    this.#failures.push({ call, code, skip, times });
  }

  put(path: string, bytes: Uint8Array): void {
    this.#put(path, "file").bytes = bytes;
  }

  /** Gives a file another change time and nothing else, as `chown` does. */
  touch(path: string): void {
    const entry = this.entries.get(path);
    if (entry !== undefined) entry.ctimeNs = ++this.#timeNs;
  }

  /** Where an open file lies. */
  pathOf(file: number): string {
    const entry = this.#entry(file);
    return [...this.entries].find(([, other]) => other === entry)?.[0] ?? "";
  }

  putOther(path: string, kind: "link" | "other"): void {
    this.#put(path, kind);
  }

  bytesOf(path: string): Uint8Array | undefined {
    return this.entries.get(path)?.bytes;
  }

  open(path: string, mode: DiskMode): number {
    this.#count("open");
    let entry = this.entries.get(path);
    if (entry !== undefined && mode === "create-new") throw systemError("EEXIST", `open '${path}'`);
    if (entry === undefined) {
      if (!mode.startsWith("create") || this.entries.get(dirname(path))?.kind !== "folder") {
        throw systemError("ENOENT", `open '${path}'`);
      }
      entry = this.#put(path, "file");
    }
    if (entry.kind === "link") throw systemError("ELOOP", `open '${path}'`);
    if (entry.kind === "folder") throw systemError("EISDIR", `open '${path}'`);
    if (entry.kind === "other") throw systemError("EFTYPE", `open '${path}'`);
    const number = this.#nextNumber++;
    this.#open.set(number, { entry, canWrite: mode !== "read" });
    this.opened.push(path);
    return number;
  }

  close(file: number): void {
    this.#entry(file);
    this.#open.delete(file);
    this.#count("close");
  }

  read(file: number, views: readonly Uint8Array[], position: number): number {
    this.#count("read");
    const { bytes } = this.#entry(file);
    let at = position;
    for (const view of views) {
      const part = bytes.subarray(at, at + view.byteLength);
      view.set(part);
      at += part.byteLength;
    }
    return at - position;
  }

  write(file: number, views: readonly Uint8Array[], position: number): void {
    this.#count("write");
    const entry = this.#entry(file);
    if (this.#open.get(file)?.canWrite !== true) throw systemError("EBADF", "write");
    this.gathered.push(views.length);
    entry.mtimeNs = entry.ctimeNs = ++this.#timeNs;
    let at = position;
    for (const view of views) {
      this.#grow(entry, at + view.byteLength);
      entry.bytes.set(view, at);
      at += view.byteLength;
    }
  }

  truncate(file: number, lengthBytes: number): void {
    this.#count("truncate");
    const entry = this.#entry(file);
    this.#grow(entry, lengthBytes);
    entry.mtimeNs = entry.ctimeNs = ++this.#timeNs;
    entry.bytes = entry.bytes.slice(0, lengthBytes);
  }

  sync(file: number): void {
    this.#count("sync");
    this.#entry(file);
  }

  setMode(file: number, mode: number): void {
    const entry = this.#entry(file);
    entry.mode = mode;
    entry.ctimeNs = ++this.#timeNs;
  }

  syncFolder(): void {
    this.#count("sync-folder");
  }

  link(from: string, to: string): void {
    this.#count("link");
    const entry = this.entries.get(from);
    if (entry === undefined) throw systemError("ENOENT", `link '${from}'`);
    if (this.entries.has(to)) throw systemError("EEXIST", `link '${to}'`);
    entry.linkCount += 1;
    entry.ctimeNs = ++this.#timeNs;
    this.entries.set(to, entry);
  }

  openThread<Input, Output>({ run }: DiskWork<Input, Output>): DiskThread<Input, Output> {
    // eslint-disable-next-line typescript/require-await
    return { run: async (input) => run(this, input), close: () => Promise.resolve() };
  }

  syncLater(path: string, done: (error?: unknown) => void): void {
    let failure: unknown;
    try {
      this.#count("sync");
    } catch (error) {
      failure = error;
    }
    if (!this.entries.has(path)) throw systemError("ENOENT", `open '${path}'`);
    this.synced.push(path);
    void Promise.resolve().then(() => done(failure));
  }

  openDatabase(path: string): DiskDatabase {
    this.#count("open");
    if (this.damagedDatabases.has(path)) throw systemError("EBADMSG", "malformed");
    if (!this.entries.has(path)) this.#put(path, "file");
    const values = this.databases.get(path) ?? new Map<string, Uint8Array>();
    this.databases.set(path, values);
    return {
      get: (name) => values.get(name)?.slice(),
      all: () => [...values].map(([name, value]) => ({ name, value: value.slice() })),
      commit: (changes) => {
        this.#count("commit");
        for (const [name, value] of changes) {
          if (value === undefined) values.delete(name);
          else values.set(name, value.slice());
        }
      },
      close: () => {},
    };
  }

  salvageDatabase(path: string): readonly DatabaseEntry[] {
    return [...(this.databases.get(path) ?? [])].map(([name, value]) => ({ name, value }));
  }

  openMaker(): FileMaker {
    this.makers += 1;
    return {
      make: (paths, done) => void this.making.push({ paths, done }),
      close: () => {
        this.makers -= 1;
        return Promise.resolve();
      },
    };
  }

  /** Makes the files of the oldest batch that a maker was given. */
  finishMaking(): void {
    const { paths, done } = this.making.shift() ?? { paths: [], done: () => {} };
    const made = [...paths.keys()].filter((place) => !this.entries.has(paths[place] ?? ""));
    for (const place of made) this.#put(paths[place] ?? "", "file");
    done(made);
  }

  statFile(file: number): FileStat {
    return statOf(this.#entry(file));
  }

  stat(path: string): FileStat | undefined {
    this.#count("stat");
    const entry = this.entries.get(path);
    return entry === undefined ? undefined : statOf(entry);
  }

  makeFolder(path: string): void {
    this.#count("makeFolder");
    if (path !== "/") this.#makeParents(dirname(path));
    if (!this.entries.has(path)) this.#put(path, "folder");
  }

  realPath(path: string): string {
    if (!this.entries.has(path)) throw systemError("ENOENT", `realpath '${path}'`);
    return path;
  }

  remove(path: string): void {
    this.#count("remove");
    const entry = this.entries.get(path);
    if (entry === undefined) throw systemError("ENOENT", `unlink '${path}'`);
    entry.linkCount -= 1;
    entry.ctimeNs = ++this.#timeNs;
    this.entries.delete(path);
  }

  readFile(path: string): Uint8Array {
    const bytes = this.bytesOf(path);
    if (bytes === undefined) throw systemError("ENOENT", `open '${path}'`);
    return bytes.slice();
  }

  writeFileAtomically(path: string, bytes: Uint8Array): void {
    this.put(path, bytes.slice());
  }

  proveWritable(path: string): void {
    this.#count("makeFolder");
    if (!this.entries.has(path)) throw systemError("ENOENT", `access '${path}'`);
  }

  rename(from: string, to: string): void {
    this.#count("rename");
    for (const [path, entry] of [...this.entries]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.entries.delete(path);
      entry.ctimeNs = ++this.#timeNs;
      this.entries.set(to + path.slice(from.length), entry);
    }
    const values = this.databases.get(from);
    if (values === undefined) return;
    this.databases.delete(from);
    this.databases.set(to, values);
    this.damagedDatabases.delete(from);
  }

  freeBytes(): number {
    return this.free;
  }

  #makeParents(path: string): void {
    if (path !== "/") this.#makeParents(dirname(path));
    if (!this.entries.has(path)) this.#put(path, "folder");
  }

  #put(path: string, kind: FileStat["kind"]): Entry {
    const inode = BigInt(this.entries.size + 1);
    const nowNs = ++this.#timeNs;
    const bytes = new Uint8Array(0);
    const entry = { kind, inode, bytes, mtimeNs: nowNs, ctimeNs: nowNs, linkCount: 1, mode: 0o644 };
    this.entries.set(path, entry);
    return entry;
  }

  #entry(file: number): Entry {
    const open = this.#open.get(file);
    if (open === undefined) throw systemError("EBADF", `file ${file}`);
    return open.entry;
  }

  #grow(entry: Entry, lengthBytes: number): void {
    if (entry.bytes.byteLength >= lengthBytes) return;
    const grown = new Uint8Array(lengthBytes);
    grown.set(entry.bytes);
    entry.bytes = grown;
  }

  #count(call: Call): void {
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const failure = this.#failures.find((planned) => planned.call === call && planned.times > 0);
    if (failure === undefined) return;
    if (failure.skip > 0) {
      failure.skip -= 1;
      return;
    }
    failure.times -= 1;
    throw systemError(failure.code, call);
  }
}

export function systemError(code: string, text: string): Error {
  return Object.assign(new Error(`${code}: ${text}`), { code });
}

function statOf(entry: Entry): FileStat {
  const { kind, inode, bytes, mtimeNs, ctimeNs, linkCount, mode } = entry;
  return {
    kind,
    inode,
    lengthBytes: bytes.byteLength,
    device: 1n,
    mtimeNs,
    ctimeNs,
    linkCount,
    mode,
  };
}
