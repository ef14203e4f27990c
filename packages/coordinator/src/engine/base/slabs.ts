// Payload memory by number: which blocks of shared memory exist, who fills them, and when each may be forgotten.
// A slab belongs to one incarnation of one peer-worker, so that its next incarnation cannot write over pieces that are
// being hashed. When that incarnation is gone the slab lives on until its last sealed piece has been hashed and written;
// then the file-workers forget it too.

import type { Ref } from "@troupe/actor-runtime";
import type { FileProtocol, SlabId } from "@troupe/messages";

/** One block of shared payload memory. */
export interface Slab {
  readonly id: SlabId;
  readonly memory: SharedArrayBuffer;
  /** Sealed pieces being hashed or written from it. */
  inUse: number;
  /** Its worker is gone, or it was made for one oversized piece that has ended. */
  isRetired: boolean;
}

/** All slabs of one engine. */
export class Slabs {
  readonly #slabs = new Map<SlabId, Slab>();
  readonly #files: readonly Ref<FileProtocol>[];
  #nextId = 1;

  /** @param files Every file-worker that may be there: any of them may write from any slab. */
  constructor(files: readonly Ref<FileProtocol>[]) {
    this.#files = files;
  }

  /** Makes a slab and tells the file-workers. */
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

  /** Tells a new file-worker of every slab. */
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
