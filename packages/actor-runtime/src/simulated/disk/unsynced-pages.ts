import type { Random } from "../../ports/random.ts";

/** Written whole or not at all. */
const sectorBytes = 512;

interface Sized {
  lengthBytes: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
}

/** The changed pages of a file, which a crash may lose, tear or keep. */
export class UnsyncedPages {
  readonly #file: Sized;
  readonly #pages: Map<number, Uint8Array>;
  /** Pages before the change; undefined: absent. */
  readonly #onDisk = new Map<number, Uint8Array | undefined>();
  /** The system took them for written after a failed sync: only another write helps. */
  readonly #lost = new Set<number>();
  /** Syncs that have not ended, each with its pages that have changed since it began, as they were then. */
  readonly #syncs = new Set<Map<number, Uint8Array | undefined>>();
  #size: Sized;
  /** Its name is on the disk. */
  isNamed = false;

  /** @param pages The file's content, changed after each {@link touch}. */
  constructor(file: Sized, pages: Map<number, Uint8Array>) {
    this.#file = file;
    this.#pages = pages;
    this.#size = { lengthBytes: 0, mtimeNs: 0n, ctimeNs: 0n };
  }

  /** Before a page changes. */
  touch(page: number): void {
    this.#keepForSyncs(page);
    this.#lost.delete(page);
    if (this.#onDisk.has(page)) return;
    this.#onDisk.set(page, this.#pages.get(page)?.slice());
  }

  /** @returns Ends the sync, as durable or as lost. */
  begin(): (isGood: boolean) => void {
    const pages = [...this.#onDisk.keys()].filter((page) => !this.#lost.has(page));
    const size = sizeOf(this.#file);
    const changed = new Map<number, Uint8Array | undefined>();
    this.#syncs.add(changed);
    return (isGood) => {
      this.#syncs.delete(changed);
      if (!isGood) {
        for (const page of pages) this.#lost.add(page);
        return;
      }
      this.isNamed = true;
      this.#size = size;
      for (const page of pages) {
        const content = changed.get(page);
        const isSame = !changed.has(page) || areEqual(content, this.#pages.get(page));
        if (isSame) this.#onDisk.delete(page);
        else this.#onDisk.set(page, content);
      }
    };
  }

  #keepForSyncs(page: number): void {
    for (const changed of this.#syncs) {
      if (!changed.has(page)) changed.set(page, this.#pages.get(page)?.slice());
    }
  }

  /** Each unsynced sector survives by chance, and so do the new length and times. */
  crash(random: Random): void {
    const keepChance = Math.min(1, Math.max(0, random.next() * 1.5 - 0.25));
    for (const [page, before] of this.#onDisk)
      this.#tear(page, before, () => random.next() < keepChance);
    this.#onDisk.clear();
    this.#lost.clear();
    if (random.next() >= keepChance) this.#file.lengthBytes = this.#size.lengthBytes;
    if (random.next() >= keepChance) {
      this.#file.mtimeNs = this.#size.mtimeNs;
      this.#file.ctimeNs = this.#size.ctimeNs;
    }
    this.#size = sizeOf(this.#file);
    this.isNamed = true;
  }

  #tear(page: number, before: Uint8Array | undefined, isKept: () => boolean): void {
    const now = this.#pages.get(page);
    const length = (now ?? before)?.byteLength;
    if (length === undefined) return;
    this.#keepForSyncs(page);
    const torn = new Uint8Array(length);
    for (let at = 0; at < length; at += sectorBytes) {
      const source = isKept() ? now : before;
      if (source !== undefined) torn.set(source.subarray(at, at + sectorBytes), at);
    }
    this.#pages.set(page, torn);
  }
}

function sizeOf({ lengthBytes, mtimeNs, ctimeNs }: Sized): Sized {
  return { lengthBytes, mtimeNs, ctimeNs };
}

function areEqual(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Buffer.compare(a, b) === 0;
}
