import type { SlabId, StorageRefusal } from "@troupe/messages";
import { isRefusal } from "./refusals.ts";

/** Slabs by id. Their memory belongs to the peer-workers; this thread reads it, and fills extents on request. */
export class Slabs {
  readonly #slabs = new Map<SlabId, Uint8Array>();

  /** Replaces a slab of the same id: a restarted engine announces every slab again. */
  open(slab: SlabId, memory: SharedArrayBuffer): void {
    this.#slabs.set(slab, new Uint8Array(memory));
  }

  /** Existing views stay valid. */
  close(slab: SlabId): void {
    this.#slabs.delete(slab);
  }

  /** @returns A view; `unknown-slab`, or `out-of-range` beyond the slab. */
  view(slab: SlabId, offset: number, lengthBytes: number): Uint8Array | StorageRefusal {
    const memory = this.memoryWith(slab, offset, lengthBytes);
    return isRefusal(memory) ? memory : memory.subarray(offset, offset + lengthBytes);
  }

  /** @returns The whole slab, if it has these bytes; refusals as of {@link view}. */
  memoryWith(slab: SlabId, offset: number, lengthBytes: number): Uint8Array | StorageRefusal {
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
    return bytes;
  }
}

/** @returns Whether `lengthBytes` (1 or more) from `start` lie within `totalBytes`. */
export function isRange(start: number, lengthBytes: number, totalBytes: number): boolean {
  return (
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(lengthBytes) &&
    start >= 0 &&
    lengthBytes >= 1 &&
    start + lengthBytes <= totalBytes
  );
}
