import { UnsyncedPages } from "./unsynced-pages.ts";

/** Unit of space. */
export const pageBytes = 16 * 1024;

/** A sparse file in memory. Unwritten bytes are zero and take no space. */
export class SimulatedFile {
  readonly kind = "file";
  readonly inode: bigint;
  lengthBytes = 0;
  mtimeNs: bigint;
  ctimeNs: bigint;
  /** An open file outlives its last name. */
  linkCount = 0;
  mode = 0o644;
  group = 0;
  openCount = 0;
  readonly #pages = new Map<number, Uint8Array>();
  readonly #unsynced: UnsyncedPages;

  constructor(inode: bigint, mtimeNs: bigint) {
    this.inode = inode;
    this.mtimeNs = mtimeNs;
    this.ctimeNs = mtimeNs;
    this.#unsynced = new UnsyncedPages(this, this.#pages);
  }

  get unsynced(): UnsyncedPages {
    return this.#unsynced;
  }

  get takenBytes(): number {
    return this.#pages.size * pageBytes;
  }

  /** @returns bytes read, fewer at the end of the file. */
  read(view: Uint8Array, position: number): number {
    const end = Math.min(position + view.byteLength, this.lengthBytes);
    for (let at = position; at < end;) {
      const { page, from, to } = this.#placeOf(at, end);
      const part = this.#pages.get(page)?.subarray(from, to);
      const target = view.subarray(at - position, at - position + to - from);
      if (part === undefined) target.fill(0);
      else target.set(part);
      at += to - from;
    }
    return Math.max(0, end - position);
  }

  /** @param freeBytes Space for new pages. @returns bytes written; fewer on a full disk. */
  write(bytes: Uint8Array, position: number, freeBytes: number): number {
    let freePages = Math.floor(freeBytes / pageBytes);
    const end = position + bytes.byteLength;
    let at = position;
    while (at < end) {
      const { page, from, to } = this.#placeOf(at, end);
      let memory = this.#pages.get(page);
      if (memory === undefined && freePages === 0) break;
      this.#unsynced.touch(page);
      if (memory === undefined) {
        freePages -= 1;
        memory = new Uint8Array(pageBytes);
        this.#pages.set(page, memory);
      }
      memory.set(bytes.subarray(at - position, at - position + to - from), from);
      at += to - from;
      this.lengthBytes = Math.max(this.lengthBytes, at);
    }
    return at - position;
  }

  truncate(lengthBytes: number): void {
    const lastPage = Math.ceil(lengthBytes / pageBytes) - 1;
    for (const page of this.#pages.keys()) {
      if (page < lastPage) continue;
      this.#unsynced.touch(page);
      if (page > lastPage) this.#pages.delete(page);
    }
    this.#pages.get(lastPage)?.fill(0, lengthBytes - lastPage * pageBytes);
    this.lengthBytes = lengthBytes;
  }

  #placeOf(at: number, end: number): { page: number; from: number; to: number } {
    const page = Math.floor(at / pageBytes);
    const from = at - page * pageBytes;
    return { page, from, to: Math.min(pageBytes, from + end - at) };
  }
}

/** An open file. */
export interface OpenFile {
  readonly file: SimulatedFile;
  readonly path: string;
  readonly isWritable: boolean;
}
