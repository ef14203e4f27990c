// The payload memory that messages name by id.

import type { SlabId, StorageRefusal } from "@troupe/messages";

/** Slabs by id. The memory belongs to the peer-workers; here it is only looked at, and filled where they ask. */
export class Slabs {
  readonly #slabs = new Map<SlabId, Uint8Array>();

  /** Makes a slab known. The same id again replaces it: a restarted coordinator says everything anew. */
  open(slab: SlabId, memory: SharedArrayBuffer): void {
    this.#slabs.set(slab, new Uint8Array(memory));
  }

  /** Forgets a slab. Views that were given out stay good. */
  close(slab: SlabId): void {
    this.#slabs.delete(slab);
  }

  /**
   * @returns The bytes at `offset`, without copying; or `unknown-slab`, or `out-of-range` when the slab does not
   *   hold them all.
   */
  view(slab: SlabId, offset: number, lengthBytes: number): Uint8Array | StorageRefusal {
    const bytes = this.#slabs.get(slab);
    if (bytes === undefined) {
      return {
        refused: "unknown-slab",
        message: `cannot use ${lengthBytes} bytes of slab ${slab}: it has not been opened`,
      };
    }
    if (!isRange(offset, lengthBytes, bytes.byteLength)) {
      return {
        refused: "out-of-range",
        message: `cannot use ${lengthBytes} bytes at ${offset} of slab ${slab}: it has ${bytes.byteLength}`,
      };
    }
    return bytes.subarray(offset, offset + lengthBytes);
  }
}

/** @returns True when `lengthBytes` (1 or more) bytes from `start` lie within the first `totalBytes`. */
export function isRange(start: number, lengthBytes: number, totalBytes: number): boolean {
  return (
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(lengthBytes) &&
    start >= 0 &&
    lengthBytes >= 1 &&
    start + lengthBytes <= totalBytes
  );
}
