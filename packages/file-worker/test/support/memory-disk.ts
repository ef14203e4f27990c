// A simulated disk without delays: it counts calls, fails on demand, and has links, special files and damaged databases.

import { dirname } from "node:path";
import {
  systemError,
  type DiskDatabase,
  type DiskMode,
  type FileStat,
  type SyncDone,
} from "@troupe/actor-runtime";
import { SimulatedDisk, type DiskCall, type SimulatedEntry } from "@troupe/actor-runtime/simulated";

type Call =
  | "open"
  | "close"
  | "read"
  | "write"
  | "writeFileAtomically"
  | "truncate"
  | "sync"
  | "sync-folder"
  | "stat"
  | "makeFolder"
  | "commit"
  | "rename"
  | "setAccess"
  | "link"
  | "remove";

/** Calls that are counted under another name. */
const countedAs: Partial<Record<DiskCall["operation"], Call>> = {
  openDatabase: "open",
  syncLater: "sync",
  syncFolder: "sync-folder",
  proveWritable: "makeFolder",
};

export class MemoryDisk extends SimulatedDisk {
  free = Number.MAX_SAFE_INTEGER;
  /** How often each call was made since the test last cleared it. */
  readonly calls = new Map<string, number>();
  /** Views in each gather write, in order. */
  readonly gathered: number[] = [];
  readonly opened: string[] = [];
  /** Paths of syncs beside other calls. */
  readonly synced: string[] = [];
  /** Running file-makers, and what they have been given and have not done. */
  makers = 0;
  /** Starts asked for, also of a running file-maker. */
  makerStarts = 0;
  makerFault: Error | undefined;
  readonly making: {
    readonly paths: readonly string[];
    readonly done: (made: readonly number[]) => void;
  }[] = [];
  /** Places of databases that cannot be opened; renaming one takes it away. */
  readonly damagedDatabases = new Set<string>();
  /** Paths of open files. */
  readonly #open = new Map<number, string>();
  /** Links and special files, by inode. */
  readonly #others = new Map<bigint, "link" | "other">();
  readonly #failures: { call: Call; code: string; skip: number; times: number }[] = [];
  readonly #count = ({ operation }: DiskCall): string | undefined => {
    const call = countedAs[operation] ?? operation;
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const failure = this.#failures.find((planned) => planned.call === call && planned.times > 0);
    if (failure === undefined || failure.skip-- > 0) return undefined;
    failure.times -= 1;
    return failure.code;
  };

  constructor(folders: readonly string[] = ["/data"], ignoresCase = false) {
    // Each change takes a time of its own.
    let timeMs = 0;
    const clock = { nowMs: () => timeMs, epochMs: () => ++timeMs, utcOffsetMinutes: () => 0 };
    super({ clock, ignoresCase });
    for (const folder of folders) this.makeFolder(folder);
    this.fault = this.#count;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** All that has a path. */
  get entries(): Map<string, Pick<FileStat, "kind">> {
    return new Map(
      Array.from(walk("/", this.root), ([path, { kind, inode }]) => [
        path,
        { kind: this.#others.get(inode) ?? kind },
      ]),
    );
  }

  /** The values in each database, by its path. */
  get databases(): Map<string, Map<string, Uint8Array>> {
    const databases = new Map<string, Map<string, Uint8Array>>();
    for (const [path, entry] of walk("/", this.root)) {
      const values = entry.kind === "file" && this.contentOf.get(entry)?.values;
      if (values) databases.set(path, values);
    }
    return databases;
  }

  /** Makes the next calls of this kind throw, after `skip` good ones. */
  fail(call: Call, code: string, { skip = 0, times = 1 } = {}): void {
    this.#failures.push({ call, code, skip, times });
  }

  /** Puts a new file in its place. */
  put(path: string, bytes: Uint8Array): void {
    this.#uncounted(() => {
      this.makeFolder(dirname(path));
      this.writeFileAtomically(path, bytes);
    });
  }

  putOther(path: string, kind: "link" | "other"): void {
    if (this.#entry(path)?.kind !== "folder") this.put(path, new Uint8Array(0));
    this.#others.set(this.#entry(path)?.inode ?? 0n, kind);
  }

  /** Gives a file another change time and nothing else, as `chown` does. */
  touch(path: string): void {
    const entry = this.#entry(path);
    if (entry !== undefined) entry.ctimeNs += 1n;
  }

  /** Shortens a file without a trace in its times. */
  cut(path: string, lengthBytes: number): void {
    const entry = this.#entry(path);
    if (entry?.kind !== "file") throw systemError("ENOENT", path);
    entry.truncate(lengthBytes);
  }

  /** Where an open file lies. */
  pathOf(file: number): string {
    return this.#open.get(file) ?? "";
  }

  bytesOf(path: string): Uint8Array | undefined {
    const entry = this.#entry(path);
    if (entry?.kind !== "file") return undefined;
    const bytes = new Uint8Array(entry.lengthBytes);
    entry.read(bytes, 0);
    return bytes;
  }

  override open(path: string, mode: DiskMode): number {
    const other = this.#others.get(this.#entry(path)?.inode ?? 0n);
    if (other !== undefined && mode !== "create-new") {
      throw systemError(other === "link" ? "ELOOP" : "EFTYPE", `open '${path}'`);
    }
    const file = super.open(path, mode);
    this.#open.set(file, path);
    this.opened.push(path);
    return file;
  }

  /** A close that fails has closed the file nevertheless. */
  override close(file: number): void {
    this.#open.delete(file);
    super.close(file);
  }

  override write(file: number, views: readonly Uint8Array[], position: number): void {
    super.write(file, views, position);
    this.gathered.push(views.length);
  }

  override syncLater(path: string, done: SyncDone): void {
    super.syncLater(path, done);
    this.synced.push(path);
  }

  override stat(path: string): FileStat | undefined {
    const found = super.stat(path);
    const kind = this.#others.get(found?.inode ?? 0n);
    return found === undefined || kind === undefined ? found : { ...found, kind };
  }

  override openDatabase(path: string): DiskDatabase {
    if (this.damagedDatabases.has(path)) throw systemError("EBADMSG", "malformed");
    this.#uncounted(() => this.makeFolder(dirname(path)));
    return super.openDatabase(path);
  }

  override salvageDatabase(path: string): ReturnType<SimulatedDisk["salvageDatabase"]> {
    const database = super.openDatabase(path);
    return { values: database.all(), sums: database.sums() };
  }

  /** The tree with the file-maker, whose thread is the test. */
  readonly makerTree = {
    startChild: async () => {
      this.makerStarts++;
      if (this.makerFault !== undefined) throw this.makerFault;
      this.makers = 1;
    },
    stopChild: () => Promise.resolve(void (this.makers = 0)),
    ref: () => ({
      call: (_: "make-files", { paths }: { readonly paths: readonly string[] }) =>
        new Promise((reply) => {
          this.making.push({ paths, done: (made) => reply({ made }) });
        }),
    }),
  };

  /** Makes the files of the oldest batch that a maker was given. */
  finishMaking(): void {
    const { paths, done } = this.making.shift() ?? { paths: [], done: () => {} };
    const made = [...paths.keys()].filter((place) => this.#entry(paths[place] ?? "") === undefined);
    for (const place of made) this.put(paths[place] ?? "", new Uint8Array(0));
    done(made);
  }

  override rename(from: string, to: string): void {
    super.rename(from, to);
    this.damagedDatabases.delete(from);
  }

  override freeBytes(): number {
    return this.free;
  }

  #uncounted(act: () => void): void {
    this.fault = undefined;
    act();
    this.fault = this.#count;
  }

  #entry(path: string): SimulatedEntry | undefined {
    let entry: SimulatedEntry | undefined = this.root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      entry = entry?.kind === "folder" ? entry.entries.get(name) : undefined;
    }
    return entry;
  }
}

function* walk(path: string, entry: SimulatedEntry): Generator<[string, SimulatedEntry]> {
  yield [path, entry];
  if (entry.kind !== "folder") return;
  for (const [name, inside] of entry.entries)
    yield* walk(`${path === "/" ? "" : path}/${name}`, inside);
}
