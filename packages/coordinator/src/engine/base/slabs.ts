// Slabs by number. A slab belongs to one incarnation of a peer-worker, so that the next cannot overwrite pieces being
// hashed. After a crash it lives until its last sealed piece is written; then the file-workers drop it too.

import type { Ref } from "@troupe/actor-runtime";
import type { FileProtocol, SlabId } from "@troupe/messages";

/** A block of shared payload memory. */
export interface Slab {
  readonly id: SlabId;
  readonly memory: SharedArrayBuffer;
  /** Sealed pieces being hashed or written. */
  inUse: number;
  /** Its incarnation has ended, or its oversized piece has. */
  isRetired: boolean;
}

/** All slabs of an engine. */
export class Slabs {
  readonly #slabs = new Map<SlabId, Slab>();
  readonly #files: readonly Ref<FileProtocol>[];
  #nextId = 1;

  /** @param files All file-workers: any may write from any slab. */
  constructor(files: readonly Ref<FileProtocol>[]) {
    this.#files = files;
  }

  open(lengthBytes: number): Slab {
    const slab: Slab = {
      id: this.#nextId++ as SlabId,
      memory: new SharedArrayBuffer(lengthBytes),
      inUse: 0,
      isRetired: false,
    };
    this.#slabs.set(slab.id, slab);
    for (const file of this.#files) file.cast("open-slab", { slab: slab.id, memory: slab.memory });
    return slab;
  }

  get(id: SlabId): Slab | undefined {
    return this.#slabs.get(id);
  }

  retain(slab: Slab): void {
    slab.inUse++;
  }

  release(slab: Slab): void {
    slab.inUse--;
    this.#closeIfIdle(slab);
  }

  retire(slab: Slab): void {
    slab.isRetired = true;
    this.#closeIfIdle(slab);
  }

  /** Announces every slab to a restarted file-worker. */
  announceAll(file: Ref<FileProtocol>): void {
    for (const slab of this.#slabs.values()) {
      file.cast("open-slab", { slab: slab.id, memory: slab.memory });
    }
  }

  #closeIfIdle(slab: Slab): void {
    if (!slab.isRetired || slab.inUse > 0 || !this.#slabs.delete(slab.id)) return;
    for (const file of this.#files) file.cast("close-slab", { slab: slab.id });
  }
}
